"""A certificate's days left, in figures that can be read from afar."""

from textual.content import Content

from tui.kiosk.text import _
from tui.kiosk.widgets.words import Words

FIGURES = (
    "###  ## ### ### # # ### ### ### ### ###",
    "# #   #   #   # # # #   #     # # # # #",
    "# #   # ###  ## ### ### ###   # ### ###",
    "# #   # #     #   #   # # #   # # #   #",
    "###   # ### ###   # ### ###   # ### ###",
)
"""Ten figures of 3 x 5 pixels, one blank between them."""


class DaysLeft(Words):
    """The days left in large figures made of background cells, which every terminal and font draws alike."""

    def show(self, days: int | None, *, good: bool = True) -> None:
        """Draw `days`; hide without a number."""
        self.display = days is not None and 0 <= days <= 9999
        if days is None or not self.display:
            return
        lit = "on $good" if good else "on $bad"
        rows = []
        for figures in FIGURES:
            cells: list[tuple[str, str]] = []
            for digit in str(days):
                at = int(digit) * 4
                cells += [("  ", lit if pixel == "#" else "") for pixel in figures[at : at + 3]] + [("  ", "")]
            rows.append(Content.assemble(*cells))
        # Translators: stands under a large figure.
        self.update(Content("\n").join([*rows, Content(""), Content.styled(_("天后到期"), "$muted")]))
