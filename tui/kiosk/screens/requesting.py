"""Step 5: new key pair, request, signature, hand-in."""

from tui.core.policy import KeyPolicy
from tui.core.token import TokenStage
from tui.journey.state import State
from tui.kiosk.screens.working import WorkingScreen
from tui.kiosk.text import N_


class RequestingScreen(WorkingScreen):
    """The token makes the request; the desk gets it."""

    heading = N_("制作并提交续期申请")
    help_text = N_(
        "CA正在生成新密钥并签名，生成密钥最长约30秒，期间请不要拔出CA。"
        "\n\n如果提交时连接中断，按「重试」即可，不需要再次输入CA密码。"
    )
    keys = WorkingScreen.keys
    stages = (
        TokenStage.CHECKING,
        TokenStage.PROBING,
        TokenStage.KEY_PAIR,
        TokenStage.REQUEST,
        TokenStage.SIGNING,
    )
    last = N_("提交申请")

    def stages_of(self, state: State) -> tuple[TokenStage, ...]:
        """No key pair is made where the CA goes on with the old key."""
        keep = state.application is not None and state.application.key_policy is KeyPolicy.KEEP
        return tuple(stage for stage in self.stages if not (keep and stage is TokenStage.KEY_PAIR))
