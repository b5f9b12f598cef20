"""证书详情 line by line, on the real runtime: what is told, and a file where nobody else comes."""

from pathlib import Path

import pytest

from tests.harness.kiosk.lines import Visit
from tests.harness.people import OLD
from tui.kiosk.linear import session

MY_CERTIFICATES, DETAILS, SAVE, BACK = "2", "3", "2", "1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "BEAT", 0.01)


def test_the_certificate_is_told_in_its_parts_and_saved(tmp_path: Path) -> None:
    visit = Visit([MY_CERTIFICATES, DETAILS, SAVE, BACK, BACK], folder=tmp_path)
    for words in ("证书详情：old", "名称：DER old", "SHA-256：6F6C 6400", "槽位：0", "已保存："):
        assert words in visit.text
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [OLD.der]


def test_where_others_come_nothing_is_saved() -> None:
    visit = Visit([MY_CERTIFICATES, DETAILS, SAVE])
    assert "请从上面的数字中选一个。" in visit.text.partition("SHA-256")[2]
