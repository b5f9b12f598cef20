"""What ends by time alone; applications and forms are looked at where they are tested."""

from tests.harness.desk.town import Town
from tui.desk.renewals.lapse import lapse
from tui.desk.storage.database import reading
from tui.desk.storage.records import SessionRecord


def test_sessions_that_are_over_are_forgotten_and_no_other(town: Town) -> None:
    town.person()
    going = town.person()
    town.later(minutes=20)
    going.entered()  # which lengthens its session
    town.later(minutes=20)
    lapse(town.desk, town.clock.now)
    with reading(town.desk.engine) as db:
        assert db.unit.query(SessionRecord).count() == 1
