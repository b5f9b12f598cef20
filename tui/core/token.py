"""What a look at the tokens shows, and what an operation on one says and yields."""

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from tui.core.certificate import Certificate, Token
from tui.core.failure import Failure
from tui.core.frozen import frozen
from tui.core.succession import arranged


class TokenStage(StrEnum):
    """Progress within a token operation, in order of appearance."""

    CHECKING = "checking"
    """Token and certificate are compared with the ones that began."""
    PROBING = "probing"
    """Mechanisms, rights and room: an object is written, read back and deleted."""
    KEY_PAIR = "key_pair"
    """Longest: up to 30 s on a real token."""
    REQUEST = "request"
    SIGNING = "signing"
    WRITING = "writing"
    READING_BACK = "reading_back"
    PROVING = "proving"
    RETIRING = "retiring"
    """Certificates or keys that are not needed any more are deleted."""
    CHANGING_PIN = "changing_pin"
    """The user PIN gives way to another one; on a PIN pad both are typed meanwhile."""


class Readers(StrEnum):
    """What is known of the readers of a driver, or of all drivers; the first of several that hold is told."""

    PRESENT = "present"
    CARD_UNKNOWN = "card_unknown"
    """A card is in a reader, and the driver sees no token in it."""
    UNRECOGNISED = "unrecognised"
    """A smart card device is on USB, and the readers' service has no reader."""
    NOT_ALLOWED = "not_allowed"
    """The readers' service refuses this user."""
    NO_SERVICE = "no_service"
    """The readers' service does not run."""
    NONE = "none"
    """There is none; one that is in the token comes with it."""
    NOT_NEEDED = "not_needed"
    """The driver's slots are no readers: a token in software, in the machine or at the other end of a tunnel."""
    UNKNOWN = "unknown"
    """Nobody tells: the driver finds its tokens in a way of its own, or cannot be asked."""

    @property
    def blind(self) -> bool:
        """What is inserted is not seen as a token."""
        return self in (Readers.CARD_UNKNOWN, Readers.UNRECOGNISED, Readers.NOT_ALLOWED, Readers.NO_SERVICE)

    @classmethod
    def of(cls, several: "Iterable[Readers]") -> "Readers":
        """What is told of all drivers."""
        return min(several, key=list(cls).index, default=cls.UNKNOWN)


@frozen
class ModuleFault:
    """One driver that cannot be used now."""

    module: str
    failure: Failure


@frozen
class Snapshot:
    """What all modules see at one moment."""

    tokens: tuple[Token, ...] = ()
    """In an order of their own, as their certificates are; see `core.succession`."""
    faults: tuple[ModuleFault, ...] = ()
    readers: Readers = Readers.UNKNOWN

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", arranged(self.tokens))


@frozen
class SignedRequest:
    """What the desk needs to issue."""

    csr: bytes
    """PEM PKCS#10 (RFC 2986), signed by the new key."""
    evidence: bytes = field(repr=False)
    """DER CMS SignedData over `core.evidence.evidence_content`, signed by the old key."""


@frozen
class Installation:
    """Read back from the token after the write."""

    old: Certificate
    new: Certificate
    proof: bytes
    """Signature of the new key over `core.evidence.proof_message`; empty where it was given earlier."""


class KeyLeft(StrEnum):
    """Why keys stay on the token though the old pair was to be deleted."""

    SHARED = "shared"
    """Another certificate is of the same key."""
    UNCERTAIN = "uncertain"
    """A private key neither tells whose it is nor signs, so it may be the old one or a stranger's."""
