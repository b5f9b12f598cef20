"""The buttons a person acts with."""

from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import Button

from tui.kiosk.widgets.edge import edged


class ActionButton(Button, inherit_css=False):
    """A button that runs the screen's `action_<name>`; the focused one also says so by its arrows."""

    DEFAULT_CSS = "ActionButton { line-pad: 1; text-align: center; pointer: pointer; }"
    """The rest is in base.tcss; to parse Textual's styles of buttons takes as long as to parse all of ours."""

    def __init__(self, label: str, action: str, *, primary: bool = False, id: str | None = None) -> None:
        super().__init__(Content(label), action=f"screen.{action}", id=id, classes="-main" if primary else "")

    def watch_flat(self, flat: bool) -> None:
        """None is flat; for the class that says so Textual would style each once more as it comes up."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Room for the label, its arrows, and the blank that Textual pads lines with."""
        return Content(str(self.label)).cell_length + 6

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, with its edge."""
        return edged(self, crop, super().render_lines(crop))

    def render(self) -> Content:
        """The label, between arrows while focused, so that focus shows without colours too."""
        label = self.label if isinstance(self.label, Content) else Content(str(self.label))
        return Content.assemble("> ", label, " <") if self.has_focus else Content.assemble("  ", label, "  ")
