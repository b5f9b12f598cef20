"""Step 8, at the person's wish: the old certificate and its key deleted."""

from tui.core.token import TokenStage
from tui.journey.state import State
from tui.kiosk.screens.working import WorkingScreen
from tui.kiosk.text import N_


class RetiringScreen(WorkingScreen):
    """The new key signs once more, then the old pair goes."""

    heading = N_("删除原证书")
    help_text = N_("CA会先用新证书签名确认可用，再删除原证书和它的密钥，期间请不要拔出CA。加密证书和其他密钥不受影响。")
    keys = WorkingScreen.keys
    stages = (TokenStage.CHECKING, TokenStage.RETIRING)

    def offers(self, action: str, state: State) -> bool:
        """A failure leads back to the PIN, so there is nothing to try again here."""
        return action != "retry" and super().offers(action, state)
