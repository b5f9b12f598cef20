"""What the gallery's screens show besides: states of the PIN and of money that few people meet, and what lies above."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual.screen import Screen

from tests.harness import people
from tests.harness.kiosk.gallery import CODE, ENTERED, GALLERY, LONE, SHOWN
from tests.harness.kiosk.scenes import SCENES
from tests.harness.kiosk.stage import Stage
from tui.core.failure import Failure, Reason
from tui.core.order import AttemptState, PaymentStatus
from tui.core.token import Snapshot
from tui.journey.state import State, Step
from tui.kiosk.screens.certificate_code import CertificateCode
from tui.kiosk.screens.certificate_saving import SavingDialogue
from tui.kiosk.screens.operator import OperatorMenu, OperatorPassword
from tui.kiosk.screens.receipt import ReceiptCode, ReceiptDialogue
from tui.kiosk.watchdog import IdleClock

_PIN = GALLERY["request-pin"]
_CHANGE = replace(_PIN, step=Step.CHANGE_PIN, application=None)
_FROZEN = replace(SHOWN, payment_status=PaymentStatus.FROZEN, attempt=replace(CODE, state=AttemptState.FROZEN))
_OWN_PAD = replace(people.TOKEN, pin_pad=True)


def _wrong(tries: int) -> Failure:
    return Failure(Reason.WRONG_PIN, tries_left=tries)


FURTHER: dict[str, State] = {
    "look-pin": replace(_PIN, step=Step.LOOK_PIN, application=None),
    "pin-wrong": replace(_PIN, failure=_wrong(3)),
    "pin-last": replace(_PIN, failure=_wrong(1)),
    "pin-locked": replace(_PIN, failure=Failure(Reason.PIN_LOCKED)),
    "pin-own-pad": replace(_PIN, snapshot=Snapshot((_OWN_PAD,))),
    "change-pin": _CHANGE,
    "change-pin-wrong": replace(_CHANGE, failure=_wrong(3)),
    "change-pin-done": replace(_CHANGE, pin_changed=True),
    "requesting-failed": replace(GALLERY["requesting"], failure=Failure(Reason.DESK_UNREACHABLE)),
    "order-paid": replace(
        GALLERY["order"], application=replace(ENTERED, payment_status=PaymentStatus.PAID), failure=None
    ),
    "qr-frozen": replace(GALLERY["qr"], application=_FROZEN),
    "qr-pending": replace(GALLERY["qr"], failure=Failure(Reason.NOT_PAID_YET)),
    "certificates-none": replace(GALLERY["certificates"], snapshot=Snapshot()),
}
"""States of the gallery's screens."""

COUNTS = {"begun": 41, "finished": 37, "failed.wrong_pin": 3, "failed.desk_timeout": 1}
_PEM = b64encode(bytes(range(256)) * 5).decode()
_LINES = (
    "-----BEGIN CERTIFICATE-----",
    *(_PEM[at : at + 64] for at in range(0, len(_PEM), 64)),
    "-----END CERTIFICATE-----",
)

ABOVE: dict[str, tuple[str, Callable[[], Screen[None] | Screen[bool]]]] = {
    "receipt": ("done", lambda: ReceiptDialogue(GALLERY["done"], ())),
    "receipt-code": ("done", lambda: ReceiptCode(GALLERY["done"])),
    "certificate-code": ("details", lambda: CertificateCode(_LINES)),
    "certificate-saving": ("details", lambda: SavingDialogue(LONE.certificates[0], Path("/home/kiosk"))),
    "operator-password": ("waiting", lambda: OperatorPassword(lambda _: False, 0, lambda: None)),
    "operator-wrong": ("waiting", lambda: OperatorPassword(lambda _: False, 0, lambda: None, again=True)),
    "operator-menu": ("waiting", lambda: OperatorMenu(COUNTS, lambda _: None)),
}
"""By its name what lies above a screen of the gallery."""


async def show(stage: Stage, name: str) -> None:
    """Bring this one of all of them onto the stage."""
    stage.app.idle = IdleClock(120, lambda: 0.0)  # nobody is missed, however long the pictures before took
    below, above = ABOVE.get(name, (name, None))
    while stage.app.screen is not stage.app.step_screen:
        await stage.app.pop_screen()
    if name in SCENES:
        await stage.show(State())
        await stage.show(SCENES[name].state)
        await SCENES[name].act(stage)
        return
    await stage.show({**GALLERY, **FURTHER}[below])
    if above is not None:
        stage.app.call_later(stage.app.push_screen, above())
        await stage.pilot.pause()
        await stage.pilot.pause()


NAMES = (*GALLERY, *FURTHER, *ABOVE, *SCENES)
