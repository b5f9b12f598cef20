"""The token on the real screens: a wrong PIN, a pull at the PIN, a pull while it works."""

import logging
from pathlib import Path

import PyKCS11
import pytest

from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import PIN, at_counter, new_token
from tests.rig.simulator import Is, Simulator, build
from tests.rig.softhsm import SoftToken, pull, put_back
from tui.core.failure import Reason
from tui.core.text_safety import mask
from tui.core.token import TokenStage
from tui.journey.events import Event, TokenProgressed
from tui.journey.state import Step
from tui.sandbox.files import ACCOUNT

WRONG = "73915825"
MASKED = mask(ACCOUNT)
"""As the status line shows the account."""


def holding(folder: Path, secret: str, *, but: Path) -> list[Path]:
    """Files below `folder` with this secret in them; `but` is the token's own store."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_relative_to(but))
    return [path for path in files if secret.encode() in path.read_bytes()]


def private_keys(token: SoftToken) -> int:
    return token.objects().count("Private Key Object")


async def test_a_wrong_pin_then_the_right_one(
    sandbox: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = new_token(sandbox, tmp_path, "rsa2048")
    shown: list[str] = []
    async with at_counter(sandbox, token, log=tmp_path / "kiosk.log") as person:
        person.app.at_arrival = lambda event: shown.append(repr(event))
        await person.walk_to(Step.REQUEST_PIN)
        await person.enter_pin(WRONG)
        await person.until(Step.REQUEST_PIN)
        assert person.app.state.failure is not None
        assert person.app.state.failure.reason is Reason.WRONG_PIN
        assert "CA密码不正确。" in person.text
        assert private_keys(token) == 1
        business_no = person.application.business_no

        await person.press(*PIN)
        shown.append(person.text)
        await person.press("enter")
        await person.walk_to(Step.INSTALL_PIN)
        await person.enter_pin(WRONG)
        await person.until(Step.INSTALL_PIN)
        assert "不会重复收费" in person.text
        await person.walk_to(Step.DONE)
        shown.append(person.text)
        assert person.application.business_no == business_no
        assert "证书安装完成！" in person.text
    assert "MakeRequest failed: E-141 wrong_pin" in (tmp_path / "kiosk.log").read_text()
    assert private_keys(token) == 2
    for secret in (PIN, WRONG):
        assert [text for text in shown if secret in text] == []
        assert secret not in caplog.text
        assert holding(sandbox.directory, secret, but=token.directory) == []
        assert holding(tmp_path, secret, but=token.directory) == []


async def test_pulled_at_the_pin_and_put_back(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        for pin_step in (Step.REQUEST_PIN, Step.INSTALL_PIN):
            await person.walk_to(pin_step)
            business_no = person.application.business_no
            await person.press(*PIN[:3])
            pull(token)
            await person.until(Step.TOKEN_AWAITED)
            assert "请插回原来的CA" in person.text
            put_back(token)
            if pin_step is Step.REQUEST_PIN:
                await person.until(Step.SIGN_IN)
                assert "为保护已填写的内容" in person.text
                await person.walk_to(pin_step)
            await person.until(pin_step)
            assert "*" * 3 not in person.text.replace(MASKED, "")
        await person.walk_to(Step.DONE)
        assert person.application.business_no == business_no
        assert "证书安装完成！" in person.text


@pytest.mark.parametrize(
    ("stage", "call"),
    [(TokenStage.CHECKING, "C_Login"), (TokenStage.KEY_PAIR, "C_GenerateKeyPair")],
    ids=["checking", "key_pair"],
)
async def test_pulled_while_the_request_is_made(sandbox: Sandbox, tmp_path: Path, stage: TokenStage, call: str) -> None:
    soft = new_token(sandbox, tmp_path)
    token = Simulator(soft, build(sandbox.directory), tmp_path / "control")
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.REQUEST_PIN)
        business_no = person.application.business_no
        stages: list[TokenStage] = []

        def note(event: Event) -> None:
            if isinstance(event, TokenProgressed):
                stages.append(event.stage)

        person.app.at_arrival = note
        token.rule(Is.ABSENT, PyKCS11.CKR_DEVICE_REMOVED, since=call)
        await person.enter_pin(PIN)
        await person.until(Step.TOKEN_AWAITED)
        assert stages[-1] is stage
        token.clear()
        await person.until(Step.SIGN_IN)
        await person.walk_to(Step.DONE)
        assert Step.NOTICE not in person.app.trail[person.app.trail.index(Step.TOKEN_AWAITED) :]
        assert person.application.business_no == business_no
    assert private_keys(soft) == 2
    assert soft.objects().count("Certificate Object") == 2
