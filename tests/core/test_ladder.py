"""The five rungs: what fails first is told, what is inserted proves what lies below it."""

import pytest

from tests.harness.people import NOW, certificate, token
from tui.core.certificate import PinState, Usage
from tui.core.eligibility import barred
from tui.core.failure import Failure, Reason
from tui.core.ladder import Rung, Standing, climb, first_failing, obscured
from tui.core.token import ModuleFault, Readers, Snapshot

FAULT = ModuleFault("/lib/m.so", Failure(Reason.DRIVER_INCOMPLETE))
STANDINGS = {Standing.DONE: "+", Standing.FAILING: "!", Standing.NOT_REACHED: ".", Standing.UNKNOWN: "?"}


@pytest.mark.parametrize(
    ("snapshot", "drawn", "failing"),
    [
        (Snapshot(), "?+!..", Reason.NO_TOKEN),
        (Snapshot(readers=Readers.NONE), "!....", Reason.NO_READER),
        (Snapshot(readers=Readers.UNRECOGNISED), "!....", Reason.READER_UNRECOGNISED),
        (Snapshot(readers=Readers.NO_SERVICE), "!....", Reason.READER_SERVICE_DOWN),
        (Snapshot(readers=Readers.NOT_ALLOWED), "!....", Reason.READER_NOT_ALLOWED),
        (Snapshot(readers=Readers.PRESENT), "++!..", Reason.NO_TOKEN),
        (Snapshot(readers=Readers.CARD_UNKNOWN), "+!...", Reason.CARD_UNKNOWN),
        (Snapshot(faults=(FAULT,), readers=Readers.CARD_UNKNOWN), "+!...", Reason.DRIVER_INCOMPLETE),
        (Snapshot(readers=Readers.NOT_NEEDED), "++!..", Reason.NO_TOKEN),
        (Snapshot(faults=(FAULT,)), "?!...", Reason.DRIVER_INCOMPLETE),
        (Snapshot(faults=(FAULT,), readers=Readers.NONE), "?!...", Reason.DRIVER_INCOMPLETE),
        (Snapshot(faults=(FAULT,), readers=Readers.NO_SERVICE), "!....", Reason.READER_SERVICE_DOWN),
        (Snapshot((token(certificate()),), (FAULT,), Readers.NONE), "+++++", None),
        (Snapshot((token(certificate()),), readers=Readers.NO_SERVICE), "+++++", None),
        (Snapshot((token(fault="CKR_DEVICE_ERROR"),)), "++!..", Reason.TOKEN_FAULT),
        (Snapshot((token(certificate(), pin_to_be_changed=True),)), "++!..", Reason.PIN_EXPIRED),
        (Snapshot((token(certificate(), pin_state=PinState.LOCKED),)), "++!..", Reason.PIN_LOCKED),
        (Snapshot((token(certificate(), pin_state=PinState.FINAL_TRY),)), "+++++", None),
        (Snapshot((token(certificate(days_left=200), pin_state=PinState.LOCKED),)), "+++++", None),
        (Snapshot((token(certificate(days_left=-1), pin_to_be_changed=True),)), "++++!", Reason.CERTIFICATE_EXPIRED),
        (Snapshot((token(),)), "+++!.", Reason.NO_CERTIFICATE),
        (Snapshot((token(hides=True),)), "+++!.", Reason.CERTIFICATE_HIDDEN),
        (Snapshot((token(certificate(days_left=-1)), token(hides=True))), "++++!", Reason.CERTIFICATE_EXPIRED),
        (Snapshot((token(certificate(usage=Usage.ENCRYPTION)),)), "+++!.", Reason.NO_SIGNING_CERTIFICATE),
        (Snapshot((token(certificate(readable=False)),)), "+++!.", Reason.CERTIFICATE_UNREADABLE),
        (Snapshot((token(certificate(has_private_key=False)),)), "++++!", Reason.KEY_MISSING),
        (Snapshot((token(certificate(key="SM2")),)), "++++!", Reason.SM2_UNSUPPORTED),
        (Snapshot((token(certificate(days_left=200)),)), "+++++", None),
        (Snapshot((token(certificate("a", -1), certificate("b", 20)),)), "+++++", None),
    ],
)
def test_what_fails_first_is_told(snapshot: Snapshot, drawn: str, failing: Reason | None) -> None:
    rungs = climb(snapshot, NOW)
    assert [seen.rung for seen in rungs] == list(Rung)
    assert "".join(STANDINGS[seen.standing] for seen in rungs) == drawn
    first = first_failing(rungs)
    assert (first.failure.reason if first and first.failure else None) is failing


def test_a_token_that_fails_or_takes_no_pin_says_what_the_driver_said() -> None:
    broken = first_failing(climb(Snapshot((token(fault="CKR_DEVICE_ERROR"),)), NOW))
    assert broken is not None
    assert broken.failure == Failure(Reason.TOKEN_FAULT, detail="CKR_DEVICE_ERROR")
    locked = Failure(Reason.PIN_LOCKED, detail="CKF_USER_PIN_LOCKED", tries_left=0)
    assert barred(token(pin_state=PinState.LOCKED)) == locked
    assert barred(token(pin_to_be_changed=True)) == Failure(Reason.PIN_EXPIRED, detail="CKF_USER_PIN_TO_BE_CHANGED")
    assert barred(token()) is None


def test_a_certificate_for_later_says_so_and_fails_nothing() -> None:
    *_, usable = climb(Snapshot((token(certificate(days_left=200)),)), NOW)
    assert (usable.standing, usable.failure) == (Standing.DONE, Failure(Reason.TOO_EARLY))


def test_of_several_drivers_the_one_with_a_reader_counts() -> None:
    assert Readers.of((Readers.UNKNOWN, Readers.NOT_NEEDED, Readers.NONE)) is Readers.NONE
    assert Readers.of((Readers.NONE, Readers.PRESENT)) is Readers.PRESENT
    assert Readers.of((Readers.CARD_UNKNOWN, Readers.PRESENT)) is Readers.PRESENT  # its driver may yet read the card
    assert Readers.of(()) is Readers.UNKNOWN


@pytest.mark.parametrize(
    ("snapshot", "reason"),
    [
        (Snapshot(), None),
        (Snapshot(readers=Readers.NONE), None),
        (Snapshot(readers=Readers.PRESENT), None),
        (Snapshot(readers=Readers.NO_SERVICE), Reason.READER_SERVICE_DOWN),
        (Snapshot(readers=Readers.CARD_UNKNOWN), Reason.CARD_UNKNOWN),
        (Snapshot(faults=(FAULT,), readers=Readers.NONE), Reason.DRIVER_INCOMPLETE),
        (Snapshot((token(certificate()),), (FAULT,), Readers.NO_SERVICE), None),
        (Snapshot((token(certificate()), token(fault="CKR_DEVICE_ERROR"))), Reason.TOKEN_FAULT),
    ],
)
def test_what_keeps_a_token_from_being_seen_is_told_from_its_being_out(
    snapshot: Snapshot, reason: Reason | None
) -> None:
    failure = obscured(snapshot)
    assert (failure.reason if failure else None) is reason
