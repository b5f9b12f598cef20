"""Two commands of one kind at a desk that is slow: the person did it once more before the first was answered."""

import asyncio
from dataclasses import replace

from tests.harness.deskclient.samples import document
from tests.harness.kiosk.ports_double import DeskScript, Listener, TokensDouble
from tests.harness.people import FORM, TERM, application
from tui.core.failure import DeskError, Failure, Reason
from tui.core.order import Offer
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
