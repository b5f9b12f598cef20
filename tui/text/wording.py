"""Every code of the core in words for people: what happened, what to do, whom to call, where the money is."""

from dataclasses import dataclass

from tui.core.failure import Failure, Money
from tui.core.order import ServiceStatus
from tui.core.state import Busy, State
from tui.text import _

HOTLINE = "020-89524338"
QQ = "4008301330"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A failure in words."""

    happened: str
    advice: str


def explain(failure: Failure, money: Money, service: ServiceStatus | None = None) -> Explanation:
    """Words for one failure as it happened."""
    return Explanation(failure.reason.value, money.value)


def busy_words(busy: Busy) -> str:
    """What is under way."""
    return _("请稍候") + busy.value


def token_words(state: State) -> str:
    """The inserted token."""
    return "CA"


def desk_words(state: State) -> str:
    """Whether the desk answers."""
    return "desk"
