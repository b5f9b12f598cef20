"""Intervals between the runtime's polls and waits after its failures, in seconds."""

import random

from tui.core.frozen import frozen

_dice = random.SystemRandom()


@frozen
class Pace:
    """Intervals of the polls."""

    poll: float = 2.0
    """Between two looks at an application in its first minute."""
    slow_poll: float = 5.0
    slow_after: float = 60.0
    service: float = 60.0
    """Between two looks at the desk while it answers."""
    retry: float = 2.0
    """After a failure; doubled with each further one."""
    longest: float = 30.0
    """No pause is longer, whatever Retry-After says: somebody stands at the counter."""
    first_look: float = 0.3
    """For the tokens, before the desk is asked for the first time."""
    form: float = 3.0
    """Before what was typed is kept at the desk."""
    farewell: float = 3.0
    """For closing the ports."""

    def poll_after(self, elapsed: float) -> float:
        """Pause of the application's poll, `elapsed` after its start."""
        return spread(self.poll if elapsed < self.slow_after else self.slow_poll)

    def back_off(self, losses: int, retry_after: int | None) -> float:
        """Pause after the `losses`-th failure in a row (from 1)."""
        told = retry_after if retry_after is not None else self.retry * 2 ** min(losses - 1, 10)
        return spread(min(told, self.longest))


def spread(seconds: float) -> float:
    """±10 %: many kiosks that lost the same desk do not come back in step."""
    return seconds * _dice.uniform(0.9, 1.1)
