"""What lies in the memory of the kiosk and of the driver's process when a person has used them."""

import asyncio
import gc
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import at_counter, new_token
from tests.harness.end_to_end.terminal import Keys, Terminal, all_at_once, settings_file
from tui.core.form.fields import ApplicationForm
from tui.core.order import Application
from tui.journey.state import Step
from tui.sandbox.files import PASSWORD


@pytest.mark.skipif(os.geteuid() != 0, reason="the memory of a process that hides it is shown to root alone")
@pytest.mark.parametrize("keys", [iter, all_at_once], ids=["singly", "in bursts"])
def test_no_pin_and_no_password_stay_in_memory(sandbox: Sandbox, tmp_path: Path, keys: Keys) -> None:
    token = new_token(sandbox, tmp_path)
    answers = tomllib.loads((sandbox.directory / "answers.toml").read_text())
    secrets = {"PIN": token.pin, "password": PASSWORD}
    none = dict.fromkeys(("kiosk", "token host"), dict.fromkeys(secrets, 0))
    with Terminal(settings_file(sandbox, token, tmp_path)) as kiosk:
        kiosk.walk_to_payment(answers, token.pin, keys)
        used = kiosk.processes
        assert kiosk.found(secrets) == none
        kiosk.leave()
        kiosk.until_replaced("token host", used["token host"])
        assert kiosk.found(secrets) == none
        left_behind = {name: answers["agent"][name] for name in ("id_number", "mobile", "email")}
        assert kiosk.found(left_behind)["token host"] == dict.fromkeys(left_behind, 0)


async def test_nothing_refers_to_a_person_who_has_gone(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        known = replace(person.visitor.form, agent_name="欧阳无双")
        person.visitor = replace(person.visitor, form=known)
        await person.walk_to(Step.DONE)
        number = person.application.business_no
        await person.press_main()
        await person.until(Step.WAITING)
        await asyncio.sleep(0)
        gc.collect()
        kept = [thing for thing in gc.get_objects() if _is_of(thing, number, known)]
        assert kept == []


def _is_of(thing: object, number: str, known: ApplicationForm) -> bool:
    """Of this person, but for what the test itself knows."""
    match thing:
        case Application():
            return thing.business_no == number
        case ApplicationForm():
            return thing.agent_name == known.agent_name and thing is not known
        case _:
            return False
