"""A desk whose connections to the database are all in use asks for patience; it has no fault."""

from contextlib import ExitStack

import pytest
from sqlalchemy.pool import QueuePool

from tests.harness.desk.town import Person, Town
from tui.core.failure import Reason


def test_who_finds_no_connection_free_is_told_to_come_again(
    town: Town, person: Person, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = town.desk.engine.pool
    assert isinstance(pool, QueuePool)
    monkeypatch.setattr(pool, "_timeout", 0)
    monkeypatch.setattr(pool, "_max_overflow", 0)
    with ExitStack() as held:
        for _ in range(pool.size()):
            held.enter_context(town.desk.engine.connect())
        answer = person.client.get(f"/v1/applications/{number}", headers=person.headers)
    assert (answer.status_code, answer.json()["reason"]) == (503, Reason.DESK_BUSY.value)
    assert answer.headers["retry-after"] == "2"
