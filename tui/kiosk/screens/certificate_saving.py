"""A certificate into a file, asked above its details."""

from asyncio import to_thread
from collections.abc import Iterable
from pathlib import Path

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.core.certificate import Certificate
from tui.kiosk.certificate_file import keep
from tui.kiosk.screens.dialogue import Dialogue
from tui.kiosk.text import _
from tui.kiosk.text.details import saving_words
from tui.kiosk.widgets.action import ActionButton


class SavingDialogue(Dialogue):
    """Which form it shall have; then where it is."""

    def __init__(self, certificate: Certificate, folder: Path) -> None:
        super().__init__(_("保存证书"), saving_words(folder))
        self._certificate, self._folder = certificate, folder

    def compose_buttons(self) -> Iterable[Widget]:
        """Both forms, by the endings that people know them by."""
        yield ActionButton(_("存为.cer"), "save('.cer')", primary=True)
        yield ActionButton(_("存为.pem"), "save('.pem')")
        yield ActionButton(_("关闭"), "back", quiet=True)

    def action_save(self, suffix: str) -> None:
        """Beside the event loop: a home may lie on a network's disk."""
        self.run_worker(self._save(suffix), group="saving", exclusive=True)

    async def _save(self, suffix: str) -> None:
        told = await to_thread(keep, self._folder, self._certificate, suffix)
        if self.is_attached:
            self.query_one("#dialogue-text", Static).update(Content(told))
