"""Every PKCS#11 return value has a reason."""

import PyKCS11
import pytest

from tui.core.certificate import PinState
from tui.core.failure import Place, Reason
from tui.token.host import faults

NAMES = sorted(
    name for value, name in PyKCS11.CKR.items() if isinstance(value, int) and isinstance(name, str) and value != 0
)
INTERNAL = {"Unknown format", "Unkown PKCS#11 type"}
"""PyKCS11's own complaints about its caller."""


def test_every_return_value_is_mapped_and_nothing_else() -> None:
    assert set(NAMES) - INTERNAL == set(faults.REASONS)


@pytest.mark.parametrize("name", faults.REASONS)
def test_a_return_value_becomes_a_failure_of_the_token(name: str) -> None:
    value = next(value for value, known in PyKCS11.CKR.items() if known == name and isinstance(value, int))
    failure = faults.failure(PyKCS11.PyKCS11Error(value))
    assert (failure.reason.place, failure.detail) == (Place.TOKEN, name)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (PyKCS11.CKR_PIN_INCORRECT, Reason.WRONG_PIN),
        (PyKCS11.CKR_PIN_LEN_RANGE, Reason.PIN_LENGTH),
        (PyKCS11.CKR_PIN_LOCKED, Reason.PIN_LOCKED),
        (PyKCS11.CKR_DEVICE_REMOVED, Reason.TOKEN_REMOVED),
        (PyKCS11.CKR_DEVICE_MEMORY, Reason.TOKEN_FULL),
        (PyKCS11.CKR_TOKEN_WRITE_PROTECTED, Reason.TOKEN_READ_ONLY),
        (PyKCS11.CKR_MECHANISM_INVALID, Reason.TOKEN_UNSUPPORTED),
        (PyKCS11.CKR_GENERAL_ERROR, Reason.TOKEN_FAULT),
        (0x80000123, Reason.TOKEN_FAULT),
    ],
)
def test_the_most_telling_reason_wins(value: int, reason: Reason) -> None:
    assert faults.failure(PyKCS11.PyKCS11Error(value)).reason is reason


@pytest.mark.parametrize(
    ("flags", "state", "tries"),
    [
        (0, PinState.UNKNOWN, None),
        (PyKCS11.CKF_USER_PIN_COUNT_LOW, PinState.COUNT_LOW, None),
        (PyKCS11.CKF_USER_PIN_COUNT_LOW | PyKCS11.CKF_USER_PIN_FINAL_TRY, PinState.FINAL_TRY, 1),
        (PyKCS11.CKF_USER_PIN_FINAL_TRY | PyKCS11.CKF_USER_PIN_LOCKED, PinState.LOCKED, 0),
    ],
)
def test_the_gravest_flag_counts(flags: int, state: PinState, tries: int | None) -> None:
    assert faults.pin_state(flags) is state
    assert faults.tries_left(state) == tries
