"""Keys that come in one read, as after a stalled connection, each go where a patient person's would."""

from textual.widgets import Input

from tests.harness import people
from tests.harness.kiosk.stage import Stage, staged
from tui.journey import events as e
from tui.journey.state import Step
from tui.kiosk.screens.dialogue import Dialogue
from tui.kiosk.screens.form import FormScreen
from tui.kiosk.terminal.keyboard import Input as Keyboard
from tui.kiosk.widgets.secret_field import SecretField

TURNS = 12
"""Looks at the screen until all that was typed ahead must have been taken."""


async def typed_at_once(stage: Stage, data: bytes) -> list[e.Event]:
    """What is posted when the terminal hands over `data` in one piece."""
    for message in Keyboard().feed(data):
        stage.app.post_message(message)
    posted: list[e.Event] = []
    for _turn in range(TURNS):
        posted += await stage.events()
    return posted


async def test_a_password_typed_ahead_does_not_stand_in_the_account_s_field() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        await typed_at_once(stage, b"acc\rp4ss")
        assert stage.screen.query_one("#account", Input).value == "acc"
        assert stage.screen.query_one(SecretField).length == 4
        assert "p4ss" not in stage.text


async def test_account_and_password_typed_ahead_are_handed_over() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        posted = await typed_at_once(stage, b"acc\rp4ss\r")
        assert [type(event) for event in posted] == [e.SignInSubmitted]


async def test_each_answer_typed_ahead_goes_into_its_field() -> None:
    async with staged(people.state(Step.FORM)) as stage:
        assert isinstance(stage.screen, FormScreen)
        stage.screen.query_one("#field-agent-name Input").focus()
        for name in ("agent_name", "agent_mobile"):
            stage.screen.query_one(f"#field-{name.replace('_', '-')} Input", Input).value = ""
        await typed_at_once(stage, "张三丰\r13800138000\t".encode())
        assert (stage.screen.text("agent_name"), stage.screen.text("agent_mobile")) == ("张三丰", "13800138000")


async def test_a_key_typed_ahead_of_a_question_does_not_answer_it() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        await stage.show(people.state(Step.CARD))
        posted = await typed_at_once(stage, b"\x1b[21~\t\r")
        assert isinstance(stage.app.screen, Dialogue)
        assert posted == []
