"""Two commands of one kind at a desk that is slow: the person did it once more before the first was answered."""

import asyncio
import gc
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.harness.deskclient.samples import document
from tests.harness.kiosk.ports_double import DeskScript, Listener, TokensDouble, lost
from tests.harness.people import FORM, SERVICE, TERM, application
from tui.core.failure import DeskError, Failure, Reason
from tui.core.order import Offer, ServiceStatus
from tui.core.secret import Password
from tui.journey import commands as c
from tui.journey import events as e


class Slow(DeskScript):
    """The first call of `slow` is answered when `open` is set."""

    def __init__(self, slow: str, **answers: list[object]) -> None:
        super().__init__(**({"notice": [document()]} | answers))
        self._slow, self.open = slow, asyncio.Event()
        self.cancelled = 0

    def __getattr__(self, name: str) -> object:
        call = super().__getattr__(name)

        async def held(*words: object) -> object:
            first = name == self._slow and self.count(name) == 0
            answer = await call(*words)
            try:
                await self.open.wait() if first else None
            except asyncio.CancelledError:
                self.cancelled += 1
                raise
            return answer

        return held


def have(kiosk: Listener, command: c.Command) -> None:
    """The command is under way as far as it goes."""
    kiosk.runtime.run(command)
    kiosk.runtime.run(c.LoadNotice())
    kiosk.until(e.NoticeLoaded)


def save(name: str) -> c.SaveApplication:
    """提交 with this agent's name."""
    return c.SaveApplication(b"der", document(), replace(FORM, agent_name=name), 20000)


def test_a_form_handed_in_again_is_saved_after_the_first_and_alone_answered() -> None:
    first, second = application(business_no="first"), application(business_no="second")
    desk = Slow("save", save=[first, second])
    with Listener(TokensDouble(), desk) as kiosk:
        have(kiosk, save("张"))
        have(kiosk, save("王"))
        assert desk.count("save") == 1
        assert kiosk.runtime._loop is not None
        kiosk.runtime._loop.call_soon_threadsafe(desk.open.set)
        assert kiosk.until(e.ApplicationSaved) == e.ApplicationSaved(second)
        assert [words[2].agent_name for name, words in desk.called if name == "save"] == ["张", "王"]
    assert desk.cancelled == 0


def test_what_is_asked_again_is_no_longer_waited_for() -> None:
    late, latest = Offer(()), Offer((TERM,))
    desk = Slow("offer", offer=[late, latest])
    with Listener(TokensDouble(), desk) as kiosk:
        have(kiosk, c.AskOffer(b"first"))
        kiosk.runtime.run(c.AskOffer(b"second"))
        assert kiosk.until(e.OfferMade) == e.OfferMade(latest)
        assert desk.cancelled == 1


class Thinks(DeskScript):
    """Tells nothing of itself before `open` is set."""

    def __init__(self) -> None:
        super().__init__(notice=[document()])
        self.cancelled = 0
        self.open = asyncio.Event()

    async def status(self) -> ServiceStatus:
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return SERVICE


@pytest.mark.parametrize("left", [False, True])
def test_a_desk_that_is_asked_again_before_it_answers_is_asked_once_and_tells(left: bool) -> None:
    """Who comes after a sign-out, which ends the question under way, is told as well."""
    desk = Thinks()
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.until(e.TokensSeen)
        for _press in range(3):
            have(kiosk, c.AskService())
        worker, loop = kiosk.runtime._worker, kiosk.runtime._loop
        assert worker is not None
        assert loop is not None

        def leave_and_ask() -> None:
            """In one turn of the loop: the task that the sign-out ends has not ended yet."""
            worker.accept(c.SignOut())
            worker.accept(c.AskService())

        if left:
            loop.call_soon_threadsafe(leave_and_ask)
        loop.call_soon_threadsafe(desk.open.set)
        for _asking in ("the kiosk", "the person"):
            kiosk.until(e.ServiceSeen)
        assert desk.cancelled == int(left)


def test_of_two_sign_ins_the_latest_alone_is_answered() -> None:
    refused = DeskError(Failure(Reason.WRONG_PASSWORD))
    desk = Slow("sign_in", sign_in=[None, refused])
    passwords = Password(b"one"), Password(b"two")
    with Listener(TokensDouble(), desk) as kiosk:
        have(kiosk, c.SignIn("a", passwords[0]))
        kiosk.runtime.run(c.SignIn("b", passwords[1]))
        assert kiosk.until(e.SignedIn | e.Failed) == e.Failed(refused.failure, "SignIn")  # type: ignore[arg-type]
        assert desk.cancelled == 1
    assert not any(passwords)


class Unsaved(DeskScript):
    """Answers no form, or refuses it; keeps nothing of it."""

    def __init__(self, refuses: bool) -> None:
        super().__init__(notice=[document()])
        self._refuses = refuses

    async def save(self, *_: object) -> None:
        if self._refuses:
            raise lost()
        await asyncio.Event().wait()


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing is freed but with its last reference."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("refuses", [True, False])
def test_a_form_that_was_not_saved_is_gone_after_the_sign_out(refuses: bool) -> None:
    with Listener(TokensDouble(), Unsaved(refuses)) as kiosk:
        have(kiosk, save("司马"))
        have(kiosk, c.SignOut())
        have(kiosk, c.StopWatching())
        commands = [one for one in gc.get_objects() if isinstance(one, c.SaveApplication)]
        assert "司马" not in [command.form.agent_name for command in commands]


def test_who_ends_no_longer_waits_for_an_answer_by_the_time_it_signs_out() -> None:
    class Left(DeskScript):
        async def application(self, *_: object) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.called.append(("left", ()))

    begun, desk = threading.Event(), Left()
    with Listener(TokensDouble(), desk) as kiosk:
        kiosk.runtime.run(c.WatchApplication("B1"))
        assert begun.wait(10)
    names = [name for name, _ in desk.called if name != "status"]
    assert names == ["left", "sign_out", "close"]
