"""The five rungs line by line, told when nothing good is inserted, once."""

from dataclasses import replace

from tests.harness.kiosk.gallery import HOME, LONE
from tests.harness.people import NOW, state
from tests.kiosk.linear.test_scanning import Heard
from tui.core.failure import Failure, Reason
from tui.core.token import Readers, Snapshot
from tui.journey.ports import Check
from tui.journey.state import Step
from tui.kiosk.linear.dialogues.arrival import Waiting
from tui.kiosk.linear.dialogues.beside import SelfCheck, TokenAwaited

EMPTY = replace(HOME, snapshot=Snapshot(readers=Readers.NONE))


def test_whoever_begins_without_a_token_hears_how_far_it_goes() -> None:
    heard = Heard()
    dialogue = Waiting(EMPTY, heard)
    dialogue.begin()
    assert not [words for words in heard.said if "读卡器" in words]
    dialogue.present(replace(EMPTY, failure=Failure(Reason.NO_TOKEN)))
    assert heard.said.count("读卡器：异常") == 1
    assert heard.said.count("证书可用：未到") == 1
    assert [words for words in heard.said if words.startswith("客服热线") and "E-111" in words]


def test_a_reader_alone_is_no_news() -> None:
    heard = Heard()
    dialogue = Waiting(EMPTY, heard)
    dialogue.begin()
    before = list(heard.said)
    dialogue.present(replace(EMPTY, snapshot=Snapshot(readers=Readers.PRESENT)))
    assert heard.said == before
    dialogue.present(HOME)
    assert "已插入CA，可以办理续期" in heard.said


def test_the_self_check_has_the_same_rungs() -> None:
    heard = Heard()
    home = replace(HOME, step=Step.SELF_CHECK, snapshot=Snapshot((LONE,)))
    dialogue = SelfCheck(home, heard)
    dialogue.begin()
    dialogue.present(replace(home, checks=(Check("desk", True, "CA"),)))
    assert [
        words
        for words in ("读卡器  正常", "CA  正常", "证书可用  正常", "续期服务  正常  CA")
        if words not in heard.said
    ] == []


def test_whoever_waits_for_a_token_that_is_in_hears_why_it_is_not_seen_once() -> None:
    heard = Heard()
    away = state(Step.TOKEN_AWAITED, snapshot=Snapshot(), return_to=Step.INSTALL_PIN)
    dialogue = TokenAwaited(away, heard)
    dialogue.begin()
    assert not [words for words in heard.said if "读卡服务" in words]
    down = replace(away, snapshot=Snapshot(readers=Readers.NO_SERVICE))
    dialogue.present(down)
    dialogue.present(replace(down, now=NOW))
    assert len([words for words in heard.said if words.startswith("CA已经插好的：读卡服务没有运行")]) == 1
