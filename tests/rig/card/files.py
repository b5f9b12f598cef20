"""The card's files: a tree with access conditions and limited room."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Self

from tests.rig.card.apdu import Refused, Status, tlv, tlvs

MASTER_FILE, APPLICATION = 0x3F00, 0x5015
AID = bytes.fromhex("A000000063504B43532D3135")
"""Name of the PKCS #15 application (PKCS #15 v1.1, 5.4)."""
OVERHEAD = 32
"""Bytes of room that a file takes besides its content."""


class Kind(IntEnum):
    """File descriptor bytes that a MyEID card knows."""

    TRANSPARENT = 0x01
    RSA_KEY = 0x11
    EC_KEY = 0x22
    FOLDER = 0x38


class Right(IntEnum):
    """Which nibble of the access conditions guards an action; its meaning depends on the file's kind."""

    READ = 0
    CREATE_FOLDER = 0
    USE = 0
    UPDATE = 1
    CREATE = 1
    DELETE = 2
    GENERATE = 3


@dataclass(slots=True)
class File:
    """An EF, a key or a DF."""

    fid: int
    kind: Kind
    size: int = 0
    """Bytes of a transparent file, bits of a key."""
    access: bytes = b"\x00\x0f\xff"
    """Nibbles by `Right`: 0 always, 1 to 14 after that PIN, 15 never."""
    proprietary: bytes = b"\x00\x00"
    name: bytes = b""
    content: bytearray = field(default_factory=bytearray, repr=False)
    components: dict[int, int] = field(default_factory=dict, repr=False)
    """A key's numbers by the P2 of the command that loads them."""
    children: "dict[int, File]" = field(default_factory=dict)

    @classmethod
    def described(cls, template: bytes) -> Self:
        """The file that a CREATE FILE command's FCP template (tag 62) describes; raise Refused."""
        fields = dict(tlvs(next(value for tag, value in tlvs(template) if tag == 0x62)))
        try:
            kind = Kind(fields[0x82][0])
            fid = int.from_bytes(fields[0x83])
            size = int.from_bytes(fields.get(0x80, fields.get(0x81, b"")))
        except (KeyError, ValueError) as error:
            raise Refused(Status.WRONG_DATA) from error
        made = cls(fid, kind, size, fields.get(0x86, b"\x00\x0f\xff"), fields.get(0x85, b"\x00\x00"))
        made.name = fields.get(0x84, b"")
        if kind is Kind.TRANSPARENT:
            made.content = bytearray(size)
        return made

    @property
    def is_key(self) -> bool:
        """Whether this is a private key."""
        return self.kind in (Kind.RSA_KEY, Kind.EC_KEY)

    @property
    def room(self) -> int:
        """Bytes of the card that it takes, without its children."""
        match self.kind:
            case Kind.RSA_KEY:
                return OVERHEAD + self.size // 8 * 7 // 2  # modulus and five numbers of half its size
            case Kind.EC_KEY:
                return OVERHEAD + self.size // 8 * 3
            case Kind.TRANSPARENT | Kind.FOLDER:
                return OVERHEAD + len(self.content)

    def condition(self, right: Right) -> int:
        """0 always, 1 to 14 after that PIN, 15 never."""
        return self.access[right // 2] >> (4 if right % 2 == 0 else 0) & 0x0F

    def information(self, *, activated: bool) -> bytes:
        """FCI template (ISO/IEC 7816-4 5.3.3) as SELECT returns it."""
        state = 0x07 if activated else 0x01
        size = tlv(0x80 if self.kind is Kind.TRANSPARENT else 0x81, self.size.to_bytes(2))
        return tlv(
            0x6F,
            size
            + tlv(0x82, bytes([self.kind]))
            + tlv(0x83, self.fid.to_bytes(2))
            + tlv(0x86, self.access)
            + tlv(0x85, self.proprietary)
            + tlv(0x8A, bytes([state]))
            + (tlv(0x84, self.name) if self.name else b""),
        )

    def walk(self) -> "Iterator[File]":
        """This file and everything below it."""
        yield self
        for child in self.children.values():
            yield from child.walk()


def blank(access: bytes = b"\x00\x0f\xff" * 2) -> File:
    """The tree of a card without content; `access` holds the master file's and the application's conditions."""
    application = File(APPLICATION, Kind.FOLDER, access=access[3:6], name=AID)
    return File(MASTER_FILE, Kind.FOLDER, access=access[:3], children={APPLICATION: application})
