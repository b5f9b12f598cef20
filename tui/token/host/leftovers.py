"""Find the keys that no certificate on the token is of, and delete those that the operator named.

Whether a key is a certificate's is told by its public key, never by CKA_ID alone; what cannot be told stays.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

import PyKCS11
from cryptography.hazmat.primitives.asymmetric import rsa
from PyKCS11 import PyKCS11Error

from tui.core.certificate import RENEWABLE_KEYS, Certificate, Token
from tui.core.failure import Reason, TokenError
from tui.core.leftover import Kept, LeftoverKey
from tui.core.policy import SignatureScheme
from tui.core.text_safety import printable
from tui.core.token import TokenStage
from tui.token.host import attributes, faults, key_objects, objects
from tui.token.host.driver import Driver
from tui.token.host.identity import locate
from tui.token.host.key_objects import PrivateKeyObject, PublicKeyObject
from tui.token.host.login import HeldPin
from tui.token.host.pairing import TRIALS
from tui.token.host.public_keys import PublicKey, digest_of
from tui.token.host.session import AskPin, Workspace, logged_in
from tui.token.host.signing import Signer
from tui.token.host.written import text_of
from tui.token.protocol import DeleteLeftovers, ListLeftovers
from tui.token.x509 import certificates

_BUSINESS_NO: Final = re.compile(r"[A-Z]{2}[0-9]{8,}")
Half = PrivateKeyObject | PublicKeyObject
Belongs = Callable[[Half], bool | None]
"""Whether this half is of a certificate on the token; None where that cannot be told."""


def found(driver: Driver, order: ListLeftovers, ask_pin: AskPin) -> tuple[LeftoverKey, ...]:
    """What lies there after the login; nothing is written."""
    token, certificate = locate(driver, order.certificate)
    with logged_in(driver, token, certificate, ask_pin, writable=True) as (session, pin):
        workspace = _workspace(driver, token, certificate, session, pin)
        return tuple(key for key, _ in _leftovers(workspace, order.over))


def delete(
    driver: Driver, order: DeleteLeftovers, ask_pin: AskPin, progress: Callable[[TokenStage], None]
) -> tuple[LeftoverKey, ...]:
    """Delete the named ones that are there just so and may still be deleted; what is left over then.

    :raises TokenError: TOKEN_FAULT where a key stays, or where the token's certificates are not the same afterwards.
    """
    token, certificate = locate(driver, order.certificate)
    with logged_in(driver, token, certificate, ask_pin, writable=True) as (session, pin):
        workspace = _workspace(driver, token, certificate, session, pin)
        doomed = [each for each in _leftovers(workspace, order.over) if each[0] in order.keys and not each[0].kept]
        before = {each.der for each in objects.listed(session).certificates}
        progress(TokenStage.RETIRING)
        for half in _private_first(halves for _, halves in doomed):
            _delete(workspace, half)
        left = _leftovers(workspace, order.over)
        gone = {key.identity for key, _ in doomed}
        if any(key.private and key.identity in gone for key, _ in left):
            raise faults.fault(Reason.TOKEN_FAULT, "a key is still there")
        if {each.der for each in objects.listed(session).certificates} != before:
            raise faults.fault(Reason.TOKEN_FAULT, "certificates have changed")
        return tuple(key for key, _ in left)


def _delete(workspace: Workspace, half: Half) -> None:
    """Delete one half on the token that was compared just before; a public one may be gone with its private one."""
    workspace.confirm()
    try:
        workspace.session.destroyObject(half.handle)
    except PyKCS11Error:
        if isinstance(half, PrivateKeyObject):
            raise
        workspace.confirm()


def _workspace(driver: Driver, token: Token, certificate: Any, session: Any, pin: HeldPin) -> Workspace:
    """`certificate` is None where all are visible only after the PIN: the comparison alone asks for it here."""
    signer = Signer(session, pin.log_in_for_signature)
    return Workspace(driver, token, certificate, session, driver.mechanisms(token.slot), SignatureScheme.PKCS1, signer)


def _private_first(doomed: Iterable[list[Half]]) -> list[Half]:
    """A public half that stays behind hurts nobody."""
    halves = [half for each in doomed for half in each]
    return sorted(halves, key=lambda half: not isinstance(half, PrivateKeyObject))


def _leftovers(workspace: Workspace, over: tuple[str, ...]) -> list[tuple[LeftoverKey, list[Half]]]:
    """Each group of halves that no certificate is of, with what it is."""
    session = workspace.session
    held = objects.listed(session).certificates
    named = objects.certified_ids(session) - {b""}
    belongs = _judge(workspace, held)
    groups: dict[bytes, list[Half]] = {}
    lying: list[Half] = [*key_objects.private_keys(session), *key_objects.public_keys(session)]
    for half in lying:
        groups.setdefault(half.key_id or f"{type(half).__name__} {half.handle.value()}".encode(), []).append(half)
    told = []
    for halves in groups.values():
        verdicts = [belongs(half) for half in halves]
        if all(verdicts):
            continue
        strangers = [half for half, verdict in zip(halves, verdicts, strict=True) if not verdict]
        key = _described(strangers, over)
        if any(verdicts) or halves[0].key_id in named:
            key = replace(key, kept=Kept.NAMED)
        else:
            key = replace(key, kept=_kept(key, over, certain=None not in verdicts))
        told.append((key, strangers))
    names = Counter(key.identity for key, _ in told)
    return [
        (replace(key, kept=key.kept or Kept.SEVERAL) if names[key.identity] > 1 else key, halves)
        for key, halves in told
    ]


def _kept(key: LeftoverKey, over: tuple[str, ...], *, certain: bool) -> Kept | None:
    """Why a key that no certificate names must stay, if it must."""
    if not certain:
        return Kept.UNCERTAIN
    if key.private > 1 or key.public > 1:
        return Kept.SEVERAL
    return Kept.APPLICATION if key.business_no and key.business_no not in over else None


def _described(halves: list[Half], over: tuple[str, ...]) -> LeftoverKey:
    labels = [printable(text_of(half.label), 80) for half in halves]
    numbers = [number for label in labels for number in _BUSINESS_NO.findall(label)]
    keys = [key for half in halves if (key := _public_key(half)) is not None]
    return LeftoverKey(
        key_id=halves[0].key_id.hex(),
        label=next(filter(None, labels), ""),
        kind=_kind(keys[0]) if keys else "",
        spki=digest_of(keys[0]) if keys else "",
        private=sum(isinstance(half, PrivateKeyObject) for half in halves),
        public=sum(isinstance(half, PublicKeyObject) for half in halves),
        # of several the one that may still go on counts
        business_no=next((number for number in numbers if number not in over), next(iter(numbers), "")),
    )


def _kind(key: PublicKey) -> str:
    """As `Certificate.key` names it."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA-{key.key_size}"
    return f"EC-P{key.curve.key_size}"


def _public_key(half: Half) -> PublicKey | None:
    return half.public_key if isinstance(half, PrivateKeyObject) else half.key


def _judge(workspace: Workspace, held: tuple[Certificate, ...]) -> Belongs:
    """By the half's own word; a silent private key signs for each certificate that it may be of."""
    spkis = {each.spki for each in held}
    comparable = [each for each in held if each.key in RENEWABLE_KEYS and each.readable and each.well_formed]
    public: list[Any] = [certificates.opened(each.der).public_key() for each in comparable]
    values = attributes.each(workspace.session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE)
    vague = any(not value for (value,) in values) or not all(each.readable and each.well_formed for each in held)
    trials = 0

    def belongs(half: Half) -> bool | None:
        nonlocal trials
        key = _public_key(half)
        if key is not None:
            # RSA keys stand under id-RSASSA-PSS in some certificates (RFC 4055): another digest, the same key.
            return digest_of(key) in spkis or key in public or (None if vague else False)
        if isinstance(half, PublicKeyObject):
            return None if (held or vague) and not half.blank else False
        doubt = vague or len(comparable) < len(held)
        for each in public:
            if (word := half.is_of(each)) is not None:
                if word:
                    return True
                continue
            trials += 1
            verdict = _signs_for(workspace, half, each) if trials <= TRIALS else None
            if verdict:
                return True
            doubt = doubt or verdict is None
        return None if doubt else False

    return belongs


def _signs_for(workspace: Workspace, half: PrivateKeyObject, key: PublicKey) -> bool | None:
    """Whether the private key is this public key's other half; None where it does not sign at all."""
    try:
        workspace.trial(key)(half.handle)
    except PyKCS11Error as error:
        if faults.failure(error).reason is Reason.TOKEN_REMOVED:
            raise
        return None
    except TokenError as error:
        if error.failure.reason in (Reason.TOKEN_REMOVED, Reason.TOKEN_SWAPPED):
            raise
        return False if error.failure.reason is Reason.SIGNATURE_FALSE else None
    return True
