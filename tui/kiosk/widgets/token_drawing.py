"""The token before its slot, in backgrounds, which every font has; in a high window, what to do in large letters."""

from textual.content import Content

from tui.kiosk.text import _
from tui.kiosk.widgets.words import Words


class TokenDrawing(Words):
    """A still picture: the machine left, the token right, an arrow between them."""

    def show(self) -> None:
        """Draw it."""
        machine, slot, metal, body = "on $edge", "on $background", "on $muted", "bold $on-selected on $selected"
        # Translators: printed on the drawing of the USB token; as short as can be.
        label = _("CA证书U盘")
        name = Content(f"  {label}  ")
        edge = " " * name.cell_length
        rows = (
            ((" " * 11, machine), " " * 12, (edge, body)),
            ((" " * 7, machine), ("    ", slot), (" <<<<   ", "bold $accent"), ("    ", metal), (name.plain, body)),
            ((" " * 11, machine), " " * 12, (edge, body)),
        )
        picture = Content("\n").join([Content.assemble(*row) for row in rows])
        words = _large() if self.screen.has_class("-roomy") else None
        self.update(Content("\n\n").join([words, picture]) if words else picture)


def _large() -> Content | None:
    from tui.kiosk.widgets.large_words import large

    # Translators: drawn in letters of 8 rows, of which there are no others than in "Insert token".
    return large(_("请插入CA"), "$accent")
