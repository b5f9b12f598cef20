"""The journey line by line in a terminal of 40 columns that calls itself dumb: token, desk and gateway are real."""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.harness.end_to_end.sandbox import Sandbox, command
from tests.harness.end_to_end.stage import new_token
from tests.harness.end_to_end.terminal import PATIENCE, occurrences, settings_file
from tests.rig.softhsm import SoftToken
from tui.sandbox.files import ACCOUNT, PASSWORD

CTRL_C, CTRL_D, ESCAPE = "\x03", "\x04", b"\x1b"


class Lines:
    """The program, a question at a time."""

    def __init__(self, spawned: "pexpect.spawn[bytes]") -> None:
        self._spawned = spawned
        self.heard = b""

    def until(self, words: str) -> str:
        """What was said up to these words, however it is broken into lines."""
        pattern = r"[\r\n ]*".join(map(re.escape, "".join(words.split(" "))))
        self._spawned.expect(pattern.encode())
        self.heard += self._spawned.before + self._spawned.after
        return str(self._spawned.before, "utf-8")

    def answer(self, question: str, text: str) -> None:
        """Wait for the question, and answer it."""
        self.until(question)
        self._spawned.sendline(text)

    def send(self, keys: str) -> None:
        """Keys without a line's end."""
        self._spawned.send(keys)

    def left_in_memory(self, values: dict[str, str]) -> dict[str, int]:
        """How often each lies in the program's memory, which hides itself from all but root."""
        if os.geteuid():
            return dict.fromkeys(values, 0)
        return occurrences(self._spawned.pid, values)

    def end(self) -> int:
        """The exit code."""
        self._spawned.expect(pexpect.EOF)
        self.heard += self._spawned.before
        self._spawned.wait()
        return int(self._spawned.exitstatus)


def lines(*words: str | Path, **environment: str) -> AbstractContextManager[Lines]:
    """The program in a terminal of 40 columns."""
    return narrow(command(*words), **environment)


@contextmanager
def narrow(program: Sequence[str], **environment: str) -> Iterator[Lines]:
    """A terminal of 40 columns, in which this runs."""
    known: Any = {**os.environ, "TERM": "dumb", **environment}
    spawned = pexpect.spawn(program[0], list(program[1:]), dimensions=(24, 40), timeout=PATIENCE, env=known)
    try:
        yield Lines(spawned)
    finally:
        spawned.close(force=True)


def to_the_pin(visit: Lines, answers: dict[str, Any]) -> None:
    """From the first question to the CA password."""
    agent = answers["agent"]
    visit.until("可以办理续期")
    visit.answer("[1]：", "1")
    visit.answer("账号：", ACCOUNT)
    visit.answer("密码（不显示）：", PASSWORD)
    visit.answer("输入1一次读完：", "1")
    visit.until("从头再读一遍")
    visit.answer("请输入数字：", "1")
    visit.until("申请续期")
    visit.answer("[1]：", "1")
    visit.answer("输入1一次读完：", "1")
    visit.until("我接受电子认证服务协议内容")
    visit.answer("请输入数字：", "1")
    visit.answer("续期时间 [1]：", "")
    visit.answer("证件类型 [1]：", "")
    for question, value in (
        ("证件号码", agent["id_number"]),
        ("经办人姓名", agent["name"]),
        ("手机号码", agent["mobile"]),
        ("email", agent["email"]),
    ):
        visit.until(question)
        visit.answer("：", value)
    visit.answer("收件人：", "1")
    visit.until("收件人地址")
    visit.answer("：", answers["recipient"]["address"])
    visit.until("修改收件人地址")
    visit.answer("请输入数字：", "1")


def to_the_end(visit: Lines, sandbox: Sandbox, answers: dict[str, Any], pin: str) -> None:
    """From the handed-in request to the receipt."""
    visit.answer("[1]：", "")
    visit.until("撤销申请")
    visit.answer("请输入数字：", "1")
    visit.answer("[1]：", "")
    visit.answer("支付方式 [", "2")
    visit.answer("购买方 [1]：", "")
    visit.until("纳税人识别号")
    visit.answer("：", answers["invoice"]["tax_number"])
    visit.until("发票抬头")
    visit.answer("：", answers["invoice"]["title"])
    visit.until("修改发票抬头")
    visit.answer("请输入数字：", "1")
    visit.until("付款链接（手机上也可以直接打开）：")
    link = visit.until("付款后自动继续。").split()[0]
    assert link.startswith("https://qr.alipay.com/")
    sandbox.pay(link)
    visit.until("支付成功")
    visit.until("新证书已签发")
    visit.answer("CA密码（不显示）：", pin)
    visit.until("证书安装完成！")
    visit.answer("[1]：", "2")
    visit.until("收据")
    visit.answer("[1]：", "1")


@pytest.mark.parametrize("words", [("renew", "--config"), ("--config",)], ids=["renew", "kiosk"])
def test_renewed_line_by_line_on_a_dumb_terminal(sandbox: Sandbox, tmp_path: Path, words: tuple[str, ...]) -> None:
    token = new_token(sandbox, tmp_path)
    answers = tomllib.loads((sandbox.directory / "answers.toml").read_text())
    with lines(*words, settings_file(sandbox, token, tmp_path)) as visit:
        to_the_pin(visit, answers)
        visit.answer("CA密码（不显示）：", token.pin)
        visit.until("续期申请已提交")
        assert visit.left_in_memory({"PIN": token.pin, "password": PASSWORD}) == {"PIN": 0, "password": 0}
        to_the_end(visit, sandbox, answers, token.pin)
        assert visit.end() == 0
    assert ESCAPE not in visit.heard
    for secret in (token.pin, PASSWORD):
        assert secret.encode() not in visit.heard


def _ctrl_c(visit: Lines) -> None:
    visit.send(CTRL_C)


def _end_of_file(visit: Lines) -> None:
    visit.send(CTRL_D)


@pytest.mark.parametrize(("leave", "code"), [(_ctrl_c, 130), (_end_of_file, 129)], ids=["ctrl-c", "end of file"])
def test_who_leaves_at_the_pin_hears_that_nothing_was_charged(
    sandbox: Sandbox, tmp_path: Path, leave: Callable[[Lines], None], code: int
) -> None:
    token = new_token(sandbox, tmp_path)
    answers = tomllib.loads((sandbox.directory / "answers.toml").read_text())
    with lines("--linear", "--config", settings_file(sandbox, token, tmp_path), TERM="xterm") as visit:
        to_the_pin(visit, answers)
        visit.until("CA密码（不显示）：")
        leave(visit)
        visit.until("保存在续期服务中")
        visit.until("没有扣款")
        assert visit.end() == code
    assert ESCAPE not in visit.heard


def test_in_english(sandbox: Sandbox, tmp_path: Path) -> None:
    token: SoftToken = new_token(sandbox, tmp_path)
    config = settings_file(sandbox, token, tmp_path)
    with lines("--linear", "--config", config, CA_KIOSK_LANGUAGE="en") as visit:
        visit.answer("Number [1]:", "1")
        visit.answer("Account:", ACCOUNT)
        visit.answer("Password (not shown):", PASSWORD)
        visit.answer("1 for all the rest:", "?")
        visit.until("Please read the notice")
        visit.answer("1 for all the rest:", "0")
        visit.answer("End renewal", "2")
        assert visit.end() == 0
