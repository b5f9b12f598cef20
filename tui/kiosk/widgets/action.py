"""The buttons a person acts with: one main act, what else can be done, and, quiet, the ways around it."""

from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import Button

from tui.kiosk.widgets.edge import edged


class ActionButton(Button, inherit_css=False):
    """A button that runs the screen's `action_<name>`.

    The one that Enter presses is filled and stands between arrows: it has the focus, or is lit for a text that has it.
    """

    DEFAULT_CSS = "ActionButton { line-pad: 1; text-align: center; pointer: pointer; }"
    """The rest is in base.tcss; to parse Textual's styles of buttons takes as long as to parse all of ours."""

    def __init__(
        self, label: str, action: str, *, primary: bool = False, quiet: bool = False, id: str | None = None
    ) -> None:
        classes = "-main" if primary else "-quiet" if quiet else ""
        super().__init__(Content(label), action=f"screen.{action}", id=id, classes=classes)

    @property
    def is_lit(self) -> bool:
        """Whether Enter presses it."""
        return self.has_focus or self.has_class("-lit")

    def watch_flat(self, flat: bool) -> None:
        """None is flat; for the class that says so Textual would style each once more as it comes up."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Room for the label, its arrows, and the blank that Textual pads lines with."""
        return Content(str(self.label)).cell_length + 6

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual's, with its edge."""
        return edged(self, crop, super().render_lines(crop))

    def render(self) -> Content:
        """The label, between arrows while lit, so that this shows without colours too."""
        label = self.label if isinstance(self.label, Content) else Content(str(self.label))
        return Content.assemble("> ", label, " <") if self.is_lit else Content.assemble("  ", label, "  ")
