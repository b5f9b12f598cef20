"""The message shown in a window that is too small for anything else."""

from textual.content import Content
from textual.widgets import Static

from tui.kiosk.text import _


class TooSmall(Static):
    """Covers the step; the style sheet shows it by the window's size."""

    def __init__(self) -> None:
        super().__init__(Content(_("窗口太小，请放大窗口：至少40列10行，最好80列24行。")))
