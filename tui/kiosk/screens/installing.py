"""Step 8: the new certificate written, read back, proved and confirmed."""

from tui.core.token import TokenStage
from tui.kiosk.screens.working import WorkingScreen
from tui.kiosk.text import N_


class InstallingScreen(WorkingScreen):
    """The token takes the certificate; the desk verifies the new key's signature."""

    heading = N_("安装新证书")
    help_text = N_(
        "新证书写入CA后，会读回核对，并用新密钥签名验证。期间请不要拔出CA。"
        "\n\n没有成功时可以再试，不会重复收费；原证书在新证书验证通过之前一直可用。"
    )
    keys = WorkingScreen.keys
    stages = (
        TokenStage.CHECKING,
        TokenStage.WRITING,
        TokenStage.READING_BACK,
        TokenStage.PROVING,
    )
    last = N_("确认安装")
