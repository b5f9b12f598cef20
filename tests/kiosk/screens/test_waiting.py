"""The screens that say what is inserted: the waiting screen and its keys, lists, and refusals seen whole."""

from dataclasses import replace

import pytest
from rich.color import ColorSystem
from textual.color import Color

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.certificate import Token, Usage, refer
from tui.core.failure import Failure, Reason
from tui.core.token import ModuleFault, Snapshot
from tui.journey import events as e
from tui.journey.renewable import renewable
from tui.journey.state import State, Step
from tui.kiosk.screens.looks.dark import TRUE
from tui.kiosk.text import use_language
from tui.kiosk.widgets.body import Body
from tui.kiosk.widgets.figures import Figures
from tui.kiosk.widgets.key_line import KeyLine

HOME = State(now=people.NOW, snapshot=people.SNAPSHOT, service=people.SERVICE, desk_reachable=True)


def home(*tokens: object, **changes: object) -> State:
    """The waiting screen's state with these tokens inserted."""
    return replace(HOME, snapshot=Snapshot(tokens), **changes)  # type: ignore[arg-type]


EXPIRED = people.token(people.certificate("expired", -3))
EARLY = people.token(people.certificate("early", 200))
URGENT = people.token(people.certificate("urgent", 5))
BARE = people.token()
FAULTY = replace(HOME, snapshot=Snapshot((), (ModuleFault("/x.so", Failure(Reason.DRIVER_MISSING, "x.so")),)))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (State(), ["正在读取CA", "CA：正在读取"]),
        (home(), ["请插入CA", "财智云账号", "CA：未插入"]),
        (HOME, ["可以办理续期", "还有20天到期，可以续期", "天后到期", "网证通（序列号尾号S1）"]),
        (home(EXPIRED), ["目前不能续期", "已过期3天"]),
        (home(EARLY), ["目前不能续期", "还有200天到期", "起可续期"]),
        (home(URGENT), ["还有5天到期，请尽快续期"]),
        (home(BARE), ["这个CA中没有证书"]),
        (home(URGENT, EARLY), ["CA：已插入2个", "urgent", "early"]),
        (FAULTY, ["没有找到CA驱动的文件", "020-89524338"]),
        (replace(HOME, desk_reachable=False), ["连接中断，正在重试"]),
    ],
)
async def test_waiting_shows_what_is_inserted(state: State, said: list[str]) -> None:
    async with staged(state) as stage:
        assert not [words for words in said if words not in stage.text]


SIGNING = people.certificate("sign", usage=Usage.SIGNING)
PAIR = people.token(SIGNING, people.certificate("enc", usage=Usage.ENCRYPTION))
SM2_PAIR = people.token(people.certificate("gm", key="SM2", usage=Usage.SIGNING), serial="GM0002")
MIXED = people.token(
    people.certificate("bad", readable=False, label="旧证书", der=b"x" * 812, key_id="0a0b"),
    people.certificate("odd", well_formed=False),
    people.certificate("gone", -3),
    serial="S3",
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ((PAIR,), ["可以办理续期", "签名证书  sign", "加密证书  还有20天到期，不单独续期", "天后到期"]),
        ((SM2_PAIR,), ["目前不能续期", "国密（SM2）证书请到柜台续期"]),
        ((PAIR, SM2_PAIR, MIXED), ["sign", "enc", "gm", "无法读取", "旧证书", "不能在线续期", "已过期3天"]),
    ],
)
async def test_every_kind_of_certificate_is_seen_on_the_waiting_screen(
    tokens: tuple[Token, ...], said: list[str], size: tuple[int, int]
) -> None:
    async with staged(home(*tokens), size=size) as stage:
        assert not [words for words in said if words not in stage.text]


async def test_the_list_says_what_each_certificate_is_for_and_where_the_unreadable_one_is() -> None:
    shown = people.state(Step.CERTIFICATES, snapshot=Snapshot((PAIR, MIXED)))
    async with staged(shown, size=(120, 70)) as stage:
        told = stage.text
        for _page in range(4):
            await stage.press("pagedown")
            told += stage.text
        for words in ("签名证书，RSA-2048", "加密证书，RSA-2048", "旧证书", "812字节，CKA_ID 0a0b", "无法读取"):
            assert words in told


async def test_beside_a_certificate_whose_dates_cannot_be_read_the_good_one_is_renewed() -> None:
    odd = people.certificate("odd", dated=False, well_formed=False, common_name="某某公司")
    both = people.token(odd, people.OLD)
    shown = people.state(Step.WAITING, snapshot=Snapshot((both,)), chosen=None)
    async with staged(shown, size=(120, 40)) as stage:
        for words in ("某某公司", "有效期无法读取，不能在线续期", "还有20天到期，可以续期"):
            assert words in stage.text
    assert [certificate for _, certificate in renewable(shown)] == [people.OLD]
    async with staged(people.state(Step.WAITING, snapshot=Snapshot((people.token(odd),)), chosen=None)) as stage:
        assert "1970" not in stage.text


async def test_a_pair_s_owner_is_told_that_the_encryption_certificate_stays() -> None:
    shown = people.state(Step.CARD, snapshot=Snapshot((PAIR,)), chosen=refer(PAIR, SIGNING))
    async with staged(shown) as stage:
        assert "CA中的加密证书和加密密钥保持不变" in stage.text
        assert "签名证书，RSA-2048" in stage.text
        await stage.show(people.state(Step.CARD))
        assert "加密证书" not in stage.text


async def test_only_the_signing_certificate_of_a_pair_is_a_choice() -> None:
    shown = people.state(Step.CHOOSING, snapshot=Snapshot((PAIR, people.TOKEN)))
    async with staged(shown) as stage:
        assert "签名证书  sign" in stage.text
        assert "enc" not in stage.text


@pytest.mark.parametrize(
    ("token", "reason", "said"),
    [
        (SM2_PAIR, Reason.SM2_UNSUPPORTED, ["SKF（GM/T 0016）", "本版本没有", "柜台", "020-89524338", "没有扣款"]),
        (MIXED, Reason.CERTIFICATE_UNREADABLE, ["旧证书", "812字节"]),
        (PAIR, Reason.NO_SIGNING_CERTIFICATE, ["只有加密等用途的证书"]),
    ],
)
async def test_a_refusal_is_seen_whole_at_80x24(token: Token, reason: Reason, said: list[str]) -> None:
    held = refer(token, token.certificates[0])
    shown = people.state(Step.REFUSED, snapshot=Snapshot((token,)), chosen=held, failure=Failure(reason))
    async with staged(shown) as stage:
        assert not [words for words in said if words not in stage.text]
        assert stage.text.count("020-89524338") == 1


async def test_waiting_follows_plug_and_unplug() -> None:
    async with staged(home()) as stage:
        await stage.show(HOME)
        assert "还有20天到期" in stage.text
        await stage.show(home())
        assert "还有20天到期" not in stage.text


@pytest.mark.parametrize(
    ("keys", "event"),
    [
        (["enter"], e.Started()),
        (["right", "enter"], e.CertificatesOpened()),
        (["f4"], e.CertificatesOpened()),
        (["f5"], e.SelfCheckOpened()),
    ],
)
async def test_keys_of_the_waiting_screen(keys: list[str], event: object) -> None:
    async with staged(HOME) as stage:
        assert await stage.press(*keys) == [event]


async def test_what_is_lit_is_what_is_to_be_done_now() -> None:
    async with staged(home()) as stage:
        stage.app.console._color_system = ColorSystem.TRUECOLOR
        stage.app.register_theme(TRUE.theme())
        stage.app.theme = TRUE.name
        await stage.events()
        ground = Color.parse(stage.app.theme_variables["focus"]).rich_color
        for shown, button in ((home(), False), (HOME, True), (home(), False)):
            await stage.show(shown)
            cells = [segment for strip in stage.app.screen._compositor.render_strips() for segment in strip]
            lit = "".join(cell.text for cell in cells if cell.style and cell.style.bgcolor == ground).strip()
            assert lit.startswith("> 开始办理" if button else "请插入CA证书U盘")
            assert ("开始办理" in lit) is button
            assert await stage.press("enter") == ([e.Started()] if button else [])


@pytest.mark.parametrize("size", [(80, 24), (84, 30), (100, 38), (120, 40), (200, 60)])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_first_page_is_seen_whole(
    size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Figures, "half_blocks", True)
    use_language(language)
    try:
        async with staged(home(), size) as stage:
            assert stage.screen.query_one(Body).max_scroll_y == 0
    finally:
        use_language("zh")


async def test_retry_is_a_key_only_while_a_failure_is_shown() -> None:
    async with staged(HOME) as stage:
        assert "重试" not in stage.text
        assert await stage.press("f6") == []
        await stage.show(replace(HOME, failure=Failure(Reason.DESK_UNREACHABLE)))
        assert "无法连接续期服务" in stage.text
        assert await stage.press("f6") == [e.Retried()]


async def test_the_mouse_presses_buttons_and_keys_of_the_key_line() -> None:
    async with staged(HOME) as stage:
        await stage.pilot.click("ActionButton.-main")
        keys = stage.screen.query_one(KeyLine)
        place = next(placed for placed in keys.placed if placed.key.action == "certificates")
        await stage.pilot.click(KeyLine, offset=(keys.gutter.left + place.x, place.row))
        assert await stage.events() == [e.Started(), e.CertificatesOpened()]
