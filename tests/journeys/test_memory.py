"""What lies in the memory of the kiosk and of the driver's process when a person has used them."""

import asyncio
import gc
import os
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.journeys.stage import at_counter, new_token
from tests.journeys.terminal import END, F10, Terminal
from tests.journeys.town import Town
from tests.rig.softhsm import SoftToken
from tui.core.application import ApplicationForm
from tui.core.order import Application
from tui.core.state import Step
from tui.sandbox.files import ACCOUNT, PASSWORD

ALL_AT_ONCE: Callable[[str], Iterable[str]] = lambda text: (text,)  # noqa: E731 - beside `iter`, a way of typing


def settings_file(town: Town, token: SoftToken, folder: Path) -> Path:
    """The town's kiosk.toml with this token's driver alone."""
    known = tomllib.loads((town.directory / "kiosk.toml").read_text())["desk"]
    environment = ", ".join(f'{name} = "{value}"' for name, value in token.environment)
    path = folder / "kiosk.toml"
    path.write_text(
        f'[desk]\nurl = "{known["url"]}"\nca_file = "{town.directory / known["ca_file"]}"\n'
        f'[[token.modules]]\npath = "{token.module}"\nenvironment = {{ {environment} }}\n[kiosk]\nlog = ""\n'
    )
    return path


def walk_to_payment(
    kiosk: Terminal, answers: dict[str, dict[str, str]], pin: str, keys: Callable[[str], Iterable[str]]
) -> None:
    """From the first screen through sign-in, form and CA password to the handed-in request."""
    agent, address = answers["agent"], answers["recipient"]["address"]
    kiosk.until("可以办理续期", "已连接")
    kiosk.type("\r")
    kiosk.until("密码")
    kiosk.type(ACCOUNT, "\r", *keys(PASSWORD), "\r")
    kiosk.until("请向下翻阅到结尾")
    kiosk.type(END)
    kiosk.press("同意并继续")
    kiosk.until("申请续期")
    kiosk.press("申请续期")
    kiosk.until("版本")
    kiosk.type("\t", " ")
    kiosk.press("下一步")
    kiosk.until("证件号码")
    for value in (agent["id_number"], agent["name"], agent["mobile"], agent["email"]):
        kiosk.type(*keys(value), "\r")
    kiosk.type("\r", *keys(address))
    kiosk.press("提交")
    kiosk.until("输入CA密码")
    kiosk.type(*keys(pin), "\r")
    kiosk.until("续期申请已提交")


@pytest.mark.skipif(os.geteuid() != 0, reason="the memory of a process that hides it is shown to root alone")
@pytest.mark.parametrize("keys", [iter, ALL_AT_ONCE], ids=["singly", "in bursts"])
def test_no_pin_and_no_password_stay_in_memory(
    town: Town, tmp_path: Path, keys: Callable[[str], Iterable[str]]
) -> None:
    token = new_token(town, tmp_path)
    answers = tomllib.loads((town.directory / "answers.toml").read_text())
    secrets = {"PIN": token.pin, "password": PASSWORD}
    none = dict.fromkeys(("kiosk", "token host"), dict.fromkeys(secrets, 0))
    with Terminal(settings_file(town, token, tmp_path)) as kiosk:
        walk_to_payment(kiosk, answers, token.pin, keys)
        used = kiosk.processes
        assert kiosk.found(secrets) == none
        kiosk.type(F10)
        kiosk.until("结束本次办理")
        kiosk.press("结束办理")
        kiosk.until("可以办理续期")
        kiosk.until_replaced("token host", used["token host"])
        assert kiosk.found(secrets) == none
        left_behind = {name: answers["agent"][name] for name in ("id_number", "mobile", "email")}
        assert kiosk.found(left_behind)["token host"] == dict.fromkeys(left_behind, 0)


async def test_nothing_refers_to_a_person_who_has_gone(town: Town, tmp_path: Path) -> None:
    token = new_token(town, tmp_path)
    async with at_counter(town, token) as person:
        await person.walk_to(Step.DONE)
        await person.press_main()
        await person.until(Step.WAITING)
        await asyncio.sleep(0)
        gc.collect()
        known = person.visitor.form
        kept = [
            thing
            for thing in gc.get_objects()
            if isinstance(thing, Application)
            or (isinstance(thing, ApplicationForm) and thing.agent_name and thing is not known)
        ]
        assert kept == []
