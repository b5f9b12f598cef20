"""Label and value in two columns; values are foreign text and drawn as text."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from tui.core.text_safety import printable


@dataclass(frozen=True, slots=True)
class Fact:
    """One row."""

    label: str
    value: str
    style: str = ""


def table(facts: tuple[Fact, ...], width: int = 0) -> Content:
    """The rows below each other, the labels padded to the widest (or to `width` cells)."""
    width = max([width, *(cell_len(fact.label) for fact in facts)])
    return Content("\n").join([_row(fact, width) for fact in facts])


def _row(fact: Fact, width: int) -> Content:
    label = fact.label + " " * (width - cell_len(fact.label) + 2)
    return Content.assemble((label, "$muted"), (printable(fact.value), fact.style))
