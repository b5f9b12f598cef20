"""Ways out by all that a terminal's protocols can say: every number, every modifier, a thousand times."""

from collections.abc import Iterator, Mapping

from tests.bench.ways_out.way import Way, sent

_ST = b"\x1b\\"
_TIMES = 1000


def ways() -> Iterator[Way]:
    """None of them is a key that leads to another screen."""
    for kind, known in (("keys", _KEYS), ("reply", _REPLIES), ("mouse", _MOUSE)):
        for name, data in known.items():
            yield sent(f"{kind} {name}", data)
    for name, writes in _PASTES.items():
        yield sent(f"paste {name}", *writes)


def _each(form: str, *numbers: int) -> bytes:
    return "".join(form.format(number) for number in numbers).encode()


_KEYS: Mapping[str, bytes] = {
    "F19 to F35 with every modifier": b"".join(_each(f"\x1b[{{}};{m}u", *range(57382, 57399)) for m in range(1, 17)),
    "of punctuation with ctrl": b"".join(
        _each(f"\x1b[{{}};{m}u", *range(33, 65), *range(92, 97), *range(123, 127)) for m in (5, 6, 7, 8, 13)
    ),
    "of locks and media": _each("\x1b[{};65u", *range(57358, 57364), *range(57428, 57441)),
    "only released": _each("\x1b[{};5:3u", *range(97, 123)) + _each("\x1b[{};1:3~", *range(1, 35)),
    "held down": _each("\x1b[{};5:2u", *range(97, 123)) * 20,
    "ctrl+space and ctrl+digits": b"\x00\x1b[32;5u\x1b[27;5;32~" + _each("\x1b[{0};5u\x1b[27;5;{0}~", *range(48, 58)),
    "that shift character sets": b"\x1bn\x1bo\x1b|\x1b}\x1b~\x1b(0\x1b)0\x1b*0\x1b%G\x1b%@\x1b#8\x1b 6G\x1b7\x1b8",
    "that reset a terminal": b"\x1bc\x1b[!p\x1b[?1049l\x1b[?1000l\x1b[?2004l\x1b[<u\x1b[>4;0m\x1b[?25h" * 20,
    "of a teletype's break": b"\x00" * 3 + b"\xff\x00\x00" * 20 + b"\xff\xff",
    "of ssh's and screen's escapes": b"~.~^Z~C~#~&~?" + b"\x1d\x01d\x01\\\x02d\x02:\x02c" * 3,
}
_REPLIES: Mapping[str, bytes] = {
    "of every mode": _each("\x1b[?{0};1$y\x1b[?{0};2$y\x1b[{0};4$y", *range(3000)),
    "of every OSC": _each("\x1b]{};/bin/sh\x07", *range(3000)),
    "of every DCS": b"".join(b"\x1bP1%c/bin/sh" % final + _ST for final in range(0x40, 0x7F)),
    "of every CSI": b"".join(
        b"\x1b[%s1;1;1;1%c" % (mark, final)
        for mark in (b"", b"?", b">", b"=", b"<")
        for final in range(0x40, 0x7F)
        if mark or final not in b"ABCDEFHIPQRSZu~"  # these are keys
        if not (mark == b"<" and final in b"Mm")  # and these a click
    ),
    "of kitty's flags": _each("\x1b[?{}u", *range(256)),
    "of a window that is moved and made small": b"\x1b[1t\x1b[2t\x1b[3;-1;-1t\x1b[4;0;0t\x1b[6;1;1t\x1b[8;1;1t" * 50,
    "of resizes in the band 1,000 times": b"\x1b[48;1;1;1;1t\x1b[48;24;80;384;640t" * _TIMES,
    "of checksums, tab stops and macros": b"\x1bP1!~FFFF"
    + _ST
    + b"\x1bP2$u1/9/17"
    + _ST
    + b"\x1bP1$u1;1;1;@"
    + _ST
    + b"\x1b[1*z",
    "of notifications and pointers": b"\x1b]99;i=1:p=close;" + _ST + b"\x1b]99;i=1;" + _ST + b"\x1b]22;default" + _ST,
    "of kitty's colours and files": b"\x1b]21;foreground=?"
    + _ST
    + b"\x1b]5113;ac=send;id=1"
    + _ST
    + b"\x1b_Gi=1,t=f;L2V0"
    + _ST,
    "of dark and light 1,000 times": b"\x1b[?997;1n\x1b[?997;2n" * _TIMES,
    "of 10,000 attributes": b"\x1b[?" + b";".join(b"%d" % number for number in range(10_000)) + b"c",
    "whose text is a sequence": b"\x1bP>|tmux \x1b[21~\x1b]52;c;?\x07"
    + _ST
    + b"\x1b]11;rgb:\x1b[99;5u"
    + _ST
    + b"\x1b]52;c;\x03\x07",
    "of a name of 100 kB": b"\x1bP>|" + b"x" * 100_000 + _ST + b"\x1bP1+r544e=" + b"41" * 50_000 + _ST,
    "ended by CAN, SUB and C1": b"\x1b]11;rgb:1\x18\x1bP>|a\x1a\x1b]4;1\x1b[I\x1b]10;\xc2\x9c\x1bP\x9c",
}
_MOUSE: Mapping[str, bytes] = {
    "over every cell in pixels": b"".join(b"\x1b[<35;%d;%dM" % (8 * x, 16 * y) for x in range(81) for y in range(25)),
    "wheel with every modifier": b"".join(
        b"\x1b[<%d;40;12M" % (64 + wheel + modifier) for wheel in range(4) for modifier in (4, 8, 12, 16, 20, 24, 28)
    ),
    "beyond 32 and 64 bits": b"".join(
        b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % ((n,) * 4) for n in (2**31 - 1, 2**31, 2**32, 2**63, 2**64, 10**40)
    ),
    "negative, and with signs": b"\x1b[<0;-2147483648;-1M\x1b[<-1;5;5M\x1b[<+0;+5;+5M\x1b[<0;5.5;5M\x1b[<0; 5;5M",
    "in urxvt's numbers": b"\x1b[32;99999;99999M\x1b[35;0;0M\x1b[96;5;5M\x1b[255;80;24M\x1b[M\x1b[;M",
    "down in one place and up in 500 others": b"\x1b[<0;40;12M"
    + b"".join(b"\x1b[<0;%d;13m" % (x % 80) for x in range(500)),
    "cut after every byte": b"".join(b"\x1b[<0;79;13M"[:length] + b"\x18" for length in range(2, 12)),
}
_PASTES: Mapping[str, tuple[bytes, ...]] = {
    "in one-byte controls": ("\x9b200~exit\n\x9b201~".encode(), b"\x9b200~sh\n\x9b201~"),
    "that breaks out by half its end": (b"\x1b[200~a\x1b[201", b"\x1b[201~", b"\x1b[200~\x1b[201~b\x1b[201~"),
    "that breaks out by a one-byte end": (b"\x1b[200~a\xc2\x9b201~", b"\x9b201~", b"\x1b[201~"),
    "of Esc and its end": (b"\x1b[200~\x1b\x1b[201~" * 50,),
    "of a paste's beginning": (b"\x1b[200~" * 200 + b"x" + b"\x1b[201~" * 200,),
    "with numbers about it": (b"\x1b[200;1~a\x1b[201;5~", b"\x1b[200:1~\x1b[00201~\x1b[0200~z\x1b[201~"),
    "of links and formulas": (
        b"\x1b[200~https://example.com file:///etc/passwd =cmd|' /C calc'!A0 [@click=app.quit]x[/]\x1b[201~",
    ),
    "of markup": (b"\x1b[200~[link=https://example.com][@click=app.bell]x[/][/link] [bold\\\x1b[201~",),
    "byte by byte": tuple(bytes((byte,)) for byte in b"\x1b[200~\x1b[21~sh\x1b[201~"),
}
