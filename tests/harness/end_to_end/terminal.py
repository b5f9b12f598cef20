"""The kiosk as a process in a terminal of its own: bytes in, a screen to read, and what lies in its memory."""

import os
import re
import signal
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, Self

import pexpect
import pyte

from tests.harness.end_to_end.sandbox import Sandbox, command
from tests.rig.softhsm import SoftToken
from tui.sandbox.files import ACCOUNT, PASSWORD

PATIENCE = 60.0
"""Seconds after which a screen that does not come has failed."""
_WITHIN_A_FIELD = 0.02
_SEEN = 5.0
"""Seconds for a Tab to be seen on a busy machine."""
F10 = "\x1b[21~"
END = "\x1b[F"
Keys = Callable[[str], Iterable[str]]
"""A text to what is sent in one write each; `iter` types singly."""


def all_at_once(text: str) -> Iterable[str]:
    """As after a stalled line."""
    return (text,)


def settings_file(sandbox: Sandbox, token: SoftToken, folder: Path) -> Path:
    """The sandbox's kiosk.toml with this token's driver alone."""
    known = tomllib.loads((sandbox.directory / "kiosk.toml").read_text())["desk"]
    environment = ", ".join(f'{name} = "{value}"' for name, value in token.environment)
    path = folder / "kiosk.toml"
    path.write_text(
        f'[desk]\nurl = "{known["url"]}"\nca_file = "{sandbox.directory / known["ca_file"]}"\n'
        f'[[token.modules]]\npath = "{token.module}"\nenvironment = {{ {environment} }}\n[kiosk]\nlog = ""\n'
    )
    return path


class Terminal:
    """80 columns, 24 rows."""

    def __init__(self, config: Path, reached: Sequence[str] = ()) -> None:
        """Start the kiosk with these settings, or what reaches it elsewhere."""
        words = [*reached] or command("--config", config)
        environment: Any = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._spawned = pexpect.spawn(words[0], words[1:], dimensions=(24, 80), timeout=PATIENCE, env=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._spawned.close(force=True)

    @property
    def text(self) -> str:
        """All that stands on the screen, without the blank that follows each wide character; also within a frame."""
        rows, columns = range(self._screen.lines), range(self._screen.columns)
        return "\n".join("".join(self._screen.buffer[y][x].data for x in columns) for y in rows)

    def _cells(self) -> list[dict[int, pyte.screens.Char]]:
        """With colours and marks: of many fields these alone say which is at hand."""
        return [dict(self._screen.buffer[row]) for row in range(self._screen.lines)]

    def until(self, *words: str) -> None:
        """Read until all of these stand on the screen."""
        end = monotonic() + PATIENCE
        while not all(word in self.text for word in words):
            assert monotonic() < end, f"no {words} in\n{self.text}"
            self._read(0.1)

    def type(self, *texts: str, quiet: float = 0.15) -> None:
        """Each text in one write, as a terminal hands over keys that come close together; then wait until all is quiet.

        Keys of one field need no wait for what each of them paints.
        """
        for text in texts:
            self._spawned.send(text)
            while self._read(quiet):
                pass

    def repeat(self, key: str, words: str) -> None:
        """Press it until these stand on the screen: what comes before a page stands whole is dropped."""
        end = monotonic() + PATIENCE
        while words not in self.text:
            assert monotonic() < end, f"no {words} in\n{self.text}"
            self.type(key)
            seen = monotonic() + _SEEN
            while words not in self.text and monotonic() < seen:
                self._read(0.05)

    def press(self, label: str) -> None:
        """Go to the button with the Tab key and press it; each turn is seen before the next, however slow it comes."""
        for _turn in range(30):
            if re.search(rf">\s*{label}\s*<", self.text):
                return self.type("\r")
            before, end = self._cells(), monotonic() + _SEEN
            self.type("\t")
            while self._cells() == before and monotonic() < end:
                self._read(0.05)
        raise AssertionError(f"no {label} in\n{self.text}")

    def walk_to_card(self, keys: Keys) -> None:
        """From the first screen through sign-in and notice to the certificate."""
        self.until("可以办理续期", "已连接")
        self.type("\r")
        self.until("密码")
        self.type(ACCOUNT, "\r")
        self.type(*keys(PASSWORD), quiet=_WITHIN_A_FIELD)
        self.type("\r")
        self.until("读到结尾，再按")
        self.repeat(END, "已读到结尾")
        self.press("同意并继续")
        self.until("证书信息", "有效期至")

    def walk_to_payment(self, answers: dict[str, dict[str, str]], pin: str, keys: Keys) -> None:
        """From the first screen through sign-in, form and CA password to the handed-in request."""
        agent, address = answers["agent"], answers["recipient"]["address"]
        self.walk_to_card(keys)
        self.until("申请续期")
        self.press("申请续期")
        self.until("版本")
        self.type("\t", " ")
        self.press("下一步")
        self.until("证件号码")
        for value in (agent["id_number"], agent["name"], agent["mobile"], agent["email"]):
            self.type(*keys(value), quiet=_WITHIN_A_FIELD)
            self.type("\r")
        self.type("\r")
        self.type(*keys(address), quiet=_WITHIN_A_FIELD)
        self.press("提交")
        self.until("输入CA密码")
        self.type(*keys(pin), quiet=_WITHIN_A_FIELD)
        self.type("\r")
        self.until("续期申请已提交")

    def walk_to_code(self, tax_number: str, title: str) -> str:
        """From the handed-in request through order and invoice to the payment code; the business number."""
        self.press("确定")
        self.until("立即支付")
        self.press("立即支付")
        self.until("付款途径", "下一步")
        self.press("下一步")
        self.until("纳税人识别号")
        self.type("\r", "\r")
        for value in (tax_number, title):
            self.type(value, "\r", quiet=_WITHIN_A_FIELD)
        self.press("提交")
        return self.business_no_beside_code()

    def business_no_beside_code(self) -> str:
        """The payment code's page comes; whose code it is."""
        self.until("扫码付款", "剩余时间")
        number = re.search(r"业务单号\s+(\S+)", self.text)
        assert number is not None
        return number[1]

    def hang_up(self) -> None:
        """The line is gone, without a word."""
        self._spawned.kill(signal.SIGKILL)

    def leave(self) -> None:
        """结束办理."""
        self.type(F10)
        self.until("结束本次办理")
        self.press("结束办理")
        self.until("可以办理续期")

    def _read(self, seconds: float) -> bool:
        """Whether something was painted within this time."""
        try:
            self._stream.feed(self._spawned.read_nonblocking(1 << 16, timeout=seconds))
        except pexpect.TIMEOUT:
            return False
        return True

    @property
    def processes(self) -> dict[str, int]:
        """Process ids: of the kiosk, and of the driver's process below it."""
        assert self._spawned.pid is not None
        found = {"kiosk": self._spawned.pid}
        for host in children(self._spawned.pid):
            found["token host"] = host
        return found

    def until_replaced(self, name: str, pid: int) -> None:
        """Wait for another process in the place of this one."""
        end = monotonic() + PATIENCE
        while self.processes.get(name, pid) == pid:
            assert monotonic() < end, f"{name} is still {pid}"
            self._read(0.05)

    def found(self, values: Mapping[str, str]) -> dict[str, dict[str, int]]:
        """How often each value lies in each process's memory, in UTF-8 or in any width that Python keeps text in."""
        return {name: occurrences(pid, values) for name, pid in self.processes.items()}


def children(pid: int) -> Iterator[int]:
    """The processes that a process's threads have begun, as far as thread and process are still there."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):
                yield from map(int, (task / "children").read_text().split())


def occurrences(pid: int, values: Mapping[str, str]) -> dict[str, int]:
    """How often each value lies in a process's memory, in UTF-8 or in any width that Python keeps text in."""
    codes = "utf-8", "utf-16-le", "utf-32-le"
    forms = {name: {value.encode(code) for code in codes} for name, value in values.items()}
    found = dict.fromkeys(values, 0)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for begin, end in _regions(pid):
            memory.seek(begin)
            try:
                content = memory.read(end - begin) or b""
            except OSError:  # pages that cannot be read: [vvar]
                continue
            for name in values:
                found[name] += sum(content.count(form) for form in forms[name])
    return found


def _regions(pid: int) -> Iterable[tuple[int, int]]:
    """Every writable mapping of the process, (begin, end)."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, rights, *_ = line.split()
        if "w" in rights:
            begin, end = (int(part, 16) for part in span.split("-"))
            yield begin, end
