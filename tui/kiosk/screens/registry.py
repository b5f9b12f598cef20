"""Which screen draws which step; a screen's module is imported when its step is first reached."""

from importlib import import_module

from tui.journey.state import Step
from tui.kiosk.screens.base import StepScreen

SCREENS: dict[Step, str] = {
    Step.WAITING: "waiting:WaitingScreen",
    Step.CHOOSING: "choosing:ChoosingScreen",
    Step.LOOK_PIN: "pin:PinScreen",
    Step.SIGN_IN: "sign_in:SignInScreen",
    Step.NOTICE: "notice:NoticeScreen",
    Step.CARD: "card:CardScreen",
    Step.AGREEMENT: "agreement:AgreementScreen",
    Step.FORM: "form:FormScreen",
    Step.REQUEST_PIN: "pin:PinScreen",
    Step.REQUESTING: "requesting:RequestingScreen",
    Step.PAY_NOTICE: "pay_notice:PayNoticeScreen",
    Step.ORDER: "order:OrderScreen",
    Step.CHANNEL: "channel:ChannelScreen",
    Step.METHOD: "method:MethodScreen",
    Step.QR: "qr:QrScreen",
    Step.ISSUING: "issuing:IssuingScreen",
    Step.INSTALL_PIN: "pin:PinScreen",
    Step.INSTALLING: "installing:InstallingScreen",
    Step.DONE: "done:DoneScreen",
    Step.RETIRE_PIN: "pin:PinScreen",
    Step.RETIRING: "retiring:RetiringScreen",
    Step.WITHDRAWN: "withdrawn:WithdrawnScreen",
    Step.TOKEN_AWAITED: "token_awaited:TokenAwaitedScreen",
    Step.REFUSED: "refused:RefusedScreen",
    Step.CERTIFICATES: "certificates:CertificatesScreen",
    Step.SELF_CHECK: "self_check:SelfCheckScreen",
}
"""Step -> `module:Class` below `tui.kiosk.screens`."""


def screen_class(step: Step) -> type[StepScreen]:
    """The class that draws `step`."""
    module, _, name = SCREENS[step].partition(":")
    found: type[StepScreen] = getattr(import_module(f"tui.kiosk.screens.{module}"), name)
    return found
