"""What an edge is: a pure function, with all that it can lead to, ask for and refuse."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tui.desk.payments.machine.bill import Bill
from tui.desk.payments.machine.effects import Effect
from tui.desk.payments.machine.refusals import Refusal

Next = tuple[Bill, tuple[Effect, ...]]
Act = Callable[..., Next | Refusal]


@dataclass(frozen=True, slots=True)
class Move:
    """The edges that one function makes."""

    act: Act
    to: tuple[StrEnum, ...]
    """States that it leads to; none: the state stays."""
    effects: tuple[type[Any], ...]
    refuses: tuple[Refusal, ...]
    """What it may say no with, in spite of the state."""

    @property
    def name(self) -> str:
        """As the page of edges calls it."""
        return self.act.__name__


def move(*to: StrEnum, effects: tuple[type[Any], ...] = (), refuses: tuple[Refusal, ...] = ()) -> Callable[[Act], Move]:
    """Declare what a function can do; a test holds it to that."""
    return lambda act: Move(act, to, effects, refuses)
