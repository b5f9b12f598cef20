"""环境检测 says what is wrong, and judges the clock and the version by the desk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness.kiosk.ports_double import DeskScript, lost
from tests.harness.people import NOW, SERVICE, certificate, token
from tui.core.certificate import PinState, Usage
from tui.core.failure import DeskError, Failure, Reason
from tui.core.token import ModuleFault, Readers, Snapshot
from tui.kiosk.runtime.desk_time import DeskTime
from tui.kiosk.runtime.self_check import SelfCheck

GOOD = Snapshot((token(certificate()),))
MODULE = "/lib/m.so"


async def _wrong(snapshot: Snapshot = GOOD, status: Any = SERVICE) -> dict[str, Reason | None]:
    """Items that are not right, with their reasons."""
    checks = await SelfCheck(DeskScript(status=[status]), (MODULE,), "1.0.0", DeskTime(lambda: NOW)).run(snapshot)
    assert all(check.ok == (check.failure is None) for check in checks)
    return {check.item: check.failure.reason for check in checks if check.failure}


async def test_all_is_well() -> None:
    checks = await SelfCheck(DeskScript(status=[SERVICE]), (MODULE,), "1.0.0", DeskTime(lambda: NOW)).run(GOOD)
    assert [check.item for check in checks] == ["driver", "token", "certificate", "desk", "clock", "version"]
    assert all(check.ok for check in checks)


@pytest.mark.parametrize(
    ("snapshot", "wrong"),
    [
        (Snapshot(), {"token": Reason.NO_TOKEN}),
        (Snapshot(readers=Readers.NO_SERVICE), {"token": Reason.READER_SERVICE_DOWN}),
        (Snapshot((token(fault="CKR_DEVICE_ERROR"),)), {"token": Reason.TOKEN_FAULT}),
        (
            Snapshot(faults=(ModuleFault(MODULE, Failure(Reason.DRIVER_MISSING)),)),
            {"driver": Reason.DRIVER_MISSING, "token": Reason.NO_TOKEN},
        ),
        (Snapshot((token(certificate(), fault="CKR_DEVICE_ERROR"),)), {"token": Reason.TOKEN_FAULT}),
        (Snapshot((token(certificate(), pin_state=PinState.LOCKED),)), {"token": Reason.PIN_LOCKED}),
        (Snapshot((token(certificate(), pin_to_be_changed=True),)), {"token": Reason.PIN_EXPIRED}),
        (Snapshot((token(certificate(days_left=-2)),)), {"certificate": Reason.CERTIFICATE_EXPIRED}),
        (Snapshot((token(certificate("a", days_left=-2), certificate("b")),)), {}),
        (Snapshot((token(certificate(days_left=200)),)), {}),
        (Snapshot((token(certificate("a"), certificate("b", 385, subject=certificate("a").subject)),)), {}),
        (Snapshot((token(certificate(usage=Usage.OTHER)),)), {"certificate": Reason.NO_SIGNING_CERTIFICATE}),
        (Snapshot((token(),)), {"certificate": Reason.NO_CERTIFICATE}),
        (Snapshot((token(certificate(key="SM2")),)), {"certificate": Reason.SM2_UNSUPPORTED}),
        (Snapshot((token(certificate(readable=False)),)), {"certificate": Reason.CERTIFICATE_UNREADABLE}),
        (
            Snapshot((token(certificate(usage=Usage.ENCRYPTION)),)),
            {"certificate": Reason.NO_SIGNING_CERTIFICATE},
        ),
        (Snapshot((token(certificate(not_after=datetime.max.replace(tzinfo=UTC))),)), {}),
    ],
)
async def test_token_and_certificate(snapshot: Snapshot, wrong: dict[str, Reason]) -> None:
    assert await _wrong(snapshot) == wrong


async def test_the_desk_judges_clock_and_version() -> None:
    assert await _wrong(status=replace(SERVICE, time=NOW + timedelta(minutes=6))) == {"clock": Reason.CLOCK_WRONG}
    assert await _wrong(status=replace(SERVICE, minimum_version="1.10.0")) == {"version": Reason.KIOSK_TOO_OLD}
    assert await _wrong(status=lost()) == {"desk": Reason.DESK_UNREACHABLE}


@pytest.mark.parametrize(
    ("days_left", "desk_is_ahead", "certificate_is"), [(-2, -10, None), (2, 10, Reason.CERTIFICATE_EXPIRED)]
)
async def test_where_the_clock_is_wrong_the_desk_s_judges_the_certificate(
    days_left: int, desk_is_ahead: int, certificate_is: Reason | None
) -> None:
    snapshot = Snapshot((token(certificate(days_left=days_left)),))
    wrong = await _wrong(snapshot, replace(SERVICE, time=NOW + timedelta(days=desk_is_ahead)))
    assert (wrong.get("certificate"), wrong["clock"]) == (certificate_is, Reason.CLOCK_WRONG)


@pytest.mark.parametrize(
    ("days_left", "desk_is_ahead", "certificate_is"), [(-2, -10, None), (2, 10, Reason.CERTIFICATE_EXPIRED)]
)
async def test_a_desk_that_is_not_trusted_for_its_dates_alone_judges_it_too(
    days_left: int, desk_is_ahead: int, certificate_is: Reason | None
) -> None:
    told = Failure(Reason.CLOCK_WRONG, desk_time=NOW + timedelta(days=desk_is_ahead))
    wrong = await _wrong(Snapshot((token(certificate(days_left=days_left)),)), DeskError(told))
    clock = {"desk": Reason.CLOCK_WRONG, "clock": Reason.CLOCK_WRONG}
    assert wrong == (clock if certificate_is is None else {**clock, "certificate": certificate_is})
