"""An enrolment on the virtual card that is cut off at a chosen command, and what is demanded of it afterwards."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.harness.token.support import APPLICATION, adapter, issued, pin, quiet, reference, until, watching
from tests.rig.card.manners import Pull, UnrulyCard
from tests.rig.card.pcscd import Reader
from tests.rig.card.provision import KEY_ID, Shelf, token_in
from tests.rig.softhsm import SoftToken
from tui.core.certificate import CertificateRef
from tui.core.failure import Failure, TokenError
from tui.core.order import Application
from tui.core.policy import OldPair
from tui.core.token import Installation
from tui.token.child import Child
from tui.token.protocol import Report
from tui.token.tokens import Tokens

WHOLE = Counter({"Private Key Object": 2, "Public Key Object": 2, "Certificate Object": 2})
RETIRED = Counter({"Private Key Object": 1, "Public Key Object": 1, "Certificate Object": 1})


class Phase(Enum):
    """What is cut off."""

    REQUEST = "request"
    INSTALL = "install"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one enrolment went that was cut off once and then done again."""

    cut: bool
    """False: it was over before."""
    failure: Failure | None
    """None where the driver's next process went on by itself."""
    lost: int
    """Bytes of the card that are neither free nor an object's."""
    dead: int = 0
    """Entries of old keys that are gone: OpenSC deletes a key's file before its entry, and then refuses the entry."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One card in a reader, and the program before it."""

    card: UnrulyCard
    token: SoftToken
    tokens: Tokens
    reader: Reader
    shelf: Shelf

    async def cut_off(
        self,
        phase: Phase,
        arm: Callable[[], object],
        has_cut: Callable[[], bool],
        restore: Callable[[], Awaitable[None]],
    ) -> Outcome:
        """Begin, call `arm` at the beginning of `phase`; once it has cut `restore`, and do it all again."""
        ref = await reference(self.tokens, self.token.certificate_der)
        done: Installation | None = None
        if phase is Phase.REQUEST:
            application = APPLICATION
            arm()
            failure = await self._failure(self.tokens.make_request(ref, pin(), APPLICATION, quiet))
        else:
            application = await self._issued(ref)
            if phase is Phase.RETIRE:
                done = await self.tokens.install(ref, pin(), application, quiet)
            arm()
            failure = await self._failure(self._last(phase, ref, application, done))
        cut = has_cut()
        self.card.arm(None)
        if cut:
            await restore()
            if phase is not Phase.RETIRE:
                self.old_pair_signs()
        await self._again(phase, ref, application, done)
        held = Counter(
            line.partition(";")[0].strip() for line in self.token.objects().splitlines() if "Object;" in line
        )
        due = RETIRED if phase is Phase.RETIRE else WHOLE
        assert due <= held <= (WHOLE if phase is Phase.RETIRE else due), held
        assert held["Certificate Object"] == due["Certificate Object"], held
        lost = self.card.card.state.capacity - self.card.card.state.room
        return Outcome(cut, failure, lost, (held - due).total())

    def old_pair_signs(self) -> None:
        """By an independent tool, in a process of its own, verified with the old certificate."""
        message = b"the old pair still signs"
        signed = subprocess.run(
            (
                *("pkcs11-tool", "--module", str(self.token.module), "--login", "--pin", self.token.pin),
                *("--sign", "--id", KEY_ID, "--mechanism", "SHA256-RSA-PKCS"),
            ),
            env={**dict(self.token.environment), "PATH": "/usr/bin"},
            input=message,
            check=True,
            capture_output=True,
        ).stdout
        key = x509.load_der_x509_certificate(self.token.certificate_der).public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signed[-key.key_size // 8 :], message, padding.PKCS1v15(), hashes.SHA256())

    async def _failure(self, call: Awaitable[object]) -> Failure | None:
        try:
            await call
        except TokenError as error:
            return error.failure
        return None

    async def _issued(self, ref: CertificateRef) -> Application:
        request = await self.tokens.make_request(ref, pin(), APPLICATION, quiet)
        return issued(request, self.shelf.ca, self.token.certificate_der)

    def _last(
        self, phase: Phase, ref: CertificateRef, application: Application, done: Installation | None
    ) -> Awaitable[object]:
        if phase is Phase.INSTALL:
            return self.tokens.install(ref, pin(), application, quiet)
        assert done is not None
        new = replace(ref, fingerprint=done.new.fingerprint, spki=done.new.spki)
        return self.tokens.retire(new, pin(), replace(application, old_pair=OldPair.DELETE), done, quiet)

    async def _again(
        self, phase: Phase, ref: CertificateRef, application: Application, done: Installation | None
    ) -> None:
        if phase is Phase.REQUEST:
            application = await self._issued(ref)
            phase = Phase.INSTALL
        await self._last(phase, ref, application, done)

    async def seen(self) -> None:
        """Return when the program sees the card."""
        async with watching(self.tokens) as snapshots:
            await until(snapshots, lambda snapshot: bool(snapshot.tokens))

    async def put_back(self) -> None:
        """Put in the card that fell out, when the program has seen that it is out, and return when it is seen again."""
        async with watching(self.tokens) as snapshots:
            await until(snapshots, lambda snapshot: not snapshot.tokens)
            self.reader.slots[0].plug(self.card)
            await until(snapshots, lambda snapshot: bool(snapshot.tokens))


async def pulled(reader: Reader, shelf: Shelf, phase: Phase, pull: Pull) -> Outcome:
    """One enrolment whose card is pulled out at a command of `phase`."""
    card, certificate = shelf.take("rsa2048")
    with reader.holding(card):
        tokens = adapter(token := token_in(reader, certificate))
        try:
            enrolment = Enrolment(card, token, tokens, reader, shelf)
            arm, has_cut = lambda: card.arm(pull), lambda: card.has_fallen_out
            return await enrolment.cut_off(phase, arm, has_cut, enrolment.put_back)
        finally:
            await tokens.close()


async def killed(reader: Reader, shelf: Shelf, phase: Phase, at: int) -> Outcome:
    """One enrolment whose driver process is killed at a frame of `phase`, sent or received."""
    card, certificate = shelf.take("rsa2048")
    with reader.holding(card), _executioner() as executioner:
        tokens = adapter(token := token_in(reader, certificate))
        try:
            enrolment = Enrolment(card, token, tokens, reader, shelf)
            arm, has_cut = lambda: executioner.arm(at), lambda: executioner.has_killed
            return await enrolment.cut_off(phase, arm, has_cut, enrolment.seen)
        finally:
            await tokens.close()


class _Executioner:
    """Counts the frames between the program and its driver processes, and kills at one of them."""

    def __init__(self) -> None:
        self._left = 0
        self.has_killed = False

    def arm(self, at: int) -> None:
        self._left = at

    def passed(self, child: Child) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(child.pid, signal.SIGKILL)
            self.has_killed = True


@contextmanager
def _executioner() -> Iterator[_Executioner]:
    executioner, send, reports = _Executioner(), Child.send, Child.reports

    def counted_send(child: Child, payload: bytes | memoryview) -> None:
        send(child, payload)
        executioner.passed(child)

    async def counted_reports(child: Child) -> AsyncGenerator[Report, None]:
        async for report in reports(child):
            executioner.passed(child)
            yield report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Child, "send", counted_send)
        patch.setattr(Child, "reports", counted_reports)
        yield executioner
