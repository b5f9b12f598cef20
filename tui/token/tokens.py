"""Offer the tokens of any number of PKCS#11 modules as one `journey.ports.TokenPort`."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from tui.core.certificate import CertificateRef, Token, find_token
from tui.core.failure import UNLOADABLE, Failure, Reason, TokenError
from tui.core.secret import Pin
from tui.core.token import Installation, KeyLeft, ModuleFault, Readers, SignedRequest, Snapshot, TokenStage
from tui.token import protocol
from tui.token.launch import HeadStart, Module
from tui.token.protocol import (
    ChangePin,
    DeleteLeftovers,
    Install,
    Installed,
    Leftovers,
    ListLeftovers,
    Look,
    MakeRequest,
    Order,
    PinChanged,
    Requested,
    Retire,
    Retired,
    Revealed,
    Unlock,
)
from tui.token.proxy import DriverProcess

if TYPE_CHECKING:  # a look at the tokens has no use for orders and forms
    from tui.core.details import Details
    from tui.core.leftover import LeftoverKey
    from tui.core.order import Application

D = TypeVar("D", Revealed, Requested, Installed, Retired, PinChanged, Leftovers)

_ELSEWHERE = UNLOADABLE | {Reason.TOKEN_REMOVED, Reason.TOKEN_SWAPPED, Reason.DRIVER_CRASHED, Reason.DRIVER_HUNG}
"""Reasons to look for the token behind the next module, as long as the PIN is still here."""


class Tokens:
    """One driver process a module: a driver that hangs or dies harms no other module's tokens."""

    def __init__(
        self,
        modules: tuple[Module, ...],
        deadlines: Mapping[TokenStage, float] = protocol.DEADLINES,
        head_start: HeadStart | None = None,
    ) -> None:
        """Nothing more is started before the first use, which must be in a running loop."""
        self._modules = modules
        self._head_start = head_start or HeadStart()
        self._deadlines = deadlines
        self._drivers: tuple[DriverProcess, ...] = ()
        self._version = 0
        self._changed = asyncio.Condition()
        self._notes: set[asyncio.Task[None]] = set()

    @property
    def drivers(self) -> tuple[DriverProcess, ...]:
        """The driver processes, started now if they were not."""
        if not self._drivers:
            take = self._head_start.take
            self._drivers = tuple(DriverProcess(m, self._note, self._deadlines, take(m)) for m in self._modules)
        return self._drivers

    async def watch(self) -> AsyncGenerator[Snapshot, None]:
        """Yield as soon as every module has reported, or after a second without the slow ones; then at every change."""
        await self._all_reported(1.0)
        while True:
            version = self._version
            yield self._snapshot()
            async with self._changed:
                await self._changed.wait_for(lambda: self._version != version)  # noqa: B023 - awaited here

    async def take_snapshot(self) -> Snapshot:
        """What all modules see now, for commands that do not stay; one too slow counts as hung."""
        await self._all_reported(protocol.WATCH_DEADLINE)
        return self._snapshot(unreported=Failure(Reason.DRIVER_HUNG))

    async def look(self, token: CertificateRef, pin: Pin, progress: Callable[[TokenStage], None]) -> Token:
        """See `journey.ports.TokenPort`."""
        return (await self._call(Look(token), Revealed, pin, progress)).token

    async def make_request(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: "Application",
        progress: Callable[[TokenStage], None],
    ) -> SignedRequest:
        """See `journey.ports.TokenPort`."""
        order = MakeRequest(
            certificate,
            application.business_no,
            application.statement,
            application.key_policy,
            application.scheme,
        )
        return (await self._call(order, Requested, pin, progress)).request

    async def install(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: "Application",
        progress: Callable[[TokenStage], None],
    ) -> Installation:
        """See `journey.ports.TokenPort`."""
        order = Install(
            certificate,
            application.business_no,
            application.certificate,
            application.challenge,
            application.old_certificate,
            application.key_policy,
            application.scheme,
        )
        return (await self._call(order, Installed, pin, progress)).installation

    async def retire(
        self,
        certificate: CertificateRef,
        pin: Pin,
        application: "Application",
        installation: Installation,
        progress: Callable[[TokenStage], None],
    ) -> KeyLeft | None:
        """See `journey.ports.TokenPort`."""
        order = Retire(certificate, installation.new.der, installation.old.der, application.scheme)
        return (await self._call(order, Retired, pin, progress)).left

    async def change_pin(
        self, token: CertificateRef, pin: Pin, new_pin: Pin, progress: Callable[[TokenStage], None]
    ) -> None:
        """See `journey.ports.TokenPort`."""
        await self._call(ChangePin(token), PinChanged, pin, progress, new_pin)

    async def unlock(
        self, token: CertificateRef, so_pin: Pin, new_pin: Pin, progress: Callable[[TokenStage], None]
    ) -> None:
        """A new user PIN by right of the SO PIN; an operator's act."""
        await self._call(Unlock(token), PinChanged, so_pin, progress, new_pin)

    async def leftovers(
        self,
        token: CertificateRef,
        pin: Pin,
        progress: Callable[[TokenStage], None],
        *,
        over: tuple[str, ...] = (),
        delete: "tuple[LeftoverKey, ...]" = (),
    ) -> "tuple[LeftoverKey, ...]":
        """The keys without a certificate, once those of `delete` that may be deleted are; an operator's act.

        `over` are the numbers of applications that the desk says are over.
        """
        order = DeleteLeftovers(token, delete, over) if delete else ListLeftovers(token, over)
        return (await self._call(order, Leftovers, pin, progress)).keys

    async def prepare(self) -> None:
        """See `journey.ports.TokenPort`."""
        for driver in self._drivers:
            driver.prepare()

    async def forget(self) -> None:
        """See `journey.ports.TokenPort`."""
        await asyncio.gather(*(driver.forget() for driver in self._drivers))

    def details(self, certificate: bytes) -> "Details":
        """See `journey.ports.TokenPort`."""
        from tui.token.x509.details import read_details

        return read_details(certificate)

    async def close(self) -> None:
        """End the driver processes; they start again when needed."""
        drivers, self._drivers = self._drivers, ()
        await asyncio.gather(*(driver.close() for driver in drivers))

    async def _call(
        self,
        order: Order,
        answer: type[D],
        pin: Pin,
        progress: Callable[[TokenStage], None],
        new_pin: Pin | None = None,
    ) -> D:
        """Ask the module that saw the order's certificate, else each in turn until one asks for the PIN."""
        sought = order.certificate
        met = TokenError(Failure(Reason.NO_TOKEN, token_changed=False))
        try:
            for driver in sorted(self.drivers, key=lambda d: _unlikely(find_token(d.tokens, sought), sought)):
                try:
                    done = await driver.call(order, pin, progress, new_pin)
                    assert isinstance(done, answer)  # noqa: S101 - see `protocol`
                    return done
                except TokenError as error:
                    met = error if _graver(error, met) else met
                    if not pin or error.failure.reason not in _ELSEWHERE:
                        raise
            raise met
        finally:
            pin.wipe()
            if new_pin is not None:
                new_pin.wipe()

    def _snapshot(self, unreported: Failure | None = None) -> Snapshot:
        faults = []
        for driver in self.drivers:
            failure = driver.failure or (None if driver.reported.is_set() else unreported)
            if failure is not None:
                faults.append(ModuleFault(str(driver.module.path), failure))
        if not self._modules:
            faults.append(ModuleFault("", Failure(Reason.DRIVER_MISSING)))
        readers = Readers.of(driver.readers for driver in self.drivers)
        return Snapshot(tuple(token for driver in self.drivers for token in driver.tokens), tuple(faults), readers)

    async def _all_reported(self, seconds: float) -> None:
        waiting = [asyncio.create_task(driver.reported.wait()) for driver in self.drivers]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=seconds)
            for task in late:
                task.cancel()

    def _note(self) -> None:
        self._version += 1
        note = asyncio.create_task(self._wake())
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _unlikely(token: Token | None, sought: CertificateRef) -> int:
    """0 for the very token, 1 for another one with its certificate, 2 for none."""
    return 2 if token is None else int(not sought.names(token))


def _graver(error: TokenError, met: TokenError) -> bool:
    """Another token in the port tells a person more than no token does, and that more than a missing driver."""
    rank = {Reason.NO_TOKEN: 0, **dict.fromkeys(UNLOADABLE, 1), Reason.TOKEN_REMOVED: 2}
    return rank.get(error.failure.reason, 3) > rank.get(met.failure.reason, 3)
