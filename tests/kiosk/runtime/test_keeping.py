"""The form that is being filled: the latest is kept, at leaving at once, and nothing once it is handed in."""

import asyncio
import threading
from dataclasses import replace

import pytest

from tests.harness.kiosk.ports_double import HANGS, QUICK, ChecksDouble, DeskScript, Listener, TokensDouble, lost
from tests.harness.people import AGREEMENT, FORM, application
from tui.core.form.fields import ApplicationForm
from tui.core.secret import Password
from tui.journey import commands as c
from tui.journey import events as e
from tui.kiosk.runtime.keeping import Keeping
from tui.kiosk.runtime.ports import Ports

SLOW = replace(QUICK, form=60)
"""Nothing is kept by itself within a test."""


def kept(desk: DeskScript) -> list[str]:
    """The agents' names in the order in which they came."""
    return [words[1].agent_name for name, words in desk.called if name == "keep_form"]


def typed(name: str) -> c.KeepForm:
    """The form at a moment of the typing."""
    return c.KeepForm(b"der", replace(FORM, agent_name=name))


class Keeper(DeskScript):
    """Tells when a form came and when the session ended."""

    def __init__(self, **answers: list[object]) -> None:
        super().__init__(**({"keep_form": [None], "sign_in": [None]} | answers))
        self.came, self.ended = threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> object:
        call = super().__getattr__(name)

        async def told(*words: object) -> object:
            try:
                return await call(*words)
            finally:
                {"keep_form": self.came, "sign_out": self.ended}.get(name, threading.Event()).set()

        return told


def test_it_is_kept_soon() -> None:
    desk = Keeper()
    with Listener(TokensDouble(), desk, replace(QUICK, form=0.001)) as kiosk:
        kiosk.runtime.run(typed("张"))
        assert desk.came.wait(10)
        assert kept(desk) == ["张"]


def test_at_leaving_the_latest_goes_before_the_session_ends() -> None:
    desk = Keeper()
    with Listener(TokensDouble(), desk, SLOW) as kiosk:
        for name in ("张", "张三", "张三丰"):
            kiosk.runtime.run(typed(name))
        kiosk.runtime.run(c.SignOut())
        assert desk.ended.wait(10)
        assert kept(desk) == ["张三丰"]
        assert [name for name, _ in desk.called if name != "status"] == ["keep_form", "sign_out"]


def test_a_program_that_ends_in_the_middle_of_a_leaving_keeps_the_form_before_the_session_ends() -> None:
    begun, closing, in_time = threading.Event(), threading.Event(), list[bool]()

    class Slow(Keeper):
        async def keep_form(self, *_: object) -> None:
            begun.set()
            await asyncio.to_thread(closing.wait, 10)
            in_time.append(not self.ended.is_set())

    class Closing(TokensDouble):
        async def close(self) -> None:
            closing.set()
            await super().close()

    with Listener(Closing(), Slow(), replace(SLOW, farewell=60)) as kiosk:
        kiosk.runtime.run(typed("张三"))
        kiosk.runtime.run(c.SignOut())
        assert begun.wait(10)
    assert in_time == [True]


def test_at_the_end_of_the_program_too() -> None:
    desk = Keeper()
    with Listener(TokensDouble(), desk, SLOW) as kiosk:
        kiosk.runtime.run(typed("张三"))
    assert kept(desk) == ["张三"]


def test_nobody_signs_in_before_the_one_before_is_gone() -> None:
    desk = Keeper()
    with Listener(TokensDouble(), desk, SLOW) as kiosk:
        kiosk.runtime.run(typed("张三"))
        kiosk.runtime.run(c.SignOut())
        kiosk.runtime.run(c.SignIn("b", Password(b"p")))
        kiosk.until(e.SignedIn)
        assert [name for name, _ in desk.called if name != "status"] == ["keep_form", "sign_out", "sign_in"]


def test_nothing_is_kept_once_the_form_is_handed_in() -> None:
    desk = Keeper(save=[application()])
    with Listener(TokensDouble(), desk, SLOW) as kiosk:
        kiosk.runtime.run(typed("张三"))
        kiosk.runtime.run(c.SaveApplication(b"der", AGREEMENT, FORM, 20000))
        kiosk.until(e.ApplicationSaved)
        kiosk.runtime.run(c.SignOut())
        assert desk.ended.wait(10)
        assert kept(desk) == []


def test_a_desk_that_is_lost_disturbs_nobody() -> None:
    desk = Keeper(keep_form=[lost(), None])
    with Listener(TokensDouble(), desk, replace(QUICK, form=0.001)) as kiosk:
        kiosk.runtime.run(typed("张三"))
        assert desk.came.wait(10)
        desk.came.clear()
        kiosk.runtime.run(typed("张三"))
        assert desk.came.wait(10)
        assert kept(desk) == ["张三", "张三"]
        assert not [event for event in kiosk.rest() if isinstance(event, e.Failed)]


async def test_what_waits_behind_a_call_that_fails_by_a_fault_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "tui")
    names: list[str] = []

    class Faulty(DeskScript):
        async def keep_form(self, certificate: bytes, form: ApplicationForm) -> None:
            names.append(form.agent_name)
            if names == ["张"]:
                keeping.keep(typed("张三"))
                raise RuntimeError(form.agent_name)

    async def opened() -> Ports:
        return Ports(TokensDouble(), Faulty(), ChecksDouble())

    keeping = Keeping(opened, pause=0, farewell=60)
    keeping.keep(typed("张"))
    await keeping.finish()
    assert names == ["张", "张三"]
    assert ("RuntimeError" in caplog.text, "张" in caplog.text) == (True, False)


def test_a_call_that_hangs_at_the_end_leaves_time_for_the_sign_out_and_all_is_closed() -> None:
    desk, tokens = Keeper(keep_form=[asyncio.Event()], sign_out=[RuntimeError()]), TokensDouble()
    with Listener(tokens, desk, replace(SLOW, farewell=HANGS.farewell)) as kiosk:
        kiosk.runtime.run(typed("张三"))
    assert [name for name, _ in desk.called if name != "status"] == ["keep_form", "sign_out", "close"]
    assert tokens.closed


def test_a_command_shows_nothing_of_the_person() -> None:
    assert "张三" not in repr(typed("张三"))
    assert "der" not in repr(typed("张三"))
