"""The screens of the arrival: the state in, what is shown; keys in, the events out."""

import unicodedata
from dataclasses import replace

import pytest
from textual.widgets import Input, OptionList

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.core.certificate import Usage, refer
from tui.core.failure import Failure, Reason
from tui.core.order import ApplicationStatus, Document, Offer
from tui.core.token import ModuleFault, Readers, Snapshot
from tui.journey import events as e
from tui.journey.ports import Check
from tui.journey.state import Busy, Step
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.secret_field import SecretField

HOSTILE = "[@click=app.exit]T[/] [/ \x1b[31m\u202e$accent"
ARRIVAL = [step for step in Step if step.stage <= 2 and step is not Step.WITHDRAWN]
EXPIRED = people.token(people.certificate("expired", -3))
EARLY = people.token(people.certificate("early", 200))


async def test_several_renewable_certificates_are_chosen_from() -> None:
    other = people.token(people.certificate("second", 30), serial="S2")
    state = people.state(Step.CHOOSING, snapshot=Snapshot((people.TOKEN, other, EXPIRED)))
    async with staged(state) as stage:
        assert stage.screen.query_one(OptionList).option_count == 2
        assert "expired" not in stage.text
        assert await stage.press("down", "enter") == [e.CertificateChosen(other.certificates[0].fingerprint)]
        assert await stage.press("f3") == [e.BackPressed()]


async def test_sign_in_hands_over_account_and_password_once() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        posted = await stage.press(*"acc", "enter", *"p4ss", "enter")
        assert [type(event) for event in posted] == [e.SignInSubmitted]
        submitted = posted[0]
        assert isinstance(submitted, e.SignInSubmitted)
        assert (submitted.account, bytes(submitted.password.reveal())) == ("acc", b"p4ss")
        assert stage.screen.query_one(SecretField).length == 0
        assert "p4ss" not in repr(posted) + stage.text


async def test_sign_in_says_what_is_missing_at_the_field() -> None:
    async with staged(people.state(Step.SIGN_IN, account="")) as stage:
        assert await stage.press("enter", "enter") == []
        assert stage.text.count("必须填写") == 2
        assert await stage.press(*"acc", "enter", "enter") == []
        assert stage.text.count("必须填写") == 1


async def test_a_refused_password_keeps_the_account() -> None:
    refused = people.state(Step.SIGN_IN, account="acc", failure=Failure(Reason.WRONG_PASSWORD))
    async with staged(refused) as stage:
        assert stage.screen.query_one(Input).value == "acc"
        assert isinstance(stage.app.focused, SecretField)
        assert "账号或密码不正确" in stage.text


async def test_a_long_notice_lights_its_button_at_its_end() -> None:
    text = "\n\n".join(f"第{number}条" for number in range(40))
    async with staged(people.state(Step.NOTICE, notice=Document("1", "须知", text, ""))) as stage:
        button = stage.screen.query_one("ActionButton.-main", ActionButton)
        assert not button.is_lit
        assert await stage.press("end", "down", "enter") == [e.NoticeAccepted()]


async def test_a_short_notice_is_accepted_at_once() -> None:
    async with staged(people.state(Step.NOTICE)) as stage:
        assert await stage.press("enter") == [e.NoticeAccepted()]


async def test_a_notice_under_way_cannot_be_accepted() -> None:
    async with staged(people.state(Step.NOTICE, notice=None, busy=Busy.LOADING)) as stage:
        assert stage.screen.query_one("ActionButton.-main", ActionButton).disabled
        await stage.show(people.state(Step.NOTICE))
        assert await stage.press("enter") == [e.NoticeAccepted()]


@pytest.mark.parametrize(
    ("offer", "label"),
    [
        (people.OFFER, "申请续期"),
        (Offer((), people.application(ApplicationStatus.ENTERED)), "继续办理"),
        (Offer((), people.application(ApplicationStatus.WITHDRAWN)), "申请续期"),
    ],
)
async def test_the_card_offers_the_one_way_on(offer: Offer, label: str) -> None:
    async with staged(people.state(Step.CARD, offer=offer)) as stage:
        assert f"> {label} <" in stage.text
        assert ("已录入" in stage.text) is (label == "继续办理")
        assert "2026年12月13日 13:00" in stage.text
        assert await stage.press("enter") == [e.RenewalRequested()]


async def test_a_button_that_closes_under_the_finger_hands_no_enter_to_its_neighbour() -> None:
    async with staged(people.state(Step.CARD)) as stage:
        await stage.show(people.state(Step.CARD, busy=Busy.SAVING))
        assert await stage.press("enter") == []
        await stage.show(people.state(Step.CARD, failure=Failure(Reason.DESK_UNREACHABLE)))
        assert await stage.press("enter") == [e.RenewalRequested()]


async def test_the_card_waits_for_the_desk() -> None:
    async with staged(people.state(Step.CARD, offer=None, busy=Busy.CHECKING)) as stage:
        assert await stage.press("enter") == []
        await stage.show(people.state(Step.CARD))
        assert await stage.press("enter") == [e.RenewalRequested()]


async def test_every_certificate_is_listed() -> None:
    shown = people.state(Step.CERTIFICATES, snapshot=Snapshot((people.TOKEN, EXPIRED)))
    async with staged(shown, size=(120, 40)) as stage:
        for words in ("old", "expired", "RSA-2048", "已过期3天", "2026年12月13日 13:00"):
            assert words in stage.text
        assert await stage.press("enter") == [e.BackPressed()]


async def test_self_check_says_what_is_wrong_and_what_to_do() -> None:
    checks = (Check("clock", True, "1秒"), Check("desk", False, "x", Failure(Reason.DESK_UNREACHABLE)))
    async with staged(people.state(Step.SELF_CHECK, checks=checks)) as stage:
        for words in ("[正常] 系统时间", "[异常] 续期服务", "请检查网络"):
            assert words in stage.text
        assert await stage.press("f6") == [e.Retried()]


async def test_whoever_corrects_the_account_after_a_refusal_stays_in_its_field() -> None:
    refused = people.state(Step.SIGN_IN, account="", failure=Failure(Reason.WRONG_PASSWORD))
    async with staged(replace(refused, failure=None)) as stage:
        await stage.show(refused)
        assert stage.screen.focused is stage.screen.query_one("#password")
        await stage.press("shift+tab", *"supp")
        await stage.show(replace(refused, desk_reachable=False))
        await stage.press(*"lier")
        assert stage.screen.query_one("#account", Input).value == "supplier"


async def test_a_refusal_names_reason_way_out_and_hotline() -> None:
    async with staged(people.state(Step.REFUSED, failure=Failure(Reason.CERTIFICATE_EXPIRED))) as stage:
        for words in ("证书已过期", "《CA办理指南》", "020-89524338", "4008301330"):
            assert words in stage.text
        assert await stage.press("enter") == [e.BackPressed()]


async def test_an_enter_typed_when_the_token_slips_out_does_not_end_the_journey() -> None:
    async with staged(people.state(Step.TOKEN_AWAITED, return_to=Step.FORM, snapshot=Snapshot(()))) as stage:
        assert await stage.press("enter") == []
        assert await stage.press("tab", "enter") == [e.BackPressed()]


async def test_what_is_under_way_is_seen_whole_beside_a_long_certificate() -> None:
    pair = people.token(replace(people.OLD, usage=Usage.SIGNING), people.certificate("enc", usage=Usage.ENCRYPTION))
    long = replace(pair.certificates[0], issuer="CN=NETCA," * 20)
    pair = replace(pair, certificates=(long, *pair.certificates[1:]))
    offer = replace(people.OFFER, application=people.application(ApplicationStatus.ENTERED))
    shown = people.state(Step.CARD, offer=offer, snapshot=Snapshot((pair,)), chosen=refer(pair, long))
    async with staged(shown) as stage:
        for words in ("已有一笔办理中的申请", "业务单号：B1", "未支付"):
            assert words in stage.text


async def test_a_long_list_is_paged_from_its_button() -> None:
    tokens = tuple(people.token(people.certificate(f"c{n}"), serial=f"S{n}") for n in range(4))
    async with staged(people.state(Step.CERTIFICATES, snapshot=Snapshot(tokens))) as stage:
        assert "c3" not in stage.text
        await stage.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        assert "c3" in stage.text
        assert await stage.press("enter") == [e.BackPressed()]


async def test_the_awaited_token_is_named() -> None:
    away = people.state(Step.TOKEN_AWAITED, snapshot=Snapshot(), return_to=Step.FORM)
    async with staged(away) as stage:
        for words in ("请插回原来的CA", "S1", "续期申请表"):
            assert words in stage.text
        await stage.show(replace(away, snapshot=Snapshot((EARLY,))))
        assert "不是原来的CA" in stage.text
        assert "CA已经插好的" not in stage.text
        assert await stage.press("f3") == [e.BackPressed()]


NO_SERVICE = Snapshot(readers=Readers.NO_SERVICE)
CRASHED = Snapshot(faults=(ModuleFault("/m.so", Failure(Reason.DRIVER_CRASHED)),))
UNREAD = Snapshot((replace(people.TOKEN, certificates=(), fault="CKR_HOST_MEMORY"),))


@pytest.mark.parametrize(
    ("snapshot", "told", "not_told"),
    [
        (NO_SERVICE, ["请插回原来的CA", "CA已经插好的", "读卡服务没有运行", "E-113"], "不是原来的CA"),
        (CRASHED, ["请插回原来的CA", "CA已经插好的", "CA驱动意外退出", "020-89524338"], "不是原来的CA"),
        (UNREAD, ["原来的CA已插回，但无法读取", "CA或其驱动报告故障", "重新插入"], "CKR_"),
        (Snapshot(readers=Readers.NONE), ["请插回原来的CA"], "CA已经插好的"),
    ],
)
async def test_one_that_was_put_back_and_cannot_be_seen_is_not_just_asked_for_again(
    snapshot: Snapshot, told: list[str], not_told: str
) -> None:
    away = people.state(Step.TOKEN_AWAITED, snapshot=snapshot, return_to=Step.INSTALL_PIN)
    async with staged(away) as stage:
        assert not [words for words in told if words not in stage.text]
        assert not_told not in stage.text
        assert "证书序列号" in stage.text
        await stage.show(replace(away, failure=Failure(Reason.DRIVER_CRASHED)))
        assert stage.text.count("CA驱动意外退出") == 1


@pytest.mark.parametrize(
    ("snapshot", "told"),
    [(NO_SERVICE, "读卡服务没有运行"), (UNREAD, "CA或其驱动报告故障"), (Snapshot(), "没有找到CA")],
)
async def test_my_certificates_says_why_none_is_listed(snapshot: Snapshot, told: str) -> None:
    async with staged(people.state(Step.CERTIFICATES, snapshot=snapshot)) as stage:
        assert told in stage.text
        assert "没有证书" not in stage.text
        assert "CKR_" not in stage.text


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (20, 5)])
async def test_hostile_text_is_drawn_as_text(size: tuple[int, int]) -> None:
    certificate = people.certificate("h", 20, common_name=HOSTILE, subject=f"CN={HOSTILE}", issuer=HOSTILE)
    token = people.token(certificate, label=HOSTILE, serial=HOSTILE, fault=HOSTILE)
    other = people.token(replace(certificate, fingerprint="ff"), label=HOSTILE)
    service = replace(people.SERVICE, hotline=HOSTILE)
    shown = people.state(
        Step.WAITING,
        snapshot=Snapshot((token, other)),
        service=service,
        account=HOSTILE,
        notice=Document("1", HOSTILE, HOSTILE, ""),
        failure=Failure(Reason.DESK_FAULT, HOSTILE),
        checks=(Check(HOSTILE, False, HOSTILE, Failure(Reason.DESK_FAULT, HOSTILE)),),
        application=people.application(business_no=HOSTILE),
        chosen=replace(people.REF, fingerprint=certificate.fingerprint, token_label=HOSTILE, token_serial=HOSTILE),
    )
    async with staged(shown, size=size) as stage:
        for step in ARRIVAL:
            await stage.show(replace(shown, step=step))
            assert "\x1b" not in stage.text, step
            assert "\u202e" not in stage.text, step
            assert stage.app.return_code is None
            if size[0] > 20:
                assert "[@click=app.exit]T[/]" in stage.text, step


@pytest.mark.parametrize("step", ARRIVAL)
async def test_no_glyph_is_of_ambiguous_width_and_all_fits_80x24(step: Step) -> None:
    text = "\n".join(f"第{number}条 须知" for number in range(40))
    other = people.token(people.certificate("second", 30), serial="S2")
    snapshot = Snapshot((people.TOKEN, other))
    async with staged(people.state(step, snapshot=snapshot, notice=Document("1", "须知", text, ""))) as stage:
        assert not [c for c in stage.text if unicodedata.east_asian_width(c) == "A"]
        lines = stage.text.splitlines()
        assert "F1" in lines[-1]
        assert "CA：" in lines[-2]
        if actions := stage.screen.query("#actions ActionButton"):
            assert all(str(b.label) in stage.text for b in actions.results(ActionButton) if b.display)
