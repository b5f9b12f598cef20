"""Ways out of a counter, each an act of a hostile person, or of whoever holds the terminal's other end."""

import os
import random
import signal
from collections.abc import Iterator

from wcwidth import wcswidth

from tests.bench.ways_out import circumstances, extremes, protocols
from tests.bench.ways_out.way import Act, Way, away, back, click, sent
from tests.harness.kiosk.counter import CounterKiosk

KEYPAD_ENTER = 57414
"""Begins a renewal, as Enter does."""


def _signal(number: signal.Signals) -> Way:
    def act(kiosk: CounterKiosk) -> None:
        os.kill(kiosk.program, number)

    quiet = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGWINCH, signal.SIGCONT, signal.SIGPIPE)
    return Way(f"{number.name} to the program", act, kills=number not in (*quiet, signal.SIGURG, signal.SIGSTOP))


def _there_and_back(key: bytes) -> Act:
    def act(kiosk: CounterKiosk) -> None:
        away(kiosk, key)
        back(kiosk, b"\x1bOR")  # F3

    return act


def _click_on(key: str) -> Act:
    """Where the key line names it; nothing where it does not."""

    def act(kiosk: CounterKiosk) -> None:
        before, named, _ = kiosk.screen.text.splitlines()[-1].partition(key)
        if named:
            kiosk.type(click(wcswidth(before) + 1, len(kiosk.screen.text.splitlines())))

    return act


def _twice(key: bytes) -> Act:
    def act(kiosk: CounterKiosk) -> None:
        for _time in range(2):
            kiosk.type(key)
            kiosk.settle()

    return act


def _stop(kiosk: CounterKiosk) -> None:
    os.kill(kiosk.program, signal.SIGSTOP)


def _to_supervisor(number: signal.Signals) -> Way:
    return Way(f"{number.name} to the supervisor", lambda kiosk: kiosk.supervisor.send_signal(number))


def _resize(*sizes: tuple[int, int]) -> Way:
    def act(kiosk: CounterKiosk) -> None:
        for size in (*sizes, (80, 24)):
            kiosk.resize(*size)
            kiosk.read(0.05)

    return Way(f"resize {' '.join(f'{w}x{h}' for w, h in sizes[:4])} and back", act)


def ways() -> Iterator[Way]:
    """All of them; those that end a process come last."""
    for code in (*range(1, 9), *range(10, 13), *range(14, 27), 28, 29, 30, 31, 127):  # without Tab, Enter, Esc
        yield sent(f"control byte {code:02x}", bytes((code,)) * 3)
    yield sent("Esc 50 times", b"\x1b" * 50)
    yield sent("Esc before every byte of a sequence", b"\x1b\x1b[\x1b\x1b[3\x1b[2\x1b[~")
    function = {1: "P", 2: "Q", 3: "R", 4: "S"}
    tilde = {5: 15, 6: 17, 7: 18, 8: 19, 9: 20, 10: 21, 11: 23, 12: 24, 13: 25, 14: 26, 15: 28, 16: 29, 17: 31, 18: 32}
    for number in (2, 3, 8, 9, 10, 11, 12, *range(13, 19)):
        plain = f"\x1bO{function[number]}" if number in function else f"\x1b[{tilde[number]}~"
        yield sent(f"F{number}", plain.encode())
    yield Way("F7 twice", _twice(b"\x1b[18~"))  # another language, and this one again
    for modifier in range(2, 9):
        pressed = [f"\x1b[1;{modifier}{letter}" for letter in function.values()]
        pressed += [f"\x1b[{code};{modifier}~" for code in tilde.values()]
        yield sent(f"F1 to F18 with modifier {modifier}", "".join(pressed).encode())
    yield sent("Insert, shift+Insert, Print, Menu", b"\x1b[2~\x1b[2;2~\x1b[57361u\x1b[29~")
    yield sent(
        "alt with every printable", b"".join(b"\x1b" + bytes((c,)) for c in range(0x21, 0x7F) if c not in b"[]OPX^_")
    )
    for name, modifier in (("ctrl", 5), ("super", 9), ("hyper", 17), ("meta", 33), ("ctrl+alt+shift", 8)):
        keys = "".join(f"\x1b[{code};{modifier}u" for code in range(97, 123))
        yield sent(f"kitty {name}+letters", keys.encode())
        yield sent(f"modifyOtherKeys {name}", "".join(f"\x1b[27;{modifier};{c}~" for c in range(97, 123)).encode())
    yield sent(
        "kitty private keys", "".join(f"\x1b[{code}u" for code in range(57376, 57455) if code != KEYPAD_ENTER).encode()
    )
    yield sent("kitty event types and flags", b"\x1b[99;5:3u\x1b[99;5:2u\x1b[?31u\x1b[=0u")
    replies = {
        "DA1 DA2 DA3": b"\x1b[?62;22c\x1b[>1;10;0c\x1bP!|00000000\x1b\\",
        "CPR": b"\x1b[9999;9999R\x1b[0;0R",
        "XTVERSION": b"\x1bP>|evil(1)\x1b\\",
        "DECRQSS": b"\x1bP1$r0m\x1b\\\x1bP0$r\x1b\\",
        "terminfo": b"\x1bP1+r524742=38\x1b\\",
        "OSC 4 10 11": b"\x1b]4;1;rgb:ff/00/00\x07\x1b]10;rgb:zz\x07\x1b]11;?\x1b\\",
        "OSC 52": b"\x1b]52;c;cm0gLXJmIC8=\x07",
        "OSC l": b"\x1b]lrm -rf /\x1b\\",
        "mode reports": b"\x1b[?2026;2$y\x1b[?2048;1$y\x1b[?9999;9$y",
        "in-band resize": b"\x1b[48;1;1;1;1t\x1b[48;0;0;0;0t\x1b[48;9999;9999;1;1t",
        "focus 400 times": b"\x1b[I\x1b[O" * 400,
    }
    for name, data in replies.items():
        yield sent(f"reply {name}", data)
    for name, start in (
        ("OSC", b"\x1b]"),
        ("DCS", b"\x1bP"),
        ("APC", b"\x1b_"),
        ("PM", b"\x1b^"),
        ("SOS", b"\x1bX"),
        ("CSI", b"\x1b["),
    ):
        yield sent(f"unfinished {name}", start + b"12;")
    yield sent("a number of 5000 digits", b"\x1b[" + b"9" * 5000 + b"u")
    yield sent("40 kB of CSI parameters", b"\x1b[" + b"1;" * 20000 + b"u")
    odd = {
        "broken UTF-8": b"\xff\xfe\xc3\x28\xf8\x88",
        "NUL and DEL": b"\0" * 64 + b"\x7f" * 64,
        "C1": bytes(range(0x80, 0xA0)),
        "RTL ZWJ tags": "\u202e\u200d\U000e0041".encode(),
        "1000 combining marks": ("e" + "\u0301" * 1000).encode(),
        "GBK": "退出".encode("gbk"),
    }
    for name, data in odd.items():
        yield sent(f"bytes: {name}", data)
    dice = random.Random(11)
    soup = b"".join(
        b"\x1b[" + bytes(dice.choices(b"0123456789;?<>=$", k=6)) + dice.choice([b"R", b"c", b"y", b"t", b"x"])
        for _ in range(20000)
    )
    yield sent("200 kB of CSI soup", soup)
    for size in (100_000, 1_000_000):
        yield sent(f"paste of {size} bytes", b"\x1b[200~" + b"A" * size + b"\x1b[201~")
    for name, held in (
        ("F10", b"\x1b[21~"),
        ("Tab", b"\t"),
        ("Enter", b"\r"),
        ("ctrl+c", b"\x03"),
        ("lines", b"exit\nsh\n"),
    ):
        yield sent(f"paste holding {name}", b"\x1b[200~x" + held + b"\x1b[201~")
    yield sent("paste never ended", b"\x1b[200~abc")
    yield sent("end of that paste", b"\x1b[201~")
    yield sent("5,000 keys at once", b"x" * 5000)
    yield sent("200,000 keys at once", b"q" * 200_000)
    mouse = {
        "at 99999": b"\x1b[<0;99999;99999M\x1b[<0;99999;99999m",
        "at 0 and below": b"\x1b[<0;0;0M\x1b[<0;-5;-5M",
        "X10": b"\x1b[M\x20\x21\x21",
        "urxvt": b"\x1b[32;1;1M",
        "wheel": b"\x1b[<64;40;12M\x1b[<65;40;12M" * 20,
        "right and middle": b"\x1b[<2;40;5M\x1b[<2;40;5m\x1b[<1;40;5M\x1b[<1;40;5m",
        "drag": b"\x1b[<0;1;1M" + b"".join(b"\x1b[<32;%d;5M" % x for x in range(1, 80)) + b"\x1b[<0;80;5m",
        "20,000 motions": b"".join(b"\x1b[<35;%d;%dM" % (x % 80 + 1, x % 24 + 1) for x in range(20_000)),
        "5,000 clicks on the title": b"\x1b[<0;5;1M\x1b[<0;5;1m" * 5000,
    }
    for name, data in mouse.items():
        yield sent(f"mouse {name}", data)
    for row in (1, 2, 3, 23, 24):
        for column in (4, 79):  # in the last row F1, and nothing
            yield sent(f"click {column},{row}", click(column, row))
    for window in ((1, 1), (2, 1), (1, 50), (200, 1), (0, 0), (300, 100), (2000, 1000)):
        yield _resize(window)
    yield _resize(*((w % 190 + 10, w % 50 + 5) for w in range(200)))
    yield from protocols.ways()
    yield from extremes.ways()
    yield from circumstances.ways()
    yield Way("我的证书 and back", _there_and_back(b"\x1bOS"))
    yield Way("环境检测 and back", _there_and_back(b"\x1b[15~"))
    yield sent("the operator's keys", b"\x10\x0f")
    yield Way("STOP and CONT of the program", _stop)
    for number in (
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGTSTP,
        signal.SIGTTIN,
        signal.SIGTTOU,
        signal.SIGHUP,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGALRM,
        signal.SIGVTALRM,
        signal.SIGPROF,
        signal.SIGIO,
        signal.SIGPIPE,
        signal.SIGWINCH,
        signal.SIGCONT,
        signal.SIGURG,
    ):
        yield _to_supervisor(number)
    for number in (
        signal.SIGTSTP,
        signal.SIGTTIN,
        signal.SIGTTOU,
        signal.SIGWINCH,
        signal.SIGCONT,
        signal.SIGPIPE,
        signal.SIGURG,
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGHUP,
        signal.SIGTERM,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGALRM,
        signal.SIGVTALRM,
        signal.SIGPROF,
        signal.SIGIO,
        signal.SIGSEGV,
        signal.SIGABRT,
        signal.SIGTRAP,
        signal.SIGFPE,
        signal.SIGILL,
        signal.SIGBUS,
        signal.SIGSYS,
        signal.SIGKILL,
    ):
        yield _signal(number)
    yield from circumstances.terminals_signals()


_LATER = (
    *(f"control byte {code:02x}" for code in (3, 4, 16, 17, 19, 22, 26, 28)),
    *("F7", "F10", "F12", "F1 to F18 with modifier 2", "F1 to F18 with modifier 5", "Insert", "alt", "kitty ctrl+l"),
    *("kitty private", "kitty event", "modifyOtherKeys ctrl", "reply", "unfinished", "a number", "40 kB", "bytes"),
    *("200 kB", "paste", "end of", "5,000", "200,000", "mouse", "click 4,", "resize"),
    *("keys", "the operator's", "STOP", "SIGTSTP", "SIGWINCH", "SIGINT to the s", "SIGHUP", "SIGTERM"),
    *("SIGSEGV", "SIGKILL", "stty sane", "stty isig and ctrl+z", "stty isig and ctrl+\\"),
)
"""How the names of the ways begin that a later screen may answer otherwise; none is a key that leads to another one."""


def later_ways() -> Iterator[Way]:
    """Those that are tried from a person's screens too, and some that need what a person has typed."""
    fields = {
        "copied and pasted": b"\x01\x03\x16",
        "cut and pasted": b"\x01\x18\x16",
        "copied by ctrl+Insert": b"\x1b[1;2H\x1b[2;5~\x1b[2;2~",
        "selected by the mouse": b"\x1b[<0;10;8M\x1b[<32;60;8M\x1b[<0;60;8m\x03\x1b[99;6u",
    }
    for name, data in fields.items():
        yield sent(f"a field's text {name}", data)
    yield Way("click on F10", _click_on("F10"))
    yield Way("the keyboard on the screen and back", _twice(b"\x1bOQ"))
    yield from circumstances.persons_ways()
    yield from (way for way in ways() if way.name.startswith(_LATER))
