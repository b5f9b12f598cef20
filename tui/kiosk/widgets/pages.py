"""Which page of a long text is in view, and the buttons that turn it: a finger has neither PageDown nor a wheel."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from tui.kiosk.text import _
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.words import Words


class PageNumber(Words):
    """`第2页，共5页`; nothing where all is in view."""

    def __init__(self) -> None:
        super().__init__(id="page-number")

    def show(self, page: int, pages: int) -> None:
        """Say where one is."""
        words = _("第{page}页，共{pages}页").format(page=page, pages=pages) if pages > 1 else ""
        self.update(Content(words))


class PageButtons(Horizontal):
    """上一页 and 下一页, at the far end of the buttons; off where there is no such page, gone where all is in view."""

    def __init__(self, *, focusable: bool = True) -> None:
        """Not `focusable` where the keys that go from field to field turn the page by themselves."""
        super().__init__(id="page-buttons")
        self._back = ActionButton(_("上一页"), "scroll_body(-1)", quiet=True, id="previous-page")
        self._forward = ActionButton(_("下一页"), "scroll_body(1)", id="next-page")
        self._back.can_focus = self._forward.can_focus = focusable
        self.show(1, 1)

    def compose(self) -> ComposeResult:
        """Both act by the screen, as its keys do."""
        yield self._back
        yield self._forward.add_class("-next")

    def show(self, page: int, pages: int) -> None:
        """Open the buttons of the pages that there are."""
        self._back.display = self._forward.display = pages > 1
        self._back.disabled, self._forward.disabled = page <= 1, page >= pages
