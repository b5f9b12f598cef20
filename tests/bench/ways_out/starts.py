"""The screens that ways out are tried from, and how a person comes there."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.bench.counter_memory import ADDRESS, TAX_NUMBER, TITLE, UNUSUAL
from tests.bench.ways_out.traps import TrappedKiosk
from tests.bench.ways_out.way import FIRST, Way
from tests.bench.ways_out.ways import later_ways, ways
from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import new_token
from tests.rig.softhsm import SoftToken
from tui.cli.operator_password import hash_of
from tui.core.secret import Password
from tui.sandbox.files import ACCOUNT, PASSWORD

_CALM = 0.4
"""Seconds of silence after which a page stands whole: less than a blink of the caret, which never ends."""
_END, _TAB, _ENTER = "\x1b[F", "\t", "\r"
_TURNS = 30
_OPERATORS = b"\x10\x0f"


class Alone(TrappedKiosk):
    """A counter's first screen, without desk and token."""

    values: Mapping[str, str] = {}
    """What the person has typed, by name: nothing."""

    def __init__(self, folder: Path, _sandbox: Sandbox | None = None) -> None:
        super().__init__(folder)


class Operated(TrappedKiosk):
    """A counter without desk and token that has an operator's password."""

    values: Mapping[str, str] = {"password": "kein7Treffer!"}
    """It is not the right one."""

    def __init__(self, folder: Path, _sandbox: Sandbox | None = None) -> None:
        super().__init__(folder, f"idle_seconds = 3600\noperator = '{hash_of(Password(b'open5esame'))}'")

    def to_password(self) -> None:
        """Tried once, and typed again."""
        self.settle(_CALM)
        self.type(_OPERATORS)
        self.until(OPERATOR)
        for after in (_ENTER.encode(), b""):
            self.settle(_CALM)
            self.type(self.values["password"].encode() + after)
            self.until("请重新输入")


class Visited(TrappedKiosk):
    """A counter of the sandbox with a token of its own, and a person at it."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self._sandbox, self._token = sandbox, new_token(sandbox, folder)
        known = tomllib.loads((sandbox.directory / "kiosk.toml").read_text())["desk"]
        super().__init__(
            folder,
            f"idle_seconds = 3600\n[[token.modules]]\n{_module(self._token)}",
            desk=f'url = "{known["url"]}"\nca_file = "{sandbox.directory / known["ca_file"]}"',
        )

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What the person fills in."""
        answers = tomllib.loads((self._sandbox.directory / "answers.toml").read_text())
        answers["agent"] |= UNUSUAL
        return answers

    @cached_property
    def values(self) -> Mapping[str, str]:
        """What the person has typed, by name."""
        typed = {"PIN": self._token.pin, "password": PASSWORD, "account": ACCOUNT, "address": ADDRESS}
        return {**typed, **UNUSUAL, "id": self.answers["agent"]["id_number"], "tax": TAX_NUMBER}

    def keys(self, *texts: str) -> None:
        """Each once the page stands."""
        for text in texts:
            self.settle(_CALM)
            self.type(text.encode())

    def press(self, label: str) -> None:
        """Go to the button with the Tab key and press it."""
        for _turn in range(_TURNS):
            self.settle(_CALM)
            if re.search(rf">\s*{label}\s*<", self.screen.text):
                return self.type(_ENTER.encode())
            self.type(_TAB.encode())
            self.until_painted()
        raise AssertionError(f"no {label} in\n{self.screen.text}")

    def to_sign_in(self) -> None:
        """Account and password stand in their fields."""
        self.until("可以办理续期", "已连接")
        self.keys(_ENTER)
        self.until(SIGN_IN)
        self.keys(ACCOUNT, _ENTER, PASSWORD)

    def to_form(self) -> None:
        """All fields are filled."""
        self.to_sign_in()
        self.keys(_ENTER)
        self.until("读到结尾，再按")
        for _turn in range(_TURNS):
            if "已读到结尾" in self.screen.text:
                break
            self.keys(_END)
            self.until_painted()
        self.press("同意并继续")
        self.until("申请续期")
        self.press("申请续期")
        self.until("版本")
        self.keys(_TAB, " ")
        self.press("下一步")
        self.until(FORM)
        agent = self.answers["agent"]
        for value in (agent["id_number"], agent["name"], agent["mobile"], agent["email"]):
            self.keys(value, _ENTER)
        self.keys(_ENTER, ADDRESS)

    def to_pin(self) -> None:
        """Half of it is typed."""
        self.to_form()
        self.press("提交")
        self.until(PIN_PAGE)
        self.keys(self._token.pin[:4])

    def to_code(self) -> None:
        """It waits to be scanned."""
        self.to_pin()
        self.keys(self._token.pin[4:], _ENTER)
        self.until("续期申请已提交")
        self.press("确定")
        self.until("立即支付")
        self.press("立即支付")
        self.until("下一步")
        self.press("下一步")
        self.until("纳税人识别号")
        self.keys(_TAB, _TAB, TAX_NUMBER, _ENTER, TITLE)
        self.press("提交")
        self.until(CODE)


def _module(token: SoftToken) -> str:
    environment = ", ".join(f'{name} = "{value}"' for name, value in token.environment)
    return f'path = "{token.module}"\nenvironment = {{ {environment} }}\n'


OPERATOR = "管理员"
SIGN_IN, FORM, PIN_PAGE, CODE = "登录财智云", "网证通数字证书续期申请表", "输入CA密码", "扫码付款"
"""What heads these screens."""


Counter = Alone | Operated | Visited


@dataclass(frozen=True, slots=True)
class Start:
    """One screen."""

    kiosk: type[Alone] | type[Operated] | type[Visited]
    head: str
    """Stands on this screen alone."""
    ways: Callable[[], Iterator[Way]]
    walk: Callable[[Any], None] | None = None
    """From the first screen; None where it is that."""
    lasts: float = 600.0
    """Seconds after which the walk is begun anew, by another person: a code's time ends."""


STARTS = {
    "first": Start(Alone, FIRST, ways),
    "operator": Start(Operated, OPERATOR, later_ways, Operated.to_password),
    "sign-in": Start(Visited, SIGN_IN, later_ways, Visited.to_sign_in),
    "form": Start(Visited, FORM, later_ways, Visited.to_form),
    "pin": Start(Visited, PIN_PAGE, later_ways, Visited.to_pin),
    "code": Start(Visited, CODE, later_ways, Visited.to_code, lasts=120.0),
}
