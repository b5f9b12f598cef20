"""What the tests of the token adapter share."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.rig.softhsm import TestCa, issue
from tui.core.certificate import CertificateRef, refer
from tui.core.form.fields import ApplicationForm
from tui.core.order import Application, ApplicationStatus, PaymentStatus
from tui.core.secret import Pin
from tui.core.token import SignedRequest, Snapshot, TokenStage
from tui.token.launch import Module
from tui.token.tokens import Tokens

PATIENCE = 60.0
"""Seconds after which a test gives up; nothing is asserted about times."""
CHALLENGE = bytes(range(32))
APPLICATION = Application(
    business_no="GD20260730000001",
    status=ApplicationStatus.DRAFT,
    payment_status=PaymentStatus.UNPAID,
    fingerprint="",
    form=ApplicationForm(),
    agreement_version="1",
    agreement_digest="",
    statement='{"agreement": "网证通电子认证服务协议"}',
)


class TokenRig(Protocol):
    """A token of tests behind some driver: SoftHSM2 itself, the simulator, a remote one."""

    @property
    def module(self) -> Path:
        """The driver."""

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """What a process must set before it loads the module."""

    @property
    def certificate_der(self) -> bytes:
        """The certificate that is on the token."""


def adapter(*tokens: TokenRig) -> Tokens:
    """The adapter over these tokens' modules."""
    return Tokens(tuple(Module(token.module, token.environment) for token in tokens))


async def reference(tokens: Tokens, der: bytes) -> CertificateRef:
    """The reference of a certificate that is in."""
    for token in (await tokens.take_snapshot()).tokens:
        for certificate in token.certificates:
            if certificate.der == der:
                return refer(token, certificate)
    raise AssertionError("certificate not seen")


def pin(value: str = "123456") -> Pin:
    """A typed PIN."""
    return Pin(value.encode())


def quiet(stage: TokenStage) -> None:
    """Progress that nobody watches."""


async def requested(
    tokens: Tokens,
    token: TokenRig,
    progress: Callable[[TokenStage], None] = quiet,
    application: Application = APPLICATION,
) -> SignedRequest:
    """`make_request` for the token's certificate with the right PIN."""
    return await tokens.make_request(await reference(tokens, token.certificate_der), pin(), application, progress)


def issued(request: SignedRequest, ca: TestCa, old: bytes, application: Application = APPLICATION) -> Application:
    """The application after the CA certified the CSR's key under the old name."""
    csr = x509.load_pem_x509_csr(request.csr)
    key = csr.public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    certificate = issue(ca, x509.load_der_x509_certificate(old).subject, key, days_left=385)
    return replace(
        application,
        status=ApplicationStatus.ISSUED,
        certificate=certificate,
        challenge=CHALLENGE,
        old_certificate=old,
    )


async def until(snapshots: AsyncIterator[Snapshot], wanted: Callable[[Snapshot], bool]) -> Snapshot:
    """The first snapshot that fits."""
    async with asyncio.timeout(PATIENCE):
        async for snapshot in snapshots:
            if wanted(snapshot):
                return snapshot
    raise AssertionError("the watch ended")


def watching(tokens: Tokens) -> aclosing[AsyncGenerator[Snapshot, None]]:
    """The watch, closed at the end of a `with`."""
    return aclosing(tokens.watch())


def openssl(*arguments: str, folder: Path) -> str:
    """Run openssl and return all it printed."""
    done = subprocess.run(("openssl", *arguments), cwd=folder, check=True, capture_output=True)
    return (done.stdout + done.stderr).decode(errors="replace")
