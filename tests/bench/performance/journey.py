"""The whole journey by keys, from the waiting screen to the installed certificate, and what each part of it wrote."""

import re
import subprocess
from dataclasses import dataclass, field
from typing import Self

from tests.bench.performance import phone as phone_program
from tests.bench.performance.checkout import PIN, Town
from tests.bench.performance.processes import clean_environment
from tests.bench.performance.terminal import Echo, Terminal
from tui.sandbox.files import ACCOUNT, PASSWORD

ENTER, TAB, SPACE, END, ERASE, _F10 = b"\r", b"\t", b" ", b"\x1b[F", b"\x7f", b"\x1b[21~"
WAITING = ("已插入CA，可以办理续期", "服务：已连接")
"""Token host, driver and desk have answered."""
_STANDS = 0.2
"""Seconds of silence after which a screen stands."""
_CHARACTER = 0.04
"""Seconds of silence after which a character is drawn."""
_TABS = 30
_STOPS = 6
"""Of the Tab key on the screen that has most of them on the way to a button, 支付方式和电子发票."""


@dataclass(slots=True)
class Course:
    """What a journey wrote."""

    bytes: int = 0
    """From the program's start, or for a later journey from the waiting screen, until the certificate is installed."""
    changes: dict[str, int] = field(default_factory=dict)
    """Bytes from one screen to the next that stands, with the way to its button."""
    typed: dict[str, list[Echo]] = field(default_factory=dict)
    """Each character, by the screen that it was typed on."""
    paid: float = 0.0
    """Seconds from the platform's answer that the money is there until the code is gone from the screen."""


class Phone:
    """The person's phone, in the checkout's own environment."""

    def __init__(self, town: Town) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [town.checkout.python, "-P", phone_program.__file__, town.directory],
            cwd=town.checkout.root,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def pay(self, what: str) -> float:
        """Pay a code, or an application by its number; the monotonic clock when the platform had answered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        return float(self._process.stdout.readline())


class Visit:
    """One person at one kiosk."""

    def __init__(self, kiosk: Terminal, town: Town, *, since: int = 0, hurried: bool = False) -> None:
        """`since` so many bytes: 0 for the kiosk's first visitor, who pays for its start too.

        A hurried person types each text in one write, and what a character costs is not noted.
        """
        self.kiosk, self.course = kiosk, Course()
        self._answers, self._hurried = town.answers, hurried
        self._begun = self._marked = since

    # ── parts of the journey, in their order ──────────────────────────────────
    def sign_in(self) -> None:
        """From the waiting screen, which may yet have to come, to 供应商须知."""
        self.kiosk.until(*WAITING)
        self._screen("waiting")
        self.open_sign_in()
        self.type("sign-in", ACCOUNT)
        self._key(ENTER)
        self.type("sign-in", PASSWORD)
        self._step("notice", ENTER, "供应商须知")

    def open_sign_in(self) -> None:
        """From the waiting screen to 登录."""
        self._step("sign-in", ENTER, "密码")

    def to_the_form(self) -> None:
        """From 供应商须知 to the application form."""
        self._key(END)
        self._press("card", "同意并继续", "申请续期")
        self._press("agreement", "申请续期", "我接受电子认证服务协议内容")
        self._key(TAB)
        self._key(SPACE)
        self.kiosk.until("[x]")
        self._press("form", "下一步", "续期申请表", "证件号码")

    def apply(self) -> None:
        """Fill the form in and sign it; ends at the order."""
        agent, address = self._answers["agent"], self._answers["recipient"]["address"]
        for value in (agent["id_number"], agent["name"], agent["mobile"], agent["email"]):
            self.type("form", value)
            self._key(ENTER)
        self._key(ENTER)
        self.type("form", address)
        self._key(ENTER)
        self._step("request PIN", ENTER, "输入CA密码")
        self.type("PIN", PIN)
        self._step("submitted", ENTER, "续期申请已提交")
        self._press("order", "确定", "立即支付")

    def to_the_code(self) -> None:
        """From the order to the QR code."""
        invoice = self._answers["invoice"]
        self._press("channel", "立即支付", "付款途径")
        self._press("method", "下一步", "发票")
        self._key(TAB)
        self._key(TAB)
        self.type("invoice", invoice["tax_number"])
        self._key(ENTER)
        self.type("invoice", invoice["title"])
        self._key(ENTER)
        self._press("code", "提交", "支付成功", "业务单号")

    def pay(self, phone: Phone, after: float = 0.0) -> None:
        """Pay the code and see it go; ends at the second question for the PIN."""
        self.kiosk.watch(after)
        number = re.search(r"业务单号\s+(\S+)", self.kiosk.screen.text)
        assert number, self.kiosk.screen.text
        answered = phone.pay(number[1])
        self.kiosk.until("扫码付款", gone=True)
        self.course.paid = self.kiosk.chunks[-1].at + self.kiosk.began - answered
        self.kiosk.until("输入CA密码")
        self._screen("install PIN")

    def install(self) -> None:
        """Ends where the certificate is installed."""
        self.type("PIN", PIN)
        self._step("done", ENTER, "安装完成")
        self.course.bytes = self.kiosk.size - self._begun

    def home(self) -> None:
        """Back to the waiting screen."""
        self._step("waiting again", ENTER, "开始办理")

    def give_up(self) -> None:
        """结束办理, wherever the journey has come to."""
        self.kiosk.rest(_STANDS * 10)
        if "开始办理" not in self.kiosk.screen.text:
            self._step("leaving", _F10, "结束本次办理")
            self._press("waiting again", "结束办理", "开始办理")

    def whole(self, phone: Phone, after: float = 0.0) -> Course:
        """All of it, but for the way home."""
        self.sign_in()
        self.to_the_form()
        self.apply()
        self.to_the_code()
        self.pay(phone, after)
        self.install()
        return self.course

    # ── keys ──────────────────────────────────────────────────────────────────
    def type(self, where: str, text: str) -> None:
        """Character by character; none of them belongs to a change of screens."""
        if self._hurried:
            self.kiosk.press(text.encode(), _CHARACTER)
            return
        begun = self.kiosk.size
        echoes = (self.kiosk.press(character.encode(), _CHARACTER) for character in text)
        self.course.typed.setdefault(where, []).extend(echo for echo in echoes if echo)
        self._marked += self.kiosk.size - begun

    def _key(self, key: bytes) -> None:
        """A key that stays on the screen."""
        begun = self.kiosk.size
        self._press_key(key)
        self._marked += self.kiosk.size - begun

    def _press_key(self, key: bytes) -> None:
        self.kiosk.press(key, _CHARACTER if self._hurried else _STANDS / 2)

    def _step(self, name: str, key: bytes, *words: str) -> None:
        self._press_key(key)
        self.kiosk.until(*words)
        self._screen(name)

    def _press(self, name: str, label: str, *words: str) -> None:
        """Go to the button with the Tab key and press it; round by round a key is given longer to be painted.

        A loaded machine paints a key in parts: who looks after the first of them sees where the focus was, and is one
        key behind it all the way.
        """
        for turn in range(_TABS):
            self.kiosk.rest(_STANDS * (1 + turn // _STOPS))
            if self.kiosk.screen.focused(label):
                return self._step(name, ENTER, *words)
            self._press_key(TAB)
        raise LookupError(f"no {label} in\n{self.kiosk.screen.text}")

    def _screen(self, name: str) -> None:
        """This screen stands."""
        self.kiosk.rest(_STANDS)
        self.course.changes[name] = self.kiosk.size - self._marked
        self._marked = self.kiosk.size
