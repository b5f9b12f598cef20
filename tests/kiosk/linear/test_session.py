"""The journey line by line, through the real flow and runtime: to its end, and left at every question."""

import time
from dataclasses import replace

import pytest

from tests.harness.kiosk.lines import ANSWERS, PASSWORD, PIN, Visit
from tests.harness.kiosk.ports_double import lost
from tests.harness.kiosk.renewing import ENTERED, INSTALLED, ISSUED, ISSUING, SHOWN, desk_script, token_script
from tests.harness.people import NOW, OFFER, OLD, application, certificate, token
from tui.core.certificate import PinState
from tui.core.exits import Exit
from tui.core.failure import DeskError, Failure, Reason, TokenError
from tui.core.order import ApplicationStatus
from tui.core.policy import OldPair
from tui.core.token import Snapshot
from tui.journey.events import TokensSeen
from tui.journey.state import Step
from tui.kiosk.linear import session
from tui.kiosk.linear.dialogues.registry import DIALOGUES
from tui.kiosk.linear.terminal import Terminal
from tui.kiosk.watchdog import IdleClock


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BEAT", 0.01)


def test_from_the_token_to_the_new_certificate() -> None:
    visit = Visit(ANSWERS)
    assert visit.code == Exit.DONE
    for words in ("第4步，共8步", "¥ 200.00", "https://qr.alipay.com/", "证书安装完成！", "还有20天到期"):
        assert words in visit.text
    assert visit.tokens.pins == [PIN, PIN]
    assert visit.desk.count("sign_out") == 1
    assert [mark for mark in ("\x1b", "\r", PIN, PASSWORD) if mark in visit.text] == []


@pytest.mark.parametrize("answered", range(len(ANSWERS)))
def test_the_end_of_the_input_at_any_question_tells_what_is_kept(answered: int) -> None:
    visit = Visit(ANSWERS[:answered])
    finished = answered == len(ANSWERS) - 1
    assert visit.code == (Exit.DONE if finished else 129)
    said = visit.text.rpartition("已结束。")[2]
    assert ("申请B1保存在续期服务中" in said) is (answered >= 17 and not finished), said
    assert ("没有扣款" in said or "不会重复收费" in said or "证书安装完成" in said) is True
    assert visit.tokens.closed


@pytest.mark.parametrize("answered", range(len(ANSWERS)))
def test_ctrl_c_at_any_question_ends_cleanly(answered: int) -> None:
    def interrupt(visit: Visit) -> None:
        visit.session.interrupt(130)

    visit = Visit(ANSWERS[:answered], then=interrupt)
    assert visit.code == 130
    assert "已结束。" in visit.text
    assert len(visit.tokens.pins) <= 2


GARBAGE = (
    b"\xff\xfe\x80",
    b"\x1b[31m\x1b]0;x\x07",
    b"-1",
    b"99999999999999999999",
    "１９９".encode(),
    b"x" * 3000,
    b"\x00",
)


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_in_words_and_reaches_neither_screen_nor_token(garbage: bytes) -> None:
    secret = (b"\x1b[A", b"\x00\xff")
    answers: list[str | bytes] = []
    for answer in ANSWERS[:17]:
        free = answer in ("supplier01", PASSWORD, *ANSWERS[8:12], *ANSWERS[13:16])
        answers += [answer] if free else [garbage, answer] if answer else [answer]
    visit = Visit([*answers, *secret, PIN, *ANSWERS[18:-2], *secret, PIN, "1"])
    assert visit.code == Exit.DONE
    assert "\x1b" not in visit.text
    assert visit.tokens.pins == [PIN, PIN]
    assert "请从上面的数字中选一个。" in visit.text


def test_a_field_says_what_is_wrong_and_is_asked_again() -> None:
    wrong = ("110105194912310021", "", "1101")
    visit = Visit([*ANSWERS[:8], *wrong, *ANSWERS[8:]])
    assert visit.code == Exit.DONE
    assert visit.text.count("号码有误，请逐位核对") == 2
    assert "身份证号码应为18位" in visit.text


def test_one_goes_back_field_by_field_and_changes_one_from_the_list() -> None:
    visit = Visit([*ANSWERS[:9], "<", ANSWERS[8], *ANSWERS[9:16], "5", "王五", *ANSWERS[16:]])
    assert visit.code == Exit.DONE
    saved = next(words for name, words in visit.desk.called if name == "save")
    assert saved[2].agent_name == "王五"


def test_the_recipient_may_be_the_agent() -> None:
    visit = Visit([*ANSWERS[:12], "1", *ANSWERS[15:]])
    assert visit.code == Exit.DONE
    saved = next(words for name, words in visit.desk.called if name == "save")
    assert (saved[2].recipient_name, saved[2].recipient_mobile) == (saved[2].agent_name, saved[2].agent_mobile)


def test_a_wrong_pin_is_told_and_never_sent_again_by_itself() -> None:
    refused = TokenError(Failure(Reason.WRONG_PIN, tries_left=2, token_changed=False))
    visit = Visit([*ANSWERS[:17], "1357"], tokens=token_script(answer=refused))
    assert (visit.code, visit.tokens.pins) == (129, ["1357"])
    assert "还可尝试2次。" in visit.text
    assert "1357" not in visit.text


def test_the_last_try_is_agreed_to_first() -> None:
    refused = TokenError(Failure(Reason.WRONG_PIN, final_try=True, tries_left=1))
    visit = Visit([*ANSWERS[:17], "1357", "", "1", "2468"], tokens=token_script(answer=refused))
    assert visit.tokens.pins == ["1357", "2468"]
    assert "我已核对，知道再输错CA将锁定" in visit.text


def test_what_was_typed_for_a_token_is_not_for_a_copy_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which has a PIN of its own, and a last try of its own."""
    dropped: list[str] = []
    swapped_at = ""
    first, copy = (token(OLD, serial=serial, pin_state=PinState.FINAL_TRY) for serial in ("S1", "S2"))

    consent = "我已核对，知道再输错CA将锁定"

    def swap(visit: Visit) -> None:
        nonlocal swapped_at
        if not swapped_at and visit.text.endswith("CA密码（不显示）： "):
            swapped_at = visit.text
            dropped.clear()
            visit.session.post(TokensSeen(Snapshot((copy,)), NOW))

    monkeypatch.setattr(Terminal, "drop_typed", lambda terminal: dropped.append(terminal._out.getvalue()))
    answers = [*ANSWERS[:17], "1", "for the first", "1", PIN]
    visit = Visit(answers, tokens=token_script(Snapshot((first,))), whenever=swap)
    assert visit.tokens.pins == [PIN]
    assert consent not in dropped[0].removeprefix(swapped_at)
    assert consent in visit.text.removeprefix(swapped_at)


def test_a_lost_desk_is_told_and_tried_again_at_the_persons_word() -> None:
    visit = Visit([*ANSWERS[:18], "1", *ANSWERS[18:]], desk=desk_script(submit=[lost(), ENTERED]))
    assert (visit.code, visit.tokens.pins) == (Exit.DONE, [PIN, PIN])
    assert "无法连接续期服务。" in visit.text


def test_an_application_is_withdrawn_after_a_second_question() -> None:
    withdrawn = application(ApplicationStatus.WITHDRAWN)
    visit = Visit([*ANSWERS[:19], "2", "1", "2", "2", "1"], desk=desk_script(withdraw=[withdrawn]))
    assert (visit.code, visit.desk.count("withdraw")) == (Exit.DONE, 1)
    assert "申请已撤销" in visit.text


def test_an_application_under_way_is_continued() -> None:
    desk = desk_script(resumed=True, offer=[replace(OFFER, application=ENTERED)], application=[ENTERED])
    visit = Visit(ANSWERS[:5], desk=desk)
    assert "已有一笔办理中的申请" in visit.text
    assert "立即支付" in visit.text


def test_among_several_certificates_one_is_chosen_by_its_number() -> None:
    second = certificate("second", days_left=5)
    visit = Visit(["1", "1", "<", "1", "2", *ANSWERS[1:5]], tokens=token_script(Snapshot((token(OLD, second),))))
    assert [words[0] for name, words in visit.desk.called if name == "offer"] == [OLD.der]


def test_what_cannot_be_renewed_ends_with_its_reason() -> None:
    visit = Visit(["1", "0"], tokens=token_script(Snapshot((token(certificate(days_left=-1)),))))
    assert visit.code == Exit.REFUSED
    assert "证书已过期" in visit.text


def test_the_old_pair_is_deleted_after_a_second_question() -> None:
    both = Snapshot((token(OLD, certificate("new", days_left=385)),))
    desk = desk_script(confirm=[replace(INSTALLED, old_pair=OldPair.DELETE)])
    visit = Visit([*ANSWERS[:-1], "3", "2", PIN, "1"], desk=desk, tokens=token_script(both))
    assert (visit.code, visit.tokens.pins) == (Exit.DONE, [PIN] * 3)
    assert "原证书（已删除）" in visit.text


def test_names_that_hold_orders_to_a_terminal_are_only_text() -> None:
    hostile = certificate("old", common_name="\x1b[2J\x1b]0;owned\x07\u202ename")
    visit = Visit(["1", "supplier01"], tokens=token_script(Snapshot((token(hostile, label="\x1b[31m"),))))
    assert "name" in visit.text
    assert not any(ord(c) < 0x20 and c != "\n" for c in visit.text)
    assert "\u202e" not in visit.text


def test_nobody_there_is_warned_and_signed_out() -> None:
    def go_away(visit: Visit) -> None:
        visit.session.idle.limit = 0.1

    visit = Visit(ANSWERS[:9], then=go_away)
    assert visit.code == Exit.FROZEN
    assert "您还在吗？" in visit.text
    assert "长时间没有操作" in visit.text
    assert "已填写的内容保存在续期服务中" in visit.text
    assert visit.desk.count("keep_form") == 1


def test_a_line_that_is_there_when_the_machine_wakes_after_an_hour_is_not_the_persons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept = 0.0
    told = time.clock_gettime
    monkeypatch.setattr(time, "clock_gettime", lambda clock: told(clock) + slept * (clock == time.CLOCK_BOOTTIME))

    def sleep_at_the_pin(visit: Visit) -> None:
        nonlocal slept
        if visit.session.state.step is Step.REQUEST_PIN and visit.session.asks:
            slept = 3600.0

    visit = Visit(ANSWERS, whenever=sleep_at_the_pin)
    assert (visit.code, visit.tokens.pins) == (Exit.FROZEN, [])
    assert "长时间没有操作" in visit.text


def test_who_paid_without_touching_a_key_has_the_whole_time_for_the_pin() -> None:
    now = 0.0

    def look_at_the_phone(visit: Visit) -> None:
        nonlocal now
        if not now:
            visit.session.idle = IdleClock(120, lambda: now)
        now = max(now, 1.0)
        if visit.session.state.step is Step.QR:
            now = 500.0
            visit.desk.answers["application"] = [ISSUING, ISSUED]

    visit = Visit(ANSWERS, desk=desk_script(application=[SHOWN]), whenever=look_at_the_phone)
    assert (now, visit.code) == (500.0, Exit.DONE)


def test_every_step_has_a_dialogue() -> None:
    assert set(DIALOGUES) == set(Step)


def test_a_wrong_password_asks_for_the_account_again() -> None:
    desk = desk_script(sign_in=[DeskError(Failure(Reason.WRONG_PASSWORD)), None])
    visit = Visit([*ANSWERS[:2], "wrong", "", *ANSWERS[2:]], desk=desk)
    assert (visit.code, visit.desk.count("sign_in")) == (Exit.DONE, 2)
    assert "账号 [supplier01]" in visit.text
