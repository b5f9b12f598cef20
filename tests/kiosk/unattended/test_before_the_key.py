"""The desk is asked about the draft before the token makes a key for it."""

import pytest

from tests.harness.kiosk.ports_double import lost
from tests.harness.kiosk.renewing import ISSUED, ISSUING, SHOWN, desk_script, renewed, token_script
from tests.harness.people import application
from tui.core.exits import Exit
from tui.kiosk.unattended import journey
from tui.kiosk.unattended.report import Installed, Issued, Paid


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "PAUSE", 0.01)


def test_a_desk_that_is_lost_before_the_key_is_made_is_asked_again() -> None:
    tokens = token_script()
    desk = desk_script(resumed=True, application=[lost(), application(), SHOWN, ISSUING, ISSUED])
    code, _ = renewed(desk, tokens)
    assert (code, tokens.pins, desk.count("submit")) == (Exit.DONE, ["246810", "246810"], 1)


def test_a_draft_that_was_finished_elsewhere_costs_no_key() -> None:
    tokens = token_script()
    code, kept = renewed(desk_script(resumed=True, application=[ISSUED]), tokens)
    assert (code, kept.kinds, tokens.pins) == (Exit.DONE, [Paid, Issued, Installed], ["246810"])
