"""What waits for its end hears every signal, one in the middle of another's handling and of the wait itself too."""

import signal
import sys
from types import FrameType

from tui.sandbox.environment import until_signalled

PATIENCE = 10
"""Whole seconds after which a wait that never returns is given up."""


def test_signals_at_every_line_of_the_handling_and_of_the_wait_end_it() -> None:
    def give_up(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    def once_more(frame: FrameType, event: str, argument: object) -> object:
        signal.raise_signal(signal.SIGINT)
        return once_more

    found, traced = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)], sys.gettrace()
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        with until_signalled() as signalled:
            sys.settrace(once_more)  # type: ignore[arg-type]
            try:
                signal.raise_signal(signal.SIGTERM)
                signalled()
            finally:
                sys.settrace(traced)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == found
