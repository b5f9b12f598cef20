"""Cards formatted and filled by OpenSC's own tools."""

import copy
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization

from tests.rig.card import keys
from tests.rig.card.manners import UnrulyCard
from tests.rig.card.pcscd import MODULE
from tests.rig.card.port import Card
from tests.rig.card.state import CAPACITY, CardState
from tests.rig.softhsm import KeyKind, SoftToken, TestCa, issue, make_ca, make_key, subject

PIN, PUK, SO_PIN, SO_PUK = "123456", "65432100", "12345678", "87654321"
LABEL, HOLDER = "测试供应商", "测试供应商有限公司"
KEY_ID = "01"
"""CKA_ID of the pair and certificate that `provisioned` writes, hex."""


class Reader(Protocol):
    """Where OpenSC's tools find a card."""

    @property
    def directory(self) -> Path:
        """For files that last as long as the reader."""

    @property
    def environment(self) -> tuple[tuple[str, str], ...]:
        """What a process must set before it loads OpenSC."""

    def holding(self, card: Card) -> AbstractContextManager[Card]:
        """A card that is in until the end of a `with`."""

    def run(self, *command: str) -> str:
        """Run a command-line tool and return what it printed.

        :raises CalledProcessError: it failed.
        """


def token_in(reader: Reader, certificate_der: bytes) -> SoftToken:
    """The card that is in this reader, as tests of the token adapter know tokens."""
    return SoftToken(reader.directory, MODULE, reader.environment, certificate_der, PIN, LABEL)


def format_card(reader: Reader) -> None:
    """Make the blank card in the first slot a PKCS #15 token with a PIN."""
    _init(reader, "--create-pkcs15", "--label", LABEL, "--so-pin", SO_PIN, "--so-puk", SO_PUK)
    # OpenSC writes a PIN's label in brackets behind the token's, unless it is this one.
    pin = "--auth-id", "01", "--label", "PIN", "--pin", PIN, "--puk", PUK, "--so-pin", SO_PIN
    _init(reader, "--store-pin", *pin)
    _init(reader, "--finalize")


def put_key(reader: Reader, key: keys.PrivateKey, *, key_id: str = KEY_ID, label: str = LABEL) -> None:
    """Import a key pair."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with tempfile.NamedTemporaryFile(dir=reader.directory, suffix=".pem") as file:
        file.write(pem)
        file.flush()
        usage = "--id", key_id, "--label", label, "--key-usage", "sign", "--auth-id", "01", "--pin", PIN
        _init(reader, "--store-private-key", file.name, *usage)


def put_certificate(reader: Reader, certificate: bytes, *, key_id: str = KEY_ID, label: str = LABEL) -> None:
    """Write a certificate beside its key."""
    with tempfile.NamedTemporaryFile(dir=reader.directory, suffix=".der") as file:
        file.write(certificate)
        file.flush()
        what = file.name, "--format", "der", "--id", key_id, "--label", label, "--pin", PIN
        _init(reader, "--store-certificate", *what)


def provisioned(
    reader: Reader,
    key: keys.PrivateKey,
    *,
    ca: TestCa | None = None,
    capacity: int = CAPACITY,
    serial: int = 1,
) -> tuple[CardState, bytes]:
    """A card with this key and a certificate of `ca` for it (DER, given too); copy the state for every test.

    The reader's first slot must be free, and is again.
    """
    card = UnrulyCard(CardState(serial=serial.to_bytes(10), capacity=capacity))
    certificate = issue(ca or make_ca(), subject(HOLDER), key.public_key(), days_left=20)
    with reader.holding(card):
        format_card(reader)
        put_key(reader, key, label=HOLDER)
        put_certificate(reader, certificate, label=HOLDER)
    return card.card.snapshot(), certificate


def _init(reader: Reader, *arguments: str) -> None:
    reader.run("pkcs15-init", *arguments)


class Shelf:
    """Provisioned cards: each kind is made once, and copies are taken."""

    def __init__(self, reader: Reader, ca: TestCa) -> None:
        self.reader = reader
        self.ca = ca
        self._made: dict[tuple[KeyKind, int], tuple[CardState, bytes]] = {}
        self._keys: dict[KeyKind, keys.PrivateKey] = {}

    def key(self, kind: KeyKind) -> keys.PrivateKey:
        """A ready key, the same each time, for a card to find instead of making one."""
        if kind not in self._keys:
            self._keys[kind] = make_key(kind)
        return self._keys[kind]

    def take(self, kind: KeyKind, *, capacity: int = CAPACITY) -> tuple[UnrulyCard, bytes]:
        """A card with a key and certificate of its own that will find a ready key; and the certificate's DER."""
        if (kind, capacity) not in self._made:
            self._made[kind, capacity] = provisioned(self.reader, make_key(kind), ca=self.ca, capacity=capacity)
        state, certificate = self._made[kind, capacity]
        return UnrulyCard(copy.deepcopy(state), ready_keys=[self.key(kind)]), certificate
