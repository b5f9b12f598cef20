"""The program as a process: a kiosk that dies after the payment, and the demonstration in a pseudo-terminal."""

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.harness.end_to_end.sandbox import Sandbox, command
from tests.harness.end_to_end.stage import at_counter, ledger_of, new_token
from tui.core.exits import Exit
from tui.core.order import ApplicationStatus
from tui.journey.state import Step
from tui.sandbox.commands import pay
from tui.sandbox.gateways.common.ledger import Stage

PATIENCE = 180


def killed_after_the_payment(sandbox: Sandbox, token: Path) -> str:
    """A kiosk in a process of its own shows the code, the phone pays, the kiosk dies; gives the business number."""
    words = [sys.executable, "-m", "tests.harness.end_to_end.stage", str(sandbox.directory), str(token)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as kiosk:
        assert kiosk.stdout is not None
        business_no = kiosk.stdout.readline().strip()
        paid = pay(sandbox.directory, business_no=business_no)
        kiosk.kill()
    assert paid == Exit.DONE
    return business_no


async def test_a_kiosk_killed_after_the_payment_is_continued_by_another(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    business_no = await asyncio.to_thread(killed_after_the_payment, sandbox, token.directory)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.CARD)
        assert "继续办理" in person.text
        await person.press_main()
        await person.until(Step.INSTALL_PIN)
        assert not {Step.FORM, Step.ORDER, Step.METHOD, Step.QR} & set(person.app.trail)
        assert person.application.business_no == business_no
        assert person.application.status is ApplicationStatus.ISSUED
        await person.walk_to(Step.DONE)
    (trade,) = ledger_of(sandbox, business_no)
    assert (trade.stage, trade.amount_fen, trade.refunds) == (Stage.PAID, 20000, ())
    assert token.objects().count("Private Key Object") == 2


FULL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
CONSOLE = {"TERM": "linux", "COLORTERM": ""}


@pytest.mark.parametrize(
    ("columns", "rows", "most", "terminal"),
    [(120, 40, 90_000, FULL), (80, 24, 60_000, CONSOLE)],
    ids=["120x40", "console"],
)
def test_the_demonstration_walks_to_its_end(
    tmp_path: Path, columns: int, rows: int, most: int, terminal: dict[str, str]
) -> None:
    words = command("demo", "--autoplay", "--speed", "20", "--dir", tmp_path / "demo")
    colours: Any = {**os.environ, **terminal}
    spawned = pexpect.spawn(words[0], words[1:], dimensions=(rows, columns), timeout=PATIENCE, env=colours)
    with closing(spawned) as demo:
        demo.expect(pexpect.EOF)
    assert (demo.exitstatus, demo.signalstatus) == (0, None)
    assert "证书安装完成！".encode() in demo.before
    assert b"Traceback" not in demo.before
    assert len(demo.before) <= most
    assert (b"8;2;" in demo.before) is (terminal is FULL)
