"""Renewals on tokens whose CKA_IDs tell nothing or lie: layouts x policies x algorithms, compared by public key."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.harness.token.support import APPLICATION, TokenRig, adapter, issued, pin, quiet, reference, requested
from tests.rig.layout import Layouts, Object
from tests.rig.simulator import Is, Simulator
from tests.rig.softhsm import KeyKind, PrivateKey, SoftToken, TestCa, init_token, issue, make_key, subject
from tui.core.certificate import refer
from tui.core.policy import KeyPolicy, OldPair
from tui.core.token import KeyLeft
from tui.token.tokens import Tokens

ALGORITHMS: tuple[KeyKind, ...] = "rsa2048", "ec256"
NAME = "测试供应商有限公司"
OLD, OTHER, NEW = range(3)
"""Whose an object is."""


class Layout(StrEnum):
    """How the old pair, its certificate and another pair lie on the token."""

    SAME_ID = "same ID"
    EMPTY_IDS = "empty IDs"
    """Of two pairs and their certificates."""
    OTHER_ID = "other ID"
    """No key has the certificate's."""
    ID_OF_ANOTHER_KEY = "ID of another key"
    """Both certificates have each other's."""
    NO_PUBLIC_OBJECT = "no public object"
    """Two private keys and their certificates under one ID, as an import of PKCS#12 files may leave them."""
    UNCERTIFIED_KEY_BESIDE = "uncertified key beside"
    """A pair without certificate, under the same ID."""
    ENCRYPTION_PAIR_BESIDE = "encryption pair beside"
    """With its certificate, under the same ID."""


class Policy(StrEnum):
    """What the CA permits."""

    REKEY = "rekey, old pair kept"
    REKEY_AND_DELETE = "rekey, old pair deleted"
    KEEP = "keep"


class Stack(StrEnum):
    """What the program drives."""

    SOFTHSM2 = "SoftHSM2"
    SHUFFLED = "shuffled order"


@dataclass(frozen=True, slots=True)
class Keys:
    """Two keys of one algorithm, made once for many tokens."""

    old: PrivateKey
    other: PrivateKey

    @classmethod
    def make(cls, kind: KeyKind) -> "Keys":
        """New ones."""
        return cls(make_key(kind), make_key(kind))


def objects(layout: Layout, keys: Keys, ca: TestCa) -> tuple[bytes, tuple[Object, ...]]:
    """The old certificate and all that lies on the token."""
    certificate, beside = issue(ca, subject(NAME), keys.old.public_key()), encryption_certificate(ca, keys.other)
    one, two, lone = b"\x01", b"\x02", b"\x55"
    match layout:
        case Layout.SAME_ID:
            return certificate, (*pair(keys.old, one), Object("certificate", certificate, one))
        case Layout.OTHER_ID:
            return certificate, (*pair(keys.old, one), Object("certificate", certificate, lone))
        case Layout.EMPTY_IDS | Layout.ENCRYPTION_PAIR_BESIDE:
            shared = b"" if layout is Layout.EMPTY_IDS else one
            held = (Object("certificate", certificate, shared), Object("certificate", beside, shared))
            return certificate, (*pair(keys.other, shared), *pair(keys.old, shared), *held)
        case Layout.ID_OF_ANOTHER_KEY:
            held = (Object("certificate", certificate, two), Object("certificate", beside, one))
            return certificate, (*pair(keys.old, one), *pair(keys.other, two), *held)
        case Layout.NO_PUBLIC_OBJECT:
            held = (Object("certificate", certificate, one), Object("certificate", beside, one))
            return certificate, (private(keys.other, one), private(keys.old, one), *held)
        case Layout.UNCERTIFIED_KEY_BESIDE:
            both = (*pair(keys.other, one), *pair(keys.old, one))
            return certificate, (*both, Object("certificate", certificate, one))


def private(key: PrivateKey, key_id: bytes, *, asks: bool = False) -> Object:
    """A private key."""
    der = key.private_bytes(Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Object("private", der, key_id, asks)


def pair(key: PrivateKey, key_id: bytes) -> tuple[Object, Object]:
    """Both halves."""
    half = private(key, key_id)
    return replace(half, kind="public"), half


def encryption_certificate(ca: TestCa, key: PrivateKey) -> bytes:
    """DER of a 加密证书 of the same holder."""
    now = datetime.now(UTC).replace(microsecond=0)
    usage = x509.KeyUsage(False, False, True, True, False, False, False, False, False)
    return (
        x509.CertificateBuilder(ca.certificate.subject, subject(NAME), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=345))
        .not_valid_after(now + timedelta(days=20))
        .add_extension(usage, critical=True)
        .sign(ca.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def spki(key: PrivateKey) -> bytes:
    """DER SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all renewals of a run share."""

    layouts: Layouts
    ca: TestCa
    simulator_module: Path


def prepared(bench: Bench, folder: Path, lying: tuple[bytes, tuple[Object, ...]]) -> SoftToken:
    """A token with these objects."""
    certificate, wanted = lying
    token = replace(init_token(folder), certificate_der=certificate)
    bench.layouts.put(token, *wanted)
    return token


@dataclass(frozen=True, slots=True)
class Case:
    """One cell of the matrix."""

    layout: Layout
    policy: Policy
    stack: Stack


async def renewed(
    bench: Bench, folder: Path, case: Case, keys: Keys, seed: int = 0
) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
    """Objects by class and key, before and after one renewal."""
    soft = prepared(bench, folder / "token", objects(case.layout, keys, bench.ca))
    known = spki(keys.old), spki(keys.other)
    before = bench.layouts.held(soft, *known)
    rig: TokenRig = soft
    if case.stack is Stack.SHUFFLED:
        rig = Simulator(soft, bench.simulator_module, folder / "control")
        rig.rule(Is.SHUFFLED, seed)
    tokens = adapter(rig)
    try:
        new, left = await renew(tokens, rig, case.policy, bench.ca)
    finally:
        await tokens.close()
    assert left is None
    return before, bench.layouts.held(soft, *known, new)


async def renew(tokens: Tokens, rig: TokenRig, policy: Policy, ca: TestCa) -> tuple[bytes, KeyLeft | None]:
    """Request, installation and, where the old pair is to go, its deletion: the certified key, and what was left."""
    kept = KeyPolicy.KEEP if policy is Policy.KEEP else KeyPolicy.REKEY
    deleting = OldPair.DELETE if policy is Policy.REKEY_AND_DELETE else OldPair.KEEP
    application = replace(APPLICATION, key_policy=kept, old_pair=deleting)
    request = await requested(tokens, rig, application=application)
    ready = issued(request, ca, rig.certificate_der, application)
    done = await tokens.install(await reference(tokens, rig.certificate_der), pin(), ready, quiet)
    left = None
    if policy is Policy.REKEY_AND_DELETE:
        (token,) = (await tokens.take_snapshot()).tokens
        left = await tokens.retire(refer(token, done.new), pin(), ready, done, quiet)
    certified = x509.load_der_x509_certificate(done.new.der).public_key()
    return certified.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), left


def expected(before: Counter[tuple[str, int]], policy: Policy) -> Counter[tuple[str, int]]:
    """What must be on the token afterwards: nothing of another key has changed."""
    after = Counter(before)
    if policy is Policy.KEEP:
        after["certificate", OLD] += 1
        return after
    after.update({(kind, NEW): 1 for kind in ("private", "public", "certificate")})
    if policy is Policy.REKEY_AND_DELETE:
        after = Counter({held: count for held, count in after.items() if held[1] != OLD})
    return after
