"""Byte strings that a terminal, a slow line or somebody hostile sends, with the number of characters typed in them."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

REPORTS = (
    b"\x1b[?62;4c",  # DA1
    b"\x1b[>41;379;0c",  # DA2
    b"\x1bP!|00000000\x1b\\",  # DA3
    b"\x1b[12;40R",  # CPR
    b"\x1b[1;1R",
    b"\x1b[?12;40;1R",  # DECXCPR
    b"\x1b[0n",
    b"\x1bP>|tmux 3.3a\x1b\\",  # XTVERSION
    b"\x1bP1$r0;1m\x1b\\",  # DECRQSS
    b"\x1bP1+r544e=787465726d\x1b\\",  # terminfo
    b"\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    b"\x1b]52;c;MTIzNDU2\x07",
    b"\x1b]l123456\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b^123456\x1b\\",
    b"\x1bX123456\x1b\\",
    b"\x1b[?2004;2$y",
    b"\x1b[?1u",
    b"\x1b[8;24;80t",
    b"\x1b[48;24;80;384;640t",
    b"\x1b[I\x1b[O",
    b"\x1b[<35;30;10M",  # motion
    b"\x1b[<0;30;10m",  # a release without its press
    b"\x1b[32;30;10M",  # urxvt
    b"\x1b[M !!",  # X10
    b"\x9b?62;4c",
    b"\xc2\x9b?62;4c",
    b"\xc2\x9d11;rgb:12/34/56\xc2\x9c",
    b"\x1b[97;5u",
    b"\x1b[97;3u",
    b"\x1b[97;9u",
    b"\x1b[97;1:3u",
    b"\x1b[57441;2u",
    b"\x1b[99999999u",
    b"\x1b[55296u",
    b"\x1b[27;5;49~",
    b"\x1b[27;1;1114112~",
    b"\x1b[2~\x1b[15;5~",
    b"\x1b5\x1bx\x1b(0",
    b"\x1b[" + b"1;" * 400 + b"m",
    b"\x1b]0;" + b"1" * 9000 + b"\x07",
    b"\x1b[200~12345678\x1b[201~",
    b"\x1b[200~\x1b[0m12345678\x1b[201~",
    b"\x1b[200~\r\n12\x1b]0;3\x0745\x1b[1;3\x1b[201~",
    b"\x1b[201~",
    b"\xff",
    b"\xe4\xb8\x00",
    b"\xed\xa0\x80",
    b"\x00\x07\x1c\x1d",
    "\x85\u200d\u202e\U000e0031".encode(),
)
"""Complete, and nothing of them typed."""
UNFINISHED = (
    b"\x1b",
    b"\x1b[",
    b"\x1b[1;",
    b"\x1b[<0;30;10",
    b"\x1b]11;rgb:1e1e/",
    b"\x1bP>|tmux 3",
    b"\x1b_G12",
    b"\x1bO",
    b"\x1b[M ",
    b"\x1b[[",
    b"\x1b[200~1234",
    b"\x1b[200~\x1b[0m1234\x1b[20",
    b"\x1b[" + b"1;" * 20_000,
    b"\x1b]52;c;" + b"MTIz" * 5_000,
)
"""Given up in a silence."""
KEYS = (b"%c", b"\x1b[%du", b"\x1b[%d;1u", b"\x1b[27;1;%d~", b"\x1b[%d;129:2u")
"""Ways to send one key of a code."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Reads one after another, None for a silence; and how many characters a person typed."""

    reads: tuple[bytes | None, ...]
    typed: int


def stream(seed: int, most: int = 8) -> Stream:
    """Keys, reports and sequences without an end in any order, cut anywhere; at most `most` characters typed."""
    chance = random.Random(seed)
    reads: list[bytes | None] = []
    typed, pending = 0, b""
    for _ in range(chance.randint(1, 24)):
        match chance.randrange(6):
            case 0 | 1 if typed < most:
                pending += chance.choice(KEYS) % chance.randrange(0x21, 0x7E)
                typed += 1
            case 2:
                reads += [*_cut(pending + chance.choice(UNFINISHED), chance), None, None]
                pending = b""
            case _:
                pending += chance.choice(REPORTS)
    return Stream((*reads, *_cut(pending, chance), None), typed)


def soup(seed: int) -> Stream:
    """Bytes at random, those of control sequences more often, and a silence."""
    chance = random.Random(seed)
    data = bytes(chance.choice(_SOUP) for _ in range(chance.randint(1, 200)))
    return Stream((*_cut(data, chance), None), _typed_in(data))


def _cut(data: bytes, chance: random.Random) -> Iterator[bytes]:
    while data:
        size = chance.choice((1, 2, 3, 5, 8, 4096))
        yield data[:size]
        data = data[size:]


_SOUP = b"\x1b\x1b\x1b\x1b[[]OP_\\;;?<\x07\x18\x9b\x9c\x9d" + bytes(b for b in range(256) if chr(b) not in "uM~")
"""Without the last bytes of `CSI u`, of `CSI M` and of `CSI 200 ~`, which the oracle does not know."""
_ORACLE = re.compile(
    r"""(?:\x1b\[|[\x9b\udc9b]) [\x00-\x17\x19\x1c-\x1f\x7f]* \[ (?s:.)             # the Linux console's F1 to F5
      | (?:\x1b\[|[\x9b\udc9b]) [\x00-\x17\x19\x1c-\x3f\x7f]* (?: [@-~\x18\x1a] | (?=[^\x00-\x1a\x1c-\x7f]) | \Z )
      | (?:\x1b\]|[\x9d\udc9d]) [^\x07\x18\x1a\x1b\x9c\udc9c]* (?: [\x07\x18\x1a\x9c\udc9c] | (?=\x1b) | \Z )
      | (?:\x1b[PX^_]|[\x90\x98\x9e\x9f\udc90\udc98\udc9e\udc9f])
        [^\x18\x1a\x1b\x9c\udc9c]* (?: [\x18\x1a\x9c\udc9c] | (?=\x1b) | \Z )
      | (?P<pad> (?:\x1bO|[\x8f\udc8f]) [\x00-\x17\x19\x1c-\x1f\x7f]* [jkmnopqrstvwxy] )
      | (?:\x1bO|[\x8f\udc8f]) [\x00-\x17\x19\x1c-\x3f\x7f]* (?: [@-~\x18\x1a] | (?=[^\x00-\x1a\x1c-\x7f]) | \Z )
      | \x1b [\ -/] [\x00-\x17\x19\x1c-/\x7f]* (?: [0-~\x18\x1a] | (?=[^\x00-\x1a\x1c-\x7f]) | \Z )
      | \x1b (?=\x1b) | \x1b (?=[\x8f\x90\x98\x9b\x9d-\x9f\udc8f\udc90\udc98\udc9b\udc9d-\udc9f])
      | \x1b (?s:.) | \x1b \Z
      | (?P<typed> [\ -~] )
      | (?s:.)""",
    re.VERBOSE,
)
"""The grammar once more, over all the bytes at once."""


def _typed_in(data: bytes) -> int:
    text = data.decode("utf-8", "surrogateescape")
    return sum(1 for found in _ORACLE.finditer(text) if found["typed"] or found["pad"])
