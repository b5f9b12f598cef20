"""证书详情 line by line."""

from functools import partial
from pathlib import Path

from tui.core.details import Details as Read
from tui.journey import events as e
from tui.journey.moves.details import looked_at
from tui.journey.state import State
from tui.kiosk.certificate_file import keep
from tui.kiosk.linear.dialogue import Choice, Dialogue
from tui.kiosk.text import N_, _
from tui.kiosk.text.details import sections


class Details(Dialogue):
    """Told once, when all of it is known."""

    help = N_("这里是证书中的全部公开信息，不需要CA密码。")
    default = 1

    def open(self) -> None:
        """Part by part."""
        self._tell(self.state.details)

    def seen(self, before: State) -> None:
        """It has been read."""
        if self.state.details is not before.details:
            self._tell(self.state.details)

    def choices(self) -> tuple[Choice, ...]:
        """Back, and a file where nobody else comes."""
        back = Choice(_("返回"), e.BackPressed)
        if self.talk.folder is None:
            return (back,)
        return (
            back,
            Choice(_("存为.cer"), partial(self._save, self.talk.folder, ".cer")),
            Choice(_("存为.pem"), partial(self._save, self.talk.folder, ".pem")),
        )

    def _save(self, folder: Path, suffix: str) -> None:
        if (found := looked_at(self.state)) is not None:
            self.talk.aside(partial(keep, folder, found[1], suffix))

    def _tell(self, read: Read | None) -> None:
        found = looked_at(self.state)
        if read is None or found is None or self.state.now is None:
            return
        for section in sections(*found, read, self.state.now, self.state.window):
            self.talk.say(section.title)
            self.say_facts(section.facts)
