"""Messages to and from a driver's process: a 4-byte big-endian length, then MessagePack; a PIN is raw bytes.

Every order but `Load` and `Prepare` is answered by `Staged`, `PinWanted` and `NewPinWanted` in any number and then by
one `Done` or `Refused`. `Seen`, `Unusable` and `Leaving` come unasked. A PIN follows `PinWanted` or `NewPinWanted` and
nothing else, in a frame of its own.
"""

from collections.abc import Mapping

import msgspec

from tui.core.certificate import CertificateRef, Token
from tui.core.failure import Failure
from tui.core.leftover import LeftoverKey
from tui.core.policy import KeyPolicy, SignatureScheme
from tui.core.token import Installation, KeyLeft, Readers, SignedRequest, TokenStage

LIMIT = 16 * 1024 * 1024
"""No frame is longer; a longer length means that the stream is broken."""

DEADLINES: Mapping[TokenStage, float] = {
    TokenStage.CHECKING: 90.0,
    TokenStage.PROBING: 60.0,
    TokenStage.KEY_PAIR: 120.0,
    TokenStage.REQUEST: 90.0,
    TokenStage.SIGNING: 90.0,
    TokenStage.WRITING: 90.0,
    TokenStage.READING_BACK: 30.0,
    TokenStage.PROVING: 90.0,
    TokenStage.RETIRING: 90.0,
    TokenStage.CHANGING_PIN: 180.0,
}
"""Seconds that a stage may last.

Those of 90 include typing a PIN on the token's own pad: a key may ask for it at each signature, also at one that only
tells which key or which token it is. A pad asks for three PINs to change one.
"""
WATCH_DEADLINE = 30
"""Whole seconds that one look at the slots may last; a card without a matching driver costs OpenSC 14."""


class Prepare(msgspec.Struct, frozen=True, tag=True):
    """An order may come: what it needs is imported. Not answered."""


class Look(msgspec.Struct, frozen=True, tag=True):
    """Sign in and list what is visible only then."""

    certificate: CertificateRef
    """Names the token alone."""


class MakeRequest(msgspec.Struct, frozen=True, tag=True):
    """Key pair, CSR and evidence for an application."""

    certificate: CertificateRef
    business_no: str
    statement: str
    policy: KeyPolicy = KeyPolicy.REKEY
    scheme: SignatureScheme = SignatureScheme.PKCS1


class Install(msgspec.Struct, frozen=True, tag=True):
    """Write, read back and prove the issued certificate."""

    certificate: CertificateRef
    business_no: str
    issued: bytes
    challenge: bytes
    old: bytes = b""
    """DER of the certificate that is renewed; the desk holds it."""
    policy: KeyPolicy = KeyPolicy.REKEY
    scheme: SignatureScheme = SignatureScheme.PKCS1


class Retire(msgspec.Struct, frozen=True, tag=True):
    """Delete the old pair of a proved renewal."""

    certificate: CertificateRef
    """The new one."""
    new: bytes
    old: bytes
    scheme: SignatureScheme = SignatureScheme.PKCS1


class ChangePin(msgspec.Struct, frozen=True, tag=True):
    """The user's PIN gives way to a new one of the user's."""

    certificate: CertificateRef
    """Names the token alone."""


class Unlock(msgspec.Struct, frozen=True, tag=True):
    """A new user PIN by right of the SO PIN, which is what `PinWanted` asks for."""

    certificate: CertificateRef
    """Names the token alone."""


class ListLeftovers(msgspec.Struct, frozen=True, tag=True):
    """Sign in and list the keys without a certificate."""

    certificate: CertificateRef
    """Names the token alone."""
    over: tuple[str, ...] = ()
    """Numbers of applications that the desk says are over, without a certificate."""


class DeleteLeftovers(msgspec.Struct, frozen=True, tag=True):
    """Delete these keys, as far as they may still be deleted."""

    certificate: CertificateRef
    """Names the token alone."""
    keys: tuple[LeftoverKey, ...]
    over: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True, tag=True):
    """All tokens of this driver, at the start and at every change."""

    tokens: tuple[Token, ...]
    readers: Readers = Readers.UNKNOWN


class Unusable(msgspec.Struct, frozen=True, tag=True):
    """The driver could not be loaded; the process ends."""

    failure: Failure


class Leaving(msgspec.Struct, frozen=True, tag=True):
    """The process ends while nothing is under way, so that a driver that leaks gets a fresh one."""


class Staged(msgspec.Struct, frozen=True, tag=True):
    """The operation enters a stage."""

    stage: TokenStage


class PinWanted(msgspec.Struct, frozen=True, tag=True):
    """The right token is in: the PIN may come now."""


class NewPinWanted(msgspec.Struct, frozen=True, tag=True):
    """The same of the PIN that is to come into force."""


class Revealed(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Look`."""

    token: Token


class Requested(msgspec.Struct, frozen=True, tag=True):
    """The answer to `MakeRequest`."""

    request: SignedRequest


class Installed(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Install`."""

    installation: Installation


class Retired(msgspec.Struct, frozen=True, tag=True):
    """The answer to `Retire`."""

    left: KeyLeft | None


class PinChanged(msgspec.Struct, frozen=True, tag=True):
    """The answer to `ChangePin` and `Unlock`."""


class Leftovers(msgspec.Struct, frozen=True, tag=True):
    """The answer to `ListLeftovers` and `DeleteLeftovers`: what is there now."""

    keys: tuple[LeftoverKey, ...]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The operation failed."""

    failure: Failure


Order = Look | MakeRequest | Install | Retire | ChangePin | Unlock | ListLeftovers | DeleteLeftovers
Done = Revealed | Requested | Installed | Retired | PinChanged | Leftovers
Answer = Staged | PinWanted | NewPinWanted | Done | Refused
Report = Seen | Unusable | Leaving | Answer

encode = msgspec.msgpack.Encoder().encode
"""Any message but `Load` to its bytes."""
decode_order = msgspec.msgpack.Decoder(Prepare | Order).decode
decode_report = msgspec.msgpack.Decoder(Report).decode
