"""The token before its slot, drawn in backgrounds, which every font has."""

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
        self.update(Content("\n").join([Content.assemble(*row) for row in rows]))
