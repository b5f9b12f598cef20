"""Which dialogue belongs to which step."""

from collections.abc import Mapping

from tui.journey.state import Step
from tui.kiosk.linear.dialogue import Dialogue
from tui.kiosk.linear.dialogues.arrival import Card, Choosing, SignIn, Waiting
from tui.kiosk.linear.dialogues.beside import Certificates, Refused, SelfCheck, TokenAwaited
from tui.kiosk.linear.dialogues.change_pin import ChangePin
from tui.kiosk.linear.dialogues.details import Details
from tui.kiosk.linear.dialogues.documents import Agreement, Notice
from tui.kiosk.linear.dialogues.done import Done, Withdrawn
from tui.kiosk.linear.dialogues.form import Form
from tui.kiosk.linear.dialogues.method import Method
from tui.kiosk.linear.dialogues.paying import Channel, Issuing, Ordered, PayNotice
from tui.kiosk.linear.dialogues.pin import PinPrompt
from tui.kiosk.linear.dialogues.qr import Scanning
from tui.kiosk.linear.dialogues.working import Working

DIALOGUES: Mapping[Step, type[Dialogue]] = {
    Step.WAITING: Waiting,
    Step.CHOOSING: Choosing,
    Step.LOOK_PIN: PinPrompt,
    Step.SIGN_IN: SignIn,
    Step.NOTICE: Notice,
    Step.CARD: Card,
    Step.AGREEMENT: Agreement,
    Step.FORM: Form,
    Step.REQUEST_PIN: PinPrompt,
    Step.REQUESTING: Working,
    Step.PAY_NOTICE: PayNotice,
    Step.ORDER: Ordered,
    Step.CHANNEL: Channel,
    Step.METHOD: Method,
    Step.QR: Scanning,
    Step.ISSUING: Issuing,
    Step.INSTALL_PIN: PinPrompt,
    Step.INSTALLING: Working,
    Step.DONE: Done,
    Step.RETIRE_PIN: PinPrompt,
    Step.RETIRING: Working,
    Step.WITHDRAWN: Withdrawn,
    Step.TOKEN_AWAITED: TokenAwaited,
    Step.REFUSED: Refused,
    Step.CERTIFICATES: Certificates,
    Step.DETAILS: Details,
    Step.SELF_CHECK: SelfCheck,
    Step.CHANGE_PIN: ChangePin,
}
