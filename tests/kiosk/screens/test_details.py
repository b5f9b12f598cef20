"""证书详情: chosen by keys or by touch, told in its parts, as text whatever it says; at a counter nothing personal."""

from dataclasses import replace

import pytest
from textual.color import Color

from tests.harness import people
from tests.harness.kiosk.gallery import COMPANY, DETAILS, GALLERY, LONE, OTHERS
from tests.harness.kiosk.stage import Stage, staged
from tui.core.certificate import Token, refer
from tui.core.details import Details, Named
from tui.core.token import Snapshot
from tui.journey import events as e
from tui.journey.state import State, Step
from tui.kiosk.settings import Mode

SHOWN = GALLERY["details"]
FINGERPRINT = "3838 3431 0000 0000"
PERSONAL = ("建筑工程", "91440300100012316L", "5006ZZ", "ca@example.cn", "3838", "5A5A", "308841", "5A3F00")
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])


def looking_at(token: Token, details: Details | None = None) -> State:
    looked_at = refer(token, token.certificates[0])
    return replace(SHOWN, snapshot=Snapshot((token,)), looked_at=looked_at, details=details)


async def read_whole(stage: Stage) -> str:
    """Everything, page by page; wrapped words are put together."""
    seen = stage.text
    for _ in range(8):
        await stage.press("pagedown")
        seen += stage.text
    return seen


async def test_a_certificate_is_picked_by_keys() -> None:
    async with staged(GALLERY["certificates"]) as stage:
        assert await stage.act("#open-details") == [e.DetailsOpened(refer(LONE, LONE.certificates[0]))]
        await stage.press("up", "up", "down")
        soonest = min(OTHERS, key=lambda token: token.certificates[0].not_after)
        assert await stage.press("enter") == [e.DetailsOpened(refer(soonest, soonest.certificates[0]))]
        await stage.screen.run_action("details")
        assert await stage.events() == [e.DetailsOpened(refer(soonest, soonest.certificates[0]))]


async def test_the_row_under_the_cursor_is_in_one_ink() -> None:
    async with staged(GALLERY["certificates"]) as stage:
        await stage.press("up")
        ground = Color.parse(stage.app.theme_variables["selected"]).rich_color
        marked = [
            segment
            for strip in stage.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style and segment.style.bgcolor == ground and segment.text.strip()
        ]
        assert "可以续期" in "".join(segment.text for segment in marked)
        assert len({segment.style.color for segment in marked if segment.style}) == 1


async def test_a_certificate_is_picked_by_touch() -> None:
    async with staged(GALLERY["certificates"]) as stage:
        row = next(at for at, line in enumerate(stage.text.splitlines()) if "有效期至" in line)
        await stage.pilot.click(offset=(10, row))
        assert await stage.events() == [e.DetailsOpened(refer(LONE, LONE.certificates[0]))]
        await stage.pilot.click("#open-details")
        assert await stage.events() == [e.DetailsOpened(refer(LONE, LONE.certificates[0]))]


async def test_of_one_certificate_on_two_tokens_the_one_is_meant_that_was_picked() -> None:
    twice = Snapshot((people.TOKEN, people.token(people.OLD, serial="S2")))
    async with staged(people.state(Step.CERTIFICATES, snapshot=twice)) as stage:
        opened = await stage.act("#open-details") + await stage.press("up", "up", "down", "enter")
        assert [event.certificate.token_serial for event in opened if isinstance(event, e.DetailsOpened)] == [
            "S1",
            "S2",
        ]


async def test_the_cursor_stays_with_its_certificate_and_no_list_offers_no_details() -> None:
    async with staged(people.state(Step.CERTIFICATES, snapshot=Snapshot((LONE, OTHERS[0])))) as stage:
        await stage.press("up", "down")
        await stage.show(people.state(Step.CERTIFICATES, snapshot=Snapshot((OTHERS[0], people.TOKEN, LONE))))
        assert await stage.act("#open-details") == [e.DetailsOpened(refer(OTHERS[0], OTHERS[0].certificates[0]))]
        await stage.show(people.state(Step.CERTIFICATES, snapshot=Snapshot()))
        assert "证书详情" not in stage.text


@SIZES
async def test_every_part_is_told(size: tuple[int, int]) -> None:
    async with staged(SHOWN, size) as stage:
        told = await read_whole(stage)
        for words in (
            *(
                "还有20天到期",
                "持有者",
                f"单位            {COMPANY}",
                "91440300100012316L",
                "网证通唯一标识",
                "ca@example.cn",
            ),
            *(
                "RSA，2048位",
                "数字签名、抗抵赖",
                "登录身份、安全邮件",
                "http://crl.example.cn/BusinessCA.crl",
                "2.5.29.16",
            ),
            *("CA序列号        GM308841", "槽位            0", "私钥            在CA中", FINGERPRINT, "C3C3 C3C3"),
        ):
            assert words in told, words
        assert await stage.press("f3") == [e.BackPressed()]


async def test_what_is_known_already_is_told_before_the_rest_is_read() -> None:
    async with staged(replace(SHOWN, details=None)) as stage:
        assert COMPANY in stage.text
        await stage.show(SHOWN)
        assert "NETCA Business CA" in await read_whole(stage)


async def test_of_an_sm2_certificate_and_of_one_that_breaks_the_rules_what_can_be_read_is_told() -> None:
    odd = people.certificate("gm", key="SM2", well_formed=False)
    async with staged(looking_at(people.token(odd), Details(signature="SM2-SM3")), (120, 60)) as stage:
        told = stage.text
        for _page in range(4):
            await stage.press("pagedown")
            told += stage.text
        for words in ("国密SM2，256位", "SM2-SM3", "不完全符合标准，只显示能读出的内容", "676D 0000"):
            assert words in told


async def test_of_dates_that_cannot_be_read_no_day_is_told() -> None:
    odd = people.certificate("odd", dated=False, well_formed=False)
    async with staged(looking_at(people.token(odd), Details()), (120, 60)) as stage:
        told = stage.text
        for _page in range(4):
            await stage.press("pagedown")
            told += stage.text
        for words in ("有效期无法读取，不能在线续期", "生效时间", "无法读取"):
            assert words in told
        assert str(odd.not_before.year) not in told


async def test_of_bytes_that_are_none_their_place_and_fingerprint_are_told() -> None:
    bad = people.certificate("bad", readable=False, label="旧证书", der=b"x" * 812, key="", has_private_key=False)
    async with staged(looking_at(people.token(bad), Details()), (120, 60)) as stage:
        for words in ("旧证书", "812字节", "无法读取", "槽位", "SHA-256", "不在CA中"):
            assert words in stage.text


async def test_text_of_a_certificate_is_only_text() -> None:
    markup = "[bold red]x[/] [@click=app.exit]y[/]"
    details = Details(subject=(Named("CN", markup), Named("1.2.3", "[/nonsense]")))
    async with staged(looking_at(people.token(people.certificate("m")), details), (120, 60)) as stage:
        assert markup in stage.text
        assert "[/nonsense]" in stage.text


async def test_at_a_counter_nothing_is_told_by_which_somebody_is_known() -> None:
    async with staged(SHOWN) as stage:
        stage.app.mode = Mode.COUNTER
        await stage.show(replace(SHOWN, details=None))
        await stage.show(SHOWN)
        told = await read_whole(stage)
        assert not [words for words in PERSONAL if words in told]
        for words in ("还有20天到期", "NETCA Business CA", "RSA，2048位", "http://ocsp.example.cn/"):
            assert words in told
        assert DETAILS.codes[0].value not in told
