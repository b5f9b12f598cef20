"""Check what a renewal needs, one result each (环境检测)."""

from typing import Protocol

from tui.core.beijing import beijing
from tui.core.certificate import Certificate
from tui.core.eligibility import barred
from tui.core.failure import Failure, KioskError, Reason
from tui.core.ladder import NOT_NOW, judged, unseen
from tui.core.order import ServiceStatus
from tui.core.token import Snapshot
from tui.core.version import too_old
from tui.journey.ports import Check
from tui.kiosk.runtime.desk_time import DeskTime


class Asked(Protocol):
    """As much of a desk as is asked; `DeskPort` is one."""

    async def status(self) -> ServiceStatus: ...


class SelfCheck:
    """Implements `SelfCheckPort`: asks the desk once and judges what the modules see."""

    def __init__(self, desk: Asked, modules: tuple[str, ...], version: str, time: DeskTime) -> None:
        self._desk = desk
        self._modules = modules
        self._version = version
        self._time = time

    async def run(self, snapshot: Snapshot) -> tuple[Check, ...]:
        """All checks; what cannot be judged is left out: a clock without the desk, a certificate without a token."""
        drivers, token = self._drivers(snapshot), _token(snapshot)
        try:
            status = await self._desk.status()
        except KioskError as error:
            failure, version = error.failure, Check("version", True, self._version)
            if failure.desk_time is not None:
                self._time.told(failure.desk_time)
            held = *drivers, token, *self._certificate(snapshot)
            desk = Check("desk", False, failure.detail, failure)
            if failure.reason is Reason.CLOCK_WRONG:
                return *held, desk, Check("clock", False, failure.detail, failure), version
            return *held, desk, version
        desk = Check("desk", True, status.ca_name)
        clock = self._clock(status)  # by which the certificate is judged then
        return *drivers, token, *self._certificate(snapshot), desk, clock, self._release(status)

    def _drivers(self, snapshot: Snapshot) -> tuple[Check, ...]:
        if not self._modules:
            return (Check("driver", False, failure=Failure(Reason.DRIVER_MISSING)),)
        faults = {fault.module: fault.failure for fault in snapshot.faults}
        return tuple(Check("driver", path not in faults, path, faults.get(path)) for path in self._modules)

    def _certificate(self, snapshot: Snapshot) -> tuple[Check, ...]:
        if all(token.fault and not token.certificates for token in snapshot.tokens):
            return ()
        certificate, why_not = judged(snapshot.tokens, self._time())
        ok = why_not is None or why_not.reason in NOT_NOW
        return (Check("certificate", ok, _told(certificate) if certificate else "", None if ok else why_not),)

    def _clock(self, status: ServiceStatus) -> Check:
        detail = f"{self._time.told(status.time).total_seconds():+.0f} s"
        if self._time.is_right:
            return Check("clock", True, detail)
        return Check("clock", False, detail, Failure(Reason.CLOCK_WRONG, detail=detail))

    def _release(self, status: ServiceStatus) -> Check:
        failure = too_old(self._version, status.minimum_version)
        return Check("version", failure is None, failure.detail if failure else self._version, failure)


def _told(certificate: Certificate) -> str:
    if not certificate.dated:
        return certificate.name or certificate.label
    return f"{certificate.name} {beijing(certificate.not_after):%Y-%m-%d}"


def _token(snapshot: Snapshot) -> Check:
    if not snapshot.tokens:
        return Check("token", False, failure=unseen(snapshot))
    faulty = next((token for token in snapshot.tokens if token.fault), None)
    if faulty is not None:
        return Check("token", False, faulty.label, Failure(Reason.TOKEN_FAULT, detail=faulty.fault))
    for token in snapshot.tokens:
        if failure := barred(token):
            return Check("token", False, token.label or token.serial, failure)
    return Check("token", True, ", ".join(token.label or token.serial for token in snapshot.tokens))
