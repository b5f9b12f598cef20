"""Label and value in two columns; values are foreign text and drawn as text."""

from collections.abc import Iterable

from rich.cells import cell_len
from textual.content import Content

from tui.core.text_safety import printable
from tui.kiosk.text.certificate import Fact
from tui.kiosk.widgets.line_breaks import lines_of
from tui.kiosk.widgets.words import Words

__all__ = ["Fact", "Facts", "table"]


class Facts(Words):
    """The rows below each other; long values go on under themselves."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes)
        self._facts: tuple[Fact, ...] = ()
        self._column = 0

    def show(self, facts: tuple[Fact, ...], column: int = 0) -> None:
        """Draw `facts`, their values from cell `column`, by default right behind the widest label."""
        self._facts, self._column = facts, column
        self.update(table(facts, self.content_size.width, column))

    def on_resize(self) -> None:
        """Wrap anew."""
        self.show(self._facts, self._column)


def sectioned(sections: tuple[tuple[str, tuple[Fact, ...]], ...], width: int) -> Content:
    """Tables below their titles, all values in one column."""
    column = column_of(fact for _, facts in sections for fact in facts)
    tables = [
        Content("\n").join([Content.styled(title, "bold $secondary"), table(facts, width, column)])
        for title, facts in sections
    ]
    return Content("\n\n").join(tables)


def table(facts: tuple[Fact, ...], width: int = 0, column: int = 0) -> Content:
    """The rows with their labels padded to `column` cells, by default to the widest.

    Values are wrapped within `width` cells, 0 for no limit.
    """
    column = column or column_of(facts)
    return Content("\n").join([_row(fact, column, width - column) for fact in facts])


def column_of(facts: Iterable[Fact]) -> int:
    """Cells that the widest of their labels takes, with the blanks behind it."""
    return max((cell_len(fact.label) for fact in facts), default=0) + 2


def _row(fact: Fact, column: int, room: int) -> Content:
    label = fact.label + " " * (column - cell_len(fact.label))
    lines = _wrapped(printable(fact.value), room) if room > 8 else [printable(fact.value)]
    return Content.assemble((label, "$muted"), (("\n" + " " * column).join(lines), fact.style))


def _wrapped(text: str, room: int) -> list[str]:
    """Lines of at most `room` cells; a long number in equal parts, so that no digit stands alone."""
    parts = -(-cell_len(text) // room)
    if parts > 1 and text.isascii() and text.isalnum():
        room = -(-len(text) // parts)
    return lines_of(text, room)
