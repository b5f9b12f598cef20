"""修改CA密码 line by line: what is asked, what is sent, and what is not."""

from dataclasses import replace

import pytest

from tests.harness.kiosk.lines import Visit
from tests.harness.kiosk.renewing import token_script
from tests.harness.people import OLD, token
from tui.core.certificate import PinState
from tui.core.token import Snapshot
from tui.kiosk.linear import session

OLD_PIN, NEW_PIN = "246810", "gate-73"
MY_CERTIFICATES, CHANGE = "2", "2"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BEAT", 0.01)


def test_the_old_pin_is_sent_once_and_none_is_shown() -> None:
    visit = Visit([MY_CERTIFICATES, CHANGE, OLD_PIN, NEW_PIN, NEW_PIN, "1"])
    assert visit.tokens.pins == [OLD_PIN]
    assert "CA密码已修改。以后请用新密码。" in visit.text
    assert [pin for pin in (OLD_PIN, NEW_PIN) if pin in visit.text] == []


def test_what_no_keyboard_types_costs_no_try() -> None:
    visit = Visit([MY_CERTIFICATES, CHANGE, b"\x1b[A", OLD_PIN, NEW_PIN, NEW_PIN])
    assert visit.tokens.pins == [OLD_PIN]
    assert "没有提交，不计入输错次数" in visit.text


def test_the_last_try_is_agreed_to_first() -> None:
    last = replace(token(OLD), pin_state=PinState.FINAL_TRY)
    script = token_script()
    script.snapshots = (Snapshot((last,)),)
    visit = Visit([MY_CERTIFICATES, CHANGE, OLD_PIN, "1", OLD_PIN, NEW_PIN, NEW_PIN], tokens=script)
    assert "我已核对，知道再输错CA将锁定" in visit.text.partition("原CA密码")[0]
    assert visit.tokens.pins == [OLD_PIN]
