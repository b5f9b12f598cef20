"""List what lies on a token: certificates, keys, and where their private halves are."""

from collections.abc import Iterator, Sequence
from typing import Any

import PyKCS11

from tui.core.certificate import Certificate, Token
from tui.core.frozen import frozen
from tui.token.host import inventory, key_objects, listing
from tui.token.host.attributes import each, values
from tui.token.host.capture import contents
from tui.token.host.contents import Listing
from tui.token.host.driver import Driver
from tui.token.host.public_keys import PublicKey, digest_of, spki_of
from tui.token.x509.certificates import key_digest
from tui.token.x509.lenient import alone


@frozen
class KeyPair:
    """A key pair on the token, found by its public half."""

    key_id: bytes
    """CKA_ID of both halves."""
    label: str
    public_key: PublicKey

    @property
    def spki(self) -> bytes:
        """DER SubjectPublicKeyInfo."""
        return spki_of(self.public_key)


def tokens(driver: Driver, slots: Sequence[int] | None = None) -> tuple[Token, ...]:
    """Every token in use and what is on it, read in this process; see `inventory.tokens`."""
    return inventory.tokens(driver, driver.slots() if slots is None else slots, listing.read)


def listed(session: Any) -> Listing:
    """What lies on the token, as far as the session shows it."""
    return listing.read(contents(session))


def shares_key(session: Any, der: bytes) -> bool:
    """Whether another certificate than this one is of its key."""
    spki = key_digest(der)
    return any(alone(value) != der and _is_of(value, spki) for (value,) in each(session, *_VALUES))


def certificate_handles(session: Any, key_id: bytes, der: bytes) -> list[Any]:
    """Handles of this very certificate under this CKA_ID; under any where the key has none to share."""
    if not key_id:
        return copies(session, der)
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE), (PyKCS11.CKA_ID, key_id)])
    return [handle for handle in found if alone(value_of(session, handle)) == der]


def copies(session: Any, der: bytes) -> list[Any]:
    """Handles of this very certificate under whatever CKA_ID."""
    found = session.findObjects([(PyKCS11.CKA_CLASS, PyKCS11.CKO_CERTIFICATE)])
    return [handle for handle in found if alone(value_of(session, handle)) == der]


def label_of(session: Any, certificate: Certificate) -> str | bytes:
    """CKA_LABEL as it stands on the token, to be written back untouched; of what is not there, what is known of it."""
    for handle in copies(session, certificate.der):
        return values(session, handle, PyKCS11.CKA_LABEL)[0]
    return certificate.label


def value_of(session: Any, handle: Any) -> bytes:
    """CKA_VALUE."""
    return values(session, handle, PyKCS11.CKA_VALUE)[0]


def labelled(session: Any, label: str) -> list[Any]:
    """Handles of the uncertified keys with this label; after login."""
    spared = certified_ids(session)
    return [handle for handle, key_id, named in _keys(session) if named == label.encode() and key_id not in spared]


def key_pairs(session: Any) -> list[KeyPair]:
    """The pairs of algorithms we know, both halves present; after login."""
    private = {key.key_id for key in key_objects.private_keys(session)}
    return [
        KeyPair(key.key_id, key.label.decode(errors="ignore"), key.key)
        for key in key_objects.public_keys(session)
        if key.key is not None and key.key_id in private
    ]


_VALUES = PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_VALUE


def holds(session: Any, key_id: bytes, spki: str) -> bool:
    """Whether a certificate or public key of this key (SHA-256 over SubjectPublicKeyInfo, hex) is on the token.

    What has this CKA_ID is looked at first: the rest costs a slow driver seconds.
    """
    matching = ((PyKCS11.CKA_ID, key_id),)
    return (
        (key_id != b"" and any(_is_of(value, spki) for (value,) in each(session, *_VALUES, matching=matching)))
        or any(_is_of(value, spki) for (value,) in each(session, *_VALUES))
        or id_of_key(session, spki) is not None
    )


def _is_of(der: bytes, spki: str) -> bool:
    return key_digest(der) == spki


def id_of_key(session: Any, spki: str) -> bytes | None:
    """CKA_ID of the public key with this SHA-256 over SubjectPublicKeyInfo (hex)."""
    for key in key_objects.public_keys(session):
        if key.key is not None and digest_of(key.key) == spki:
            return key.key_id
    return None


def halves(session: Any, label: str) -> list[Any]:
    """Handles of uncertified keys with this label whose other half is missing: what a pull during generation leaves."""
    by_id: dict[bytes, list[tuple[Any, bytes]]] = {}
    for handle, key_id, named in _keys(session):
        by_id.setdefault(key_id, []).append((handle, named))
    spared = certified_ids(session) | {b""}
    lone = (keys[0] for key_id, keys in by_id.items() if len(keys) == 1 and key_id not in spared)
    return [handle for handle, named in lone if named == label.encode()]


def names_certified_key(session: Any, label: str) -> bool:
    """Whether a key with this label has a certificate; many tokens keep only the private half of such a key."""
    certified = certified_ids(session)
    return any(named == label.encode() and key_id in certified for _, key_id, named in _keys(session))


def certified_ids(session: Any) -> set[bytes]:
    """Every CKA_ID that a certificate carries."""
    return {key_id for (key_id,) in each(session, PyKCS11.CKO_CERTIFICATE, PyKCS11.CKA_ID)}


def _keys(session: Any) -> Iterator[tuple[Any, bytes, bytes]]:
    """(handle, CKA_ID, CKA_LABEL) of every private and public key."""
    for kind in (PyKCS11.CKO_PRIVATE_KEY, PyKCS11.CKO_PUBLIC_KEY):
        for handle in session.findObjects([(PyKCS11.CKA_CLASS, kind)]):
            key_id, label = values(session, handle, PyKCS11.CKA_ID, PyKCS11.CKA_LABEL)
            yield handle, key_id, label
