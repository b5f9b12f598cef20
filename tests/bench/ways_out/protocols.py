"""Ways out by what terminals can send that this program never asked for, and by what it asked for once too often."""

from collections.abc import Iterator, Mapping

from tests.bench.ways_out.way import Way, click, sent

_ST = b"\x1b\\"
_F10, _CTRL_C = b"\x1b[21~", b"\x1b[99;5u"
_LONG = 1_000_000


def _numbers(form: str, *numbers: object) -> bytes:
    return "".join(form.format(number) for number in numbers).encode()


def ways() -> Iterator[Way]:
    """None of them is a key that leads to another screen."""
    for kind, known in (("keys", _KEYS), ("reply", _REPLIES), ("unfinished", _UNFINISHED), ("mouse", _MOUSE)):
        for name, data in known.items():
            yield sent(f"{kind} {name}", data)
    for name, writes in _PASTES.items():
        yield sent(f"paste {name}", *writes)


_KEYS: Mapping[str, bytes] = {
    "of Win32's input mode": b"\x1b[67;46;3;1;8;1_\x1b[90;44;26;1;8;1_\x1b[115;62;0;1;2;1_",
    "beyond Unicode": _numbers("\x1b[{}u", 0, 55296, 57343, 1114112, 4294967296, 10**30),
    "with modifiers that there are not": b"\x1b[97;0u\x1b[97;99999u\x1b[97;-1u\x1b[97:::u\x1b[;u\x1b[u\x1b[97;5;;;;u",
    "whose text is a sequence": b"\x1b[0;;27:91:50:49:126u\x1b[97;;27:93:53:50:59u\x1b[0;;3u",
    "with an alternate": b"\x1b[1089:1057:99;5u\x1b[1082::107;3u\x1b[1103::113;6u",
    "released that were never pressed": b"\x1b[99;5:3u\x1b[21;1:3~\x1b[13;1:3u\x1b[9;2:3u",
    "of a VT52": b"\x1bY\x1f\x1f\x1bZ\x1b<\x1b=\x1b>",
    "of an application keypad": b"".join(b"\x1bO" + bytes((c,)) for c in b"TUVWXYZabcdefghijklmnoprstuvwxyz"),
    "of rxvt": b"\x1b[21$\x1b[21^\x1b[21@\x1b[2$\x1b[3@\x1b[18^",
    "cut by CAN and SUB": b"\x1b]2;a\x18\x1b[2\x181\x1a~\x1bP1\x1a",
    "in one-byte controls": "\x9b99;5u\x9d52;c;?\x9c\x90$q\x9c\x9fG\x9c\x85\x84".encode(),
    "that are dead": "´`¨~^\u0301\u0308\u3099\u200b\ufeff\ufe0f\u115f\u3164\u061c\u2066\u2069".encode(),
    "of an input method, a page at once": ("退出程序；关机；重启。" * 200).encode(),
    "of one picture in forty parts": ("\U0001f468\u200d" * 40 + "\U0001f467").encode(),
    "from planes without characters": "\ufdd0\ufffe\U0001fffe\U000e0001\U000f0000\U0010ffff".encode(),
    "F9 200 times": b"\x1b[20~" * 200,
    "ctrl+alt+delete and magic": b"\x1b[3;7~\x1b[3;8~\x1b[57361;3u\x1b[57362;5u\x1b[57363u\x1b[127;7u",
}
_REPLIES: Mapping[str, bytes] = {
    "graphics": b"\x1b_Gi=1;OK\x1b\\\x1b_Gi=31,s=1,v=1;ENOTSUPPORTED:no\x1b\\",
    "shell integration": b"\x1b]133;A\x07\x1b]1337;File=inline=1:QUFB\x07\x1b]777;notify;a;b\x1b\\\x1b]9;4;1;50\x07",
    "link": b"\x1b]8;;file:///bin/sh\x07\x1b]8;;\x07\x1b]7;file://localhost/etc\x1b\\",
    "clipboard of 200 kB": b"\x1b]52;c;" + b"QUJD" * 50_000 + b"\x07",
    "clipboard of kitty": b"\x1b]5522;type=read:status=OK\x1b\\\x1b]5522;type=read:status=DATA;QUJD\x1b\\",
    "title and icon": b"\x1b]L/bin/sh" + _ST + b"\x1b]l`reboot`" + _ST,
    "DSR": _numbers("\x1b[{}n", 0, 3, "?10", "?13", "?20", "?27;1;0;0", "?50", "?70", "?997;1", "?997;2"),
    "parameters and unit": b"\x1b[2;1;1;128;128;1;0x\x1b[3;1;1;120;120;1;0x" + b"\x1bP!|7E565445" + _ST,
    "window": _numbers("\x1b[{}t", 1, 2, "3;0;0", "4;0;0", "6;0;0", "8;0;0", "8;1;1", "9;65535;65535", "22;0"),
    "graphics attributes": b"\x1b[?1;0;256S\x1b[?2;0;9999;9999S\x1b[?2;3;0S",
    "extended cursor": b"\x1b[?9999;9999;9R\x1b[?0;0R\x1b[1;1R",
    "user-defined keys": b"\x1bP0;1|34/1b5b32317e" + _ST + b"\x1bP1$r2 q" + _ST + b"\x1bP1$r0;0r" + _ST,
    "sixels": b"\x1bPq#0;2;0;0;0#0" + b"~" * 5000 + _ST,
    "24 bits 1,000 times": (b"\x1bP1+r524742=382F382F38" + _ST + b"\x1bP1+r5463" + _ST) * 1000,
    "no such terminfo 1,000 times": (b"\x1bP0+r524742" + _ST) * 1000,
    "another ground 1,000 times": b"".join(
        b"\x1b]11;rgb:%s\x07\x1b]10;rgb:%s\x07" % pair
        for pair in ((b"ffff/ffff/ffff", b"0000/0000/0000"), (b"0000/0000/0000", b"ffff/ffff/ffff"))
        for _ in range(500)
    ),
    "colours that there are not": b"\x1b]11;rgb:\x07\x1b]11;rgba:0/0/0/0\x07\x1b]4;999999;rgb:f/f/f\x07\x1b]11;#f\x07",
    "synchronised output 1,000 times": b"\x1b[?2026;1$y\x1b[?2026;0$y\x1b[?2026;4$y" * 1000,
    "focus lost and never found": b"\x1b[O",
    "focus found": b"\x1b[I",
}
_UNFINISHED: Mapping[str, bytes] = {
    "OSC of 1 MB": b"\x1b]52;c;" + b"A" * _LONG,
    "DCS of 1 MB": b"\x1bP1+r" + b"4" * _LONG,
    "APC of 1 MB": b"\x1b_G" + b"\n" * _LONG,
    "CSI of 1 MB": b"\x1b[" + b"9" * _LONG,
    "all within each other": b"\x1b]52;\x1bP\x1b_\x1b^\x1bX\x1b[<\x1bO\x1b(" * 50,
    "character": b"\xf0\x9f\x92",
}
_MOUSE: Mapping[str, bytes] = {
    "in pixels": b"\x1b[<0;640;400M\x1b[<0;640;400m\x1b[<35;7679;4319M",
    "in UTF-8": b"\x1b[M " + "\u0100\u0100".encode() + b"\x1b[M#" + "\u07ff\u07ff".encode(),
    "X10 of control bytes": b"\x1b[M\x03\x1b\x1a\x1b[M\x1b\x1b\x1b\x1b[M\r\n\t",
    "every button": b"".join(
        b"\x1b[<%d;40;12M\x1b[<%d;40;12m" % (number, number)
        for number in (*range(1, 32), *range(64, 72), 128, 131, 255)
    ),
    "released that was never pressed": b"\x1b[<0;40;12m\x1b[<2;79;24m\x1b[<3;1;1m" * 50,
    "pressed and never released": b"\x1b[<0;40;12M\x1b[<32;41;13M\x1b[<32;1;1M",
    "released at last": b"\x1b[<0;40;12m",
    "thrice, and dragged": click(6, 2) * 3 + b"\x1b[<0;6;2M\x1b[<32;70;9M\x1b[<0;70;9m" + _CTRL_C,
    "of xterm's highlighting": b"\x1b[1;1;1;1;80;24T\x1b[80;24t",
    "locator of a VT220": b"\x1b[1;1;5;5;1&w\x1b[10;0&w",
    "numbers that there are not": b"\x1b[<M\x1b[<;;M\x1b[<0;;M\x1b[<1e9;1;1M\x1b[<0;5;1;9M\x1b[<%s;1;1M" % (b"9" * 60),
    "wheel 5,000 times, sideways too": b"\x1b[<64;40;12M\x1b[<65;40;12M\x1b[<66;40;12M\x1b[<67;40;12M" * 1250,
    "with ctrl on the title 100 times": b"\x1b[<16;5;1M\x1b[<16;5;1m" * 100,
}
_PASTES: Mapping[str, tuple[bytes, ...]] = {
    "within a paste": (b"\x1b[200~a\x1b[200~b\x1b[201~\x1b[201~",),
    "ended 100 times": (b"\x1b[201~" * 100,),
    "of sequences": (b"\x1b[200~" + _F10 + _CTRL_C + b"\x1b]52;c;?\x07\x1b[<0;5;24M\x1bOP\x1bP$q\x1b\\\x1b[201~",),
    "whose end is cut": (b"\x1b[200~abc\x1b[2", b"01", b"~"),
    "of every control byte": (b"\x1b[200~" + bytes(c for c in range(32) if c != 27) + b"\x7f\x1b[201~",),
    "of a line of 100 kB, twice": ((b"\x1b[200~" + b"\xe9\x80\x80" * 33_000 + b"\n\x1b[201~"),) * 2,
    "1,000 times": (b"\x1b[200~sh\n\x1b[201~" * 1000,),
    "of 4 MB": (b"\x1b[200~" + b"rm -rf /\n" * 450_000 + b"\x1b[201~",),
    "that is no text": (b"\x1b[200~\xff\xfe\xed\xa0\x80" + "退出".encode("gbk") + b"\x00\x1b[201~",),
}
