"""What the screens with a text to be read have in common: its translation, and the Chinese at a key."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.core.order import Document as Text
from tui.journey.state import State
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.text.translated import is_translated, reading
from tui.kiosk.widgets.document import Document
from tui.kiosk.widgets.pages import PageButtons, PageNumber


class ReadingScreen(StepScreen):
    """One text from the desk; while it has the focus the button is lit that Enter presses."""

    filled: ClassVar[bool] = True

    def __init__(self, text_of: Callable[[State], Text | None]) -> None:
        """`text_of`: what is read here, once it is there."""
        super().__init__()
        self._text_of = text_of
        self._original = False
        """The Chinese is shown, though there is a translation."""
        self._follows = False
        """There is a page behind the one in view."""

    def after_reading(self) -> Widget:
        """What is to be done at the end of the text."""
        return self.query_one("ActionButton.-main")

    def foot_of(self, text: Text) -> str:
        """A quiet line below it; "" for none."""
        return ""

    def entered(self, state: State) -> None:
        """The translation first."""
        self._original = False

    def show(self, state: State) -> None:
        """The text, once it is there."""
        if (text := self._text_of(state)) is not None:
            self.query_one(Document).show_text(reading(text, original=self._original), self.foot_of(text))

    def offers(self, action: str, state: State) -> bool:
        """EN/中文 where there is a translation."""
        return is_translated(self._text_of(state)) if action == "language" else super().offers(action, state)

    def action_language(self) -> None:
        """EN/中文: of the text alone."""
        self._original = not self._original
        self.present(self.state, entering=False)

    def watch_focused(self) -> None:
        """Enter presses what has the focus, or goes through the text."""
        if self.is_mounted:
            self._light()

    def _light(self) -> None:
        act = self.query_one("#next-page") if self._follows else self.after_reading()
        reading = self.focused is self.query_one(Document)
        for widget in self.query("ActionButton, Tick"):
            if (lit := reading and widget is act) is not widget.has_class("-lit"):
                widget.set_class(lit, "-lit").refresh()  # no style sheet tells the box's two looks apart
        self.query_one("ActionButton.-main").set_class(self._follows, "-later")

    @on(Document.Turned)
    def show_page(self, event: Document.Turned) -> None:
        """Where one is; the focus goes on from a button that turns no more pages."""
        buttons = self.query_one(PageButtons)
        held = self.focused
        if held is None:  # it was a button for which the window has become too small
            self.set_focus(self.query_one(Document))
        self.query_one(PageNumber).show(event.page, event.pages)
        buttons.show(event.page, event.pages)
        self._follows = event.page < event.pages
        self._light()
        if held is not None and held.parent is buttons and not held.focusable:
            self.set_focus(self.after_reading() if event.page == event.pages else buttons.query_one("#next-page"))
