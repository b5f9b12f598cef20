"""A text to be read to its end: notice, agreement, lists; scrolls by keys, wheel and touch."""

import re
from collections.abc import Callable
from math import ceil
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.core.text_safety import paragraphs
from tui.kiosk.widgets.words import Words

TITLE: Final = re.compile(r"(?<=\n\n)(?!\d)([^\n]{2,60}(?<![。；：，、.;:,]))(?=\n[^\n])")
"""A line after a blank one that goes on in the next one and does not end as a sentence does."""


class Document(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Posts `ReadToEnd` once its end has been in view."""

    BINDINGS: ClassVar = [
        Binding("up", "line(-1)", show=False),
        Binding("down", "line(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("enter", "enter", show=False),
        Binding("home", "to(0)", show=False),
        Binding("end", "to(1)", show=False),
    ]

    class ReadToEnd(Message):
        """The last line has been in view."""

    class Done(Message):
        """Enter was pressed with the last line in view."""

    class Turned(Message):
        """Another page is in view, or there are more or fewer of them."""

        def __init__(self, page: int, pages: int) -> None:
            super().__init__()
            self.page = page
            self.pages = pages

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""
        self._read = False
        self._place = 0, 0
        self._build: Callable[[int], Content] | None = None

    def compose(self) -> ComposeResult:
        """One block of text."""
        yield _Text(id="document-text")

    @property
    def read(self) -> bool:
        """Whether the end has been in view."""
        return self._read

    def show_text(self, text: str, foot: str = "") -> None:
        """Draw foreign plain text, its titles set off, and `foot` below it; the same text again keeps the place."""
        plain = paragraphs(text)
        content = Content(plain)
        for title in TITLE.finditer(plain):
            content = content.stylize("bold $secondary", *title.span(1))
        self.show_content(Content.assemble(content, "\n\n", (foot, "$muted")) if foot else content)

    def show_content(self, content: Content) -> None:
        """Draw styled content; the same text again keeps the place."""
        changed = content.plain != self._text
        self._text = content.plain
        self.query_one("#document-text", Static).update(content)
        if changed:
            self._read = False
            self.scroll_home(animate=False)
        self.call_after_refresh(self.look)

    def show_fitted(self, build: Callable[[int], Content]) -> None:
        """Draw what `build` makes for the cells that a line has, now and after every change of them."""
        self._build = build
        self.fit()

    def fit(self) -> None:
        """Have the content built anew for the width that there is."""
        if self._build is not None and (width := self.query_one(_Text).size.width):
            place = self.scroll_y
            self.show_content(self._build(width))
            self.scroll_to(y=place, animate=False)

    def restart(self) -> None:
        """A new visit: back to the top, unread."""
        self._text, self._read, self._place = "", False, (0, 0)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled."""
        super().watch_scroll_y(old_value, new_value)
        self.look()

    def on_resize(self) -> None:
        """More or less fits now."""
        self.call_after_refresh(self.look)

    def action_line(self, by: int) -> None:
        """A line; past either end the focus moves on."""
        if not self._leaves(by):
            self.scroll_relative(y=by, animate=False, immediate=True)

    def action_page(self, by: int) -> None:
        """A page; past either end the focus moves on, but not while the text has not come: 返回 alone is open then."""
        if self._text and not self._leaves(by):
            self.turn(by)

    def turn(self, by: int) -> None:
        """To the first line of a page after or before the one in view; no line between is left out."""
        at = self.scroll_y / self._leap
        whole = int(at) if by > 0 else ceil(at)
        self.scroll_to(y=(whole + by) * self._leap, animate=False, immediate=True)

    def action_to(self, end: int) -> None:
        """The beginning (0) or the end (1)."""
        self.scroll_to(y=self.max_scroll_y * end, animate=False, immediate=True)

    def action_enter(self) -> None:
        """A page; at the end it is the next act, so the key has not to be pressed twice."""
        done = self._read and self.scroll_y >= self.max_scroll_y
        self.action_page(1)
        if done:
            self.post_message(self.Done())

    def _leaves(self, direction: int) -> bool:
        """Whether there is nothing more that way: the focus moves on."""
        if direction > 0 and self.scroll_y >= self.max_scroll_y:
            self.screen.focus_next()
        elif direction < 0 and self.scroll_y <= 0:
            self.screen.focus_previous()
        else:
            return False
        return True

    def look(self) -> None:
        """What is in view; the place says nothing while the text has not been laid out."""
        if not self._text or not self._laid_out():
            return
        if not self._read and self.scroll_y >= self.max_scroll_y:
            self._read = True
            self.post_message(self.ReadToEnd())
        place = self._page, self._pages
        if place != self._place:
            self._place = place
            self.post_message(self.Turned(*place))

    @property
    def _pages(self) -> int:
        return 1 + ceil(self.max_scroll_y / self._leap)

    @property
    def _page(self) -> int:
        return self._pages if self.scroll_y >= self.max_scroll_y else 1 + int(self.scroll_y / self._leap)

    @property
    def _leap(self) -> int:
        """Lines from page to page: the last one of a page is the first of the next."""
        return max(1, self.size.height - 1)

    def _laid_out(self) -> bool:
        """The text has the height that it needs in its width: before that there seems to be nothing to scroll."""
        text = self.query_one(_Text)
        width, height = text.size
        return bool(self.size.height and width) and height == text.get_content_height(self.size, self.app.size, width)


class _Text(Words):
    """Tells when it has been laid out anew."""

    def on_resize(self) -> None:
        """Only now can one see how much of it is in view."""
        if isinstance(self.parent, Document):
            self.parent.fit()
            self.parent.look()
