"""The app: one door for events, the screen before the commands, nobody there, and the crash net."""

import asyncio
import gc
import logging
import weakref
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.failure import Failure, Reason
from tui.core.secret import Password, Pin
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.app import KioskApp
from tui.kiosk.screens.base import StepScreen
from tui.kiosk.screens.dialogue import Confirm, IdleWarning
from tui.kiosk.screens.events import Happened
from tui.kiosk.screens.help import HelpScreen
from tui.kiosk.screens.registry import screen_class
from tui.kiosk.terminal.driver import CRASHED
from tui.kiosk.watchdog import IdleClock
from tui.kiosk.widgets.secret_field import SecretField
from tui.process import garbage

SEEN = e.TokensSeen(people.SNAPSHOT, people.NOW)


class Recorder:
    """A runtime that notes which step was on screen when a command came."""

    def __init__(self) -> None:
        self.app: KioskApp
        self.ran: list[tuple[str, Step]] = []

    def start(self, post: Callable[[e.Event], None]) -> None:
        """Tell the app the tokens, as the watcher does."""
        post(SEEN)

    def run(self, command: c.Command) -> None:
        """Note it."""
        step = next(step for step in Step if isinstance(self.app.step_screen, screen_class(step)))
        self.ran.append((type(command).__name__, step))

    def stop(self) -> None:
        """Nothing to end."""


@asynccontextmanager
async def kiosk(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[KioskApp, Recorder, Pilot[None]]]:
    """The app with the real flow and a recording runtime."""
    recorder = Recorder()
    app = recorder.app = KioskApp(recorder)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, recorder, pilot


def stack(app: KioskApp) -> list[str]:
    """The screens from the step's upwards."""
    return [type(screen).__name__ for screen in app.screen_stack[1:]]


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_screen(step: Step) -> None:
    found = screen_class(step)
    assert step.value.endswith(found.__module__.rpartition(".")[2])
    assert found.heading or found.compact
    assert found.help_text


def test_one_screen_draws_all_pins_and_every_other_its_own_step() -> None:
    drawn = Counter(screen_class(step) for step in Step)
    assert {kind.__name__: times for kind, times in drawn.items() if times > 1} == {"PinScreen": 4}


async def test_start_shows_the_waiting_screen_and_asks_for_the_desk() -> None:
    async with kiosk() as (app, recorder, _pilot):
        assert recorder.ran == [("AskService", Step.WAITING)]
        assert app.state.snapshot == people.SNAPSHOT


async def test_the_screen_is_shown_before_its_commands_run() -> None:
    async with kiosk() as (app, recorder, pilot):
        for event in (e.Started(), e.SignInSubmitted("a", Password(b"p")), e.SignedIn()):
            app.advance(event)
            await pilot.pause()
        loads = [("LoadNotice", Step.NOTICE), ("LoadAgreement", Step.NOTICE)]
        assert recorder.ran[1:] == [("SignIn", Step.SIGN_IN), *loads]


async def test_a_second_submission_is_dropped_while_the_first_is_under_way() -> None:
    async with kiosk() as (app, recorder, pilot):
        app.advance(e.Started())
        await pilot.pause()
        for _ in range(2):
            app.post_message(Happened(e.SignInSubmitted("a", Password(b"p")), Step.SIGN_IN))
        await pilot.pause()
        assert [name for name, _ in recorder.ran].count("SignIn") == 1


async def test_an_act_on_a_step_that_is_over_is_dropped() -> None:
    async with kiosk() as (app, _recorder, pilot):
        app.post_message(Happened(e.Started(), Step.CARD))
        await pilot.pause()
        assert app.state.step is Step.WAITING


def test_the_message_shows_nothing_of_its_event() -> None:
    message = Happened(e.SignInSubmitted("supplier01", Password(b"p4ss")), Step.SIGN_IN)
    assert "supplier01" not in repr(message)
    assert "p4ss" not in repr(message)


async def test_leaving_forgets_every_screen_that_held_data(monkeypatch: pytest.MonkeyPatch) -> None:
    swept: asyncio.Queue[Step] = asyncio.Queue()
    async with kiosk() as (app, _recorder, pilot):
        monkeypatch.setattr(garbage, "collect", lambda: swept.put_nowait(app.state.step))
        app.advance(e.Started())
        await pilot.pause()
        before = app.step_screen
        await pilot.press(*"acc", "tab", *"p4ss")
        field = before.query_one(SecretField)
        app.advance(e.Abandoned())
        await pilot.pause()
        assert app.state == replace(State(), now=app.state.now, snapshot=app.state.snapshot)
        assert field.length == 0
        assert not before.is_attached
        assert await asyncio.wait_for(swept.get(), 10) is Step.WAITING
        app.advance(e.Started())
        await pilot.pause()
        assert app.step_screen is not before


async def test_a_minute_may_begin_before_the_next_screen_has_its_parts() -> None:
    async with kiosk() as (app, _recorder, pilot):
        coming = app._screen_of(people.state(Step.CARD))
        coming.tick(people.NOW)
        await app.present(people.state(Step.CARD))
        await pilot.pause()
        assert app.step_screen is coming


async def test_of_screens_that_were_left_the_first_alone_is_used_again() -> None:
    async with kiosk() as (app, _recorder, pilot):
        home = app.step_screen
        await app.present(people.state(Step.NOTICE))
        notice = weakref.ref(app.step_screen)
        await app.present(people.state(Step.CARD))
        await pilot.pause()
        await pilot.pause()
        gc.collect()
        assert notice() is None
        await app.present(people.state(Step.WAITING))
        assert app.step_screen is home


async def test_help_opens_and_closes_on_every_own_key() -> None:
    async with kiosk() as (app, _recorder, pilot):
        for closing in ("f1", "escape", "f3", "enter"):
            await pilot.press("f1")
            assert isinstance(app.screen, HelpScreen)
            assert "020-89524338" in str(app.screen.query_one("#help-call", Static).render())
            await pilot.press(closing)
            assert isinstance(app.screen, StepScreen)


async def test_a_step_change_closes_dialogues() -> None:
    async with kiosk() as (app, _recorder, pilot):
        await pilot.press("f1")
        app.advance(e.Started())
        await pilot.pause()
        assert app.screen is app.step_screen
        assert app.state.step is Step.SIGN_IN


@pytest.mark.parametrize(("keys", "left"), [(["enter"], False), (["escape"], False), (["right", "enter"], True)])
async def test_f10_asks_once_more(keys: list[str], left: bool) -> None:
    async with kiosk() as (app, _recorder, pilot):
        await pilot.press("f10")
        assert isinstance(app.screen, Confirm)
        await pilot.press(*keys)
        assert app._exit is left


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q", "ctrl+z", "ctrl+backslash", "ctrl+d", "ctrl+p", "escape"])
async def test_keys_that_end_other_programs_do_nothing(key: str) -> None:
    async with kiosk() as (app, _recorder, pilot):
        await pilot.press(key)
        assert app.is_running
        assert app.screen is app.step_screen


async def test_nobody_there_is_warned_and_then_signed_out() -> None:
    async with kiosk() as (app, recorder, pilot):
        now = 0.0
        app.idle = IdleClock(120, lambda: now)
        await app.present(people.state(Step.CARD))
        now = 106
        await app._look_for_somebody()
        assert stack(app) == ["CardScreen", "IdleWarning"]
        await pilot.press("x")
        assert stack(app) == ["CardScreen"]
        now = 300
        await app._look_for_somebody()
        await pilot.pause()
        assert stack(app) == ["WaitingScreen"]
        assert recorder.ran[-1] == ("SignOut", Step.WAITING)


async def test_a_warning_that_is_answered_twice_takes_no_step_away() -> None:
    async with kiosk() as (app, _recorder, pilot):
        await app.present(people.state(Step.CARD))
        warning = IdleWarning()
        await app.push_screen(warning)
        warning.dismiss(True)
        warning.dismiss(True)
        await pilot.pause()
        assert stack(app) == ["CardScreen"]


@pytest.mark.parametrize(("step", "seconds"), [(Step.SIGN_IN, 120), (Step.FORM, 360), (Step.QR, 600)])
def test_a_form_and_a_payment_have_more_patience(step: Step, seconds: float) -> None:
    assert IdleClock(120, lambda: 0.0).left(step) == seconds


async def test_nobody_is_signed_out_while_the_token_is_written_to() -> None:
    async with kiosk() as (app, _recorder, pilot):
        now = 0.0
        app.idle = IdleClock(120, lambda: now)
        await app.present(people.state(Step.INSTALLING))
        now = 900
        await app._look_for_somebody()
        await pilot.pause()
        assert app.state.step is Step.INSTALLING
        assert app.screen is app.step_screen


async def test_a_crash_shows_no_locals_and_logs_no_text(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    crashed: list[KioskApp] = []

    def fail() -> None:
        pin = "S3CRET-1234"
        raise ZeroDivisionError(pin)

    async def crash() -> None:
        async with kiosk() as (app, _recorder, pilot):
            crashed.append(app)
            app.call_later(fail)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await crash()
    assert crashed[0].return_code == CRASHED
    shown = "".join(capsys.readouterr())
    for words in ("程序出现故障", "没有扣款", "020-89524338"):
        assert words in shown
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "tui.kiosk.app")
    assert logged.startswith(f"uncaught ZeroDivisionError {Path(__file__).name}:")
    assert "S3CRET" not in shown + logged
    assert "Traceback" not in shown


async def test_a_failure_stands_in_the_banner_until_the_next_act() -> None:
    failed = people.state(Step.CARD, failure=Failure(Reason.DESK_UNREACHABLE), snapshot=Snapshot((people.TOKEN,)))
    async with kiosk() as (app, _recorder, pilot):
        await app.present(failed)
        banner = app.screen.query_one("FailureBanner")
        assert banner.display
        await app.present(replace(failed, failure=None))
        await pilot.pause()
        assert not banner.display


def test_pins_in_events_are_masked() -> None:
    assert "1234" not in repr(e.PinEntered(Pin(b"1234")))


async def test_a_narrow_window_still_names_the_step_at_hand() -> None:
    async with staged(people.state(Step.REFUSED), (60, 20)) as stage:
        await stage.show(people.state(Step.INSTALL_PIN))
        assert " ✓   8 安装" in stage.text
    async with staged(people.state(Step.INSTALL_PIN)) as stage:
        assert "✓ 支付   8 安装" in stage.text
