"""What a counter keeps of a person: `python -m tests.bench.counter_memory`, as root.

A person walks to the payment code in a kiosk in counter mode and goes, in one of several manners. Each of the nine
values that they typed is looked for before they go, as a proof that it can be found. Then all are counted in the memory
of every process (supervisor, program, token host), in UTF-8, UTF-16 and UTF-32; on the terminal's screen and in its
scrollback; and in the files of the kiosk.
"""

import os
import signal
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pyte

from tests.harness.end_to_end.sandbox import Sandbox, sandbox_up
from tests.harness.end_to_end.stage import new_token
from tests.harness.end_to_end.terminal import Terminal, children, occurrences, settings_file
from tests.rig.softhsm import SoftToken, pull
from tui.sandbox.files import ACCOUNT, PASSWORD

FIRST = "数字证书在线续期"
TAX_NUMBER, TITLE = "440300123456789", "欧冶甪直商行"
UNUSUAL = {"name": "欧阳甪鑫", "mobile": "13928471605", "email": "q7zk.vex@mail.example"}
ADDRESS = "深圳市盐田区沙头角甪端里 38 号 7719 室"
_DRAWN = 0.4
"""Seconds of silence after which a page stands whole: less than a blink of the caret, which never ends."""


class CounterTerminal(Terminal):
    """A counter's terminal, which keeps what scrolls out of it."""

    def __init__(self, config: Path) -> None:
        super().__init__(config)
        self._screen = self._kept = pyte.HistoryScreen(80, 24, history=2000)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def processes(self) -> dict[str, int]:
        """All of them, the supervisor first."""
        assert self._spawned.pid is not None
        return {"supervisor": self._spawned.pid} | {
            f"{'program' if depth == 1 else 'token host'} {pid}": pid for depth, pid in _below(self._spawned.pid, 1)
        }

    @property
    def text(self) -> str:
        """All that stands on the screen; the second cell of what is wide is empty."""
        return "\n".join("".join(self._kept.buffer[y][x].data for x in range(80)) for y in range(24))

    @property
    def program(self) -> int:
        """The one that strangers see."""
        return next(pid for name, pid in self.processes.items() if name.startswith("program"))

    @property
    def scrollback(self) -> str:
        """What stands above the screen."""
        lines = (*self._kept.history.top, *self._kept.history.bottom)
        return "\n".join("".join(line[x].data for x in range(80)) for line in lines)

    def press(self, label: str) -> None:
        """Once the page stands: a Tab that comes before the focus is drawn would lead past the button."""
        self.type("", quiet=_DRAWN)
        super().press(label)

    def until_another(self, program: int) -> None:
        """Another program has taken this one's place, and the old one is gone."""
        end = monotonic() + 480
        while program in self.processes.values() or len(self.processes) < 2 or FIRST not in self.text:
            assert monotonic() < end, self.text
            self._read(0.1)
        self.type("", quiet=1.0)

    def found(self, values: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """How often each value lies in each process's memory; one that has just ended holds nothing."""
        counted = {}
        for name, pid in self.processes.items():
            with suppress(FileNotFoundError, ProcessLookupError):
                counted[name] = occurrences(pid, values)
        return counted


def _below(pid: int, depth: int) -> Iterator[tuple[int, int]]:
    for child in children(pid):
        yield depth, child
        yield from _below(child, depth + 1)


_WALKS = 3
"""Of which two may go astray on a busy machine."""
Goes = Callable[[CounterTerminal, Sandbox, SoftToken, str], None]


def leave(kiosk: CounterTerminal, *_: object) -> None:
    """结束办理."""
    kiosk.type("\x1b[21~")
    kiosk.until("结束本次办理")
    kiosk.press("结束办理")


def idle(kiosk: CounterTerminal, *_: object) -> None:
    """Nobody is there any more; the code is left on the screen."""


def pulled(kiosk: CounterTerminal, sandbox: Sandbox, token: SoftToken, number: str) -> None:
    """The token goes, then the person."""
    pull(token)


def success(kiosk: CounterTerminal, sandbox: Sandbox, token: SoftToken, number: str) -> None:
    """Paid, installed, done."""
    sandbox.run("sandbox", "pay", "--dir", sandbox.directory, number)
    kiosk.until("输入CA密码")
    kiosk.type(*token.pin, "\r")
    kiosk.until("证书安装完成")
    kiosk.press("完成")


def crash(kiosk: CounterTerminal, *_: object) -> None:
    """SIGSEGV."""
    os.kill(kiosk.program, signal.SIGSEGV)


def _left(name: str, sandbox: Sandbox, answers: dict[str, dict[str, str]], place: Path) -> dict[str, dict[str, int]]:
    """What is found, by place, after a person has gone in this manner.

    :raises AssertionError: they came astray, as they do on a busy machine.
    """
    os.environ["HOME"] = str(place)
    token = new_token(sandbox, place)
    config = settings_file(sandbox, token, place)
    wait = 45 if name in ("pulled", "idle") else 600
    settings = f'log = "{place}/kiosk.log"\nidle_seconds = {wait}'
    config.write_text(config.read_text().replace('log = ""', settings))
    values = {"PIN": token.pin, "password": PASSWORD, "account": ACCOUNT, "id": answers["agent"]["id_number"]}
    values |= {**UNUSUAL, "address": ADDRESS, "tax": TAX_NUMBER}
    with CounterTerminal(config) as kiosk:
        kiosk.walk_to_payment(answers, token.pin, iter)
        program = kiosk.program
        number = kiosk.walk_to_code(TAX_NUMBER, TITLE)
        _print(f"{name}, before", "all", _summed(kiosk.found(values)))
        goes: Goes = globals()[name]
        goes(kiosk, sandbox, token, number)
        kiosk.until_another(program)
        found = dict(kiosk.found(values))
        found["screen"] = _in_text(kiosk.text, values)
        found["scrollback"] = _in_text(kiosk.scrollback, values)
    found["disk"] = _in_text("".join(f.read_bytes().decode("utf-8", "replace") for f in _files(place)), values)
    return found


def main() -> None:
    """A table: manner, place, how often each value was found."""
    total = 0
    names = sys.argv[1:] or ["leave", "success", "pulled", "crash", "idle"]
    with tempfile.TemporaryDirectory() as folder, sandbox_up(Path(folder) / "town") as sandbox:
        answers = tomllib.loads((sandbox.directory / "answers.toml").read_text())
        answers["agent"] |= UNUSUAL
        answers["recipient"]["address"] = ADDRESS
        os.environ["CA_KIOSK_MODE"] = "counter"
        for name in names:
            for again in range(_WALKS):
                place = Path(folder) / f"{name}{again}"
                place.mkdir()
                try:
                    found = _left(name, sandbox, answers, place)
                    break
                except AssertionError as error:
                    print(f"{name}: lost on the way, once more: {error}", file=sys.stderr, flush=True)
            else:
                sys.exit(f"{name}: nobody comes to the code")
            for where, counts in found.items():
                total += sum(counts.values())
                _print(name, where.split()[0], counts)
    print(f"{total} places")
    sys.exit(total > 0)


def _summed(found: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """In all places together."""
    names = dict.fromkeys(name for counts in found.values() for name in counts)
    return {name: sum(counts[name] for counts in found.values()) for name in names}


def _print(manner: str, place: str, counts: Mapping[str, int]) -> None:
    """A row."""
    print(f"| {manner} | {place} |", *(f"{name} {count}" for name, count in counts.items()), "|", flush=True)


def _files(place: Path) -> Iterator[Path]:
    """All but what the token itself keeps."""
    return (file for file in place.rglob("*") if file.is_file() and file.suffix != ".object")


def _in_text(text: str, values: Mapping[str, str]) -> dict[str, int]:
    plain = text.replace(" ", "")
    return {name: plain.count(value.replace(" ", "")) for name, value in values.items()}


if __name__ == "__main__":
    main()
