"""What the screens say of tokens that show nothing yet, of a PIN to be changed, of drivers and of the clock."""

from dataclasses import replace

import pytest

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.certificate import Token, Usage, refer_token
from tui.core.failure import UNLOADABLE, Failure, Reason
from tui.core.token import ModuleFault, Snapshot
from tui.journey import events as e
from tui.journey.state import Busy, State, Step
from tui.kiosk.text.reasons import REASONS
from tui.kiosk.widgets.pin_pad import PinEntry

VEILED = people.token(hides=True)
PAIR = people.token(people.certificate("enc", usage=Usage.ENCRYPTION), hides=True)
HOME = State(now=people.NOW, snapshot=people.SNAPSHOT, service=people.SERVICE, desk_reachable=True)
HIDDEN, LOOK = "未输入CA密码，看不到CA中的签名证书", "输入CA密码查看"


def home(*tokens: Token, **changes: object) -> State:
    return replace(HOME, snapshot=Snapshot(tokens), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("tokens", [(VEILED,), (PAIR,)])
async def test_a_look_after_the_pin_is_offered(tokens: tuple[Token, ...]) -> None:
    async with staged(home(*tokens)) as stage:
        assert HIDDEN in stage.text
        assert "输入CA密码后查看" in stage.text
        assert LOOK not in stage.text  # 开始办理 leads there
        assert "这个CA中没有证书" not in stage.text
        assert await stage.press("enter") == [e.Started()]


async def test_beside_an_expired_certificate_it_has_a_button_of_its_own() -> None:
    gone = people.token(people.certificate("gone", -3), serial="S2")
    async with staged(home(VEILED, gone)) as stage:
        assert LOOK in stage.text
        assert await stage.press("tab", "tab", "enter") == [e.LookChosen()]


async def test_it_is_not_offered_beside_a_certificate_to_renew() -> None:
    async with staged(home(people.TOKEN, VEILED)) as stage:
        assert LOOK not in stage.text
    async with staged(home(people.token())) as stage:
        assert LOOK not in stage.text
        assert "这个CA中没有证书" in stage.text


async def test_the_pin_of_the_look_says_what_it_is_for_and_is_taken_once() -> None:
    asked = replace(home(VEILED), step=Step.LOOK_PIN, chosen=refer_token(VEILED))
    async with staged(asked) as stage:
        assert "只查看，不改动CA" in stage.text
        assert "CA：网证通" in stage.text
        (entered,) = await stage.press(*"123456", "enter")
        assert isinstance(entered, e.PinEntered)
        assert stage.screen.query_one(PinEntry).length == 0
        await stage.show(replace(asked, busy=Busy.LOOKING))
        assert "123456" not in stage.text


async def test_my_certificates_say_that_some_may_be_hidden() -> None:
    async with staged(replace(home(VEILED), step=Step.CERTIFICATES)) as stage:
        assert HIDDEN in stage.text


@pytest.mark.parametrize(
    "token", [people.token(people.OLD, pin_to_be_changed=True), replace(VEILED, pin_to_be_changed=True)]
)
async def test_a_pin_to_be_changed_is_said_on_the_first_screen(token: Token) -> None:
    async with staged(home(token)) as stage:
        assert "CA要求先修改密码" in stage.text
        assert "可以办理续期" not in stage.text
        await stage.show(home(token, people.token(people.certificate("other"), serial="S2")))
        assert "可以办理续期" in stage.text


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason in UNLOADABLE])
async def test_why_a_driver_does_not_load_is_said_on_the_first_screen(reason: Reason) -> None:
    fault = ModuleFault("/x.so", Failure(reason, "32-bit x86, not 64-bit x86-64"))
    async with staged(replace(HOME, snapshot=Snapshot((), (fault,)))) as stage:
        assert REASONS[reason][0].rstrip("。")[:20] in stage.text
        assert reason.number in stage.text


async def test_a_wrong_clock_is_named_on_the_status_line() -> None:
    lost = replace(HOME, desk_reachable=False, desk_failure=Failure(Reason.CLOCK_WRONG))
    async with staged(lost) as stage:
        assert "本终端的时间不对" in stage.text
        await stage.show(replace(lost, desk_failure=Failure(Reason.DESK_UNREACHABLE)))
        assert "连接中断，正在重试" in stage.text
