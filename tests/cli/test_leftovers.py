"""`token leftovers --account`: what the desk says of an application decides whether its key may go."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from tests.cli.test_certs import settings
from tests.harness.kiosk.ports_double import DeskScript, lost
from tests.harness.people import SNAPSHOT, application
from tui.cli.token.leftovers import leftovers
from tui.core.exits import Exit
from tui.core.failure import DeskError, Failure, Reason
from tui.core.leftover import Kept, LeftoverKey
from tui.core.order import ApplicationStatus as S
from tui.core.secret import Secret
from tui.core.sighting import Sighting
from tui.core.token import Snapshot

UNTOLD = {"GD08": Reason.APPLICATION_MISSING, "GD09": Reason.NOT_THE_APPLICANT}
"""Applications of which the desk does not tell this account."""
STANDS = dict(zip(("GD01", "GD02", "GD03", "GD04", "GD05", "GD06", "GD07", "GD00"), S, strict=True))


class Desk(DeskScript):
    """Tells how each application stands; under `GD10` it tells of another one."""

    async def application(self, number: str) -> Sighting:
        if number in UNTOLD:
            raise DeskError(Failure(UNTOLD[number]))
        return Sighting(
            application(STANDS.get(number, S.WITHDRAWN), business_no="GD11" if number == "GD10" else number)
        )


class Tokens:
    """One token with a key of each application, and one of none."""

    def __init__(self) -> None:
        numbers = [*STANDS, *UNTOLD, "GD10"]
        made = [
            LeftoverKey(f"{at:02x}", number, "EC-P256", number, 1, 1, number, Kept.APPLICATION)
            for at, number in enumerate(numbers)
        ]
        self.keys = (*made, LeftoverKey("ff", "旧钥", "EC-P256", "ff", 1, 1))
        self.told: tuple[str, ...] = ()
        self.deleted: tuple[LeftoverKey, ...] = ()

    async def take_snapshot(self) -> Snapshot:
        return SNAPSHOT

    async def leftovers(
        self, *_: Any, over: tuple[str, ...] = (), delete: tuple[LeftoverKey, ...] = ()
    ) -> tuple[LeftoverKey, ...]:
        self.told, self.deleted = over, delete
        return tuple(key for key in self.keys if key.identity not in {each.identity for each in delete})

    async def close(self) -> None:
        """Nothing is held."""


class Asking:
    """An operator who consents to every deletion that is offered."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def say(self, *sentences: str) -> None:
        pass

    def secret(self, question: str, kind: Callable[[bytes], Secret]) -> Secret:
        return kind(b"123456")

    def word(self, question: str) -> str:
        found = re.search(r"完整输入(\w+)，", question)
        assert found
        return found[1]


@pytest.fixture
def desk() -> Desk:
    """The desk that is asked."""
    return Desk(sign_in=[None])


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Tokens:
    """The token that is in; the operator sits before it."""
    made = Tokens()
    monkeypatch.setattr("tui.cli.token.asking.Asking", Asking)
    monkeypatch.setattr("tui.kiosk.wiring.tokens", lambda _: made)
    monkeypatch.setattr("tui.kiosk.wiring.desk", lambda _: desk)
    return made


def test_keys_of_applications_that_are_over_may_go_and_all_others_stay(
    tmp_path: Path, desk: Desk, tokens: Tokens
) -> None:
    assert leftovers(settings(tmp_path), "", delete=True, account="supplier01", as_json=False) == Exit.DONE
    over = {number for number, status in STANDS.items() if status in (S.WITHDRAWN, S.LAPSED, S.FAILED)}
    assert len(over) == 3
    assert set(tokens.told) == over
    assert {key.label for key in tokens.deleted} == {*over, "旧钥"}
    assert (desk.count("sign_out"), desk.count("close")) == (1, 1)


def test_without_an_account_the_desk_is_not_asked(tmp_path: Path, desk: Desk, tokens: Tokens) -> None:
    assert leftovers(settings(tmp_path), "", delete=True, account="", as_json=False) == Exit.DONE
    assert (tokens.told, [key.label for key in tokens.deleted], desk.called) == ((), ["旧钥"], [])


def test_a_desk_that_is_lost_has_nothing_deleted(
    tmp_path: Path, desk: Desk, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(number: str) -> Sighting:
        raise lost()

    monkeypatch.setattr(desk, "application", unreachable)
    with pytest.raises(DeskError):
        leftovers(settings(tmp_path), "", delete=True, account="supplier01", as_json=False)
    assert (tokens.deleted, desk.count("sign_out"), desk.count("close")) == ((), 1, 1)
