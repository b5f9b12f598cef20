"""When what is inserted is good for nothing, so that the first screen says what stops it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.harness.people import NOW, certificate, token
from tui.core.certificate import Certificate, PinState
from tui.core.failure import Failure, Reason
from tui.core.token import ModuleFault, Readers, Snapshot
from tui.journey.renewable import in_trouble
from tui.journey.state import State

RENEWABLE, EARLY, EXPIRED = certificate(), certificate("early", 200), certificate("expired", -1)
RENEWED = certificate(renewed_until=NOW + timedelta(days=365))
BOTH_OVER = certificate("over", -9, renewed_until=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("held", "trouble"),
    [
        ((), True),
        ((RENEWABLE,), False),
        ((EARLY,), False),
        ((EXPIRED,), True),
        ((EXPIRED, RENEWABLE), False),
        ((RENEWED,), False),
        ((BOTH_OVER,), True),
    ],
    ids=["none", "renewable", "too early", "expired", "one of two", "renewed", "renewed, and its successor is over"],
)
def test_a_token_without_a_good_certificate_is_trouble(held: tuple[Certificate, ...], trouble: bool) -> None:
    assert in_trouble(State(snapshot=Snapshot((token(*held),)), now=NOW)) is trouble


def test_a_pin_that_must_be_changed_first_is_trouble() -> None:
    assert in_trouble(State(snapshot=Snapshot((token(RENEWABLE, pin_to_be_changed=True),)), now=NOW))


def test_a_locked_token_is_trouble_where_there_is_no_other() -> None:
    locked = token(RENEWABLE, pin_state=PinState.LOCKED)
    assert in_trouble(State(snapshot=Snapshot((locked,)), now=NOW))
    assert not in_trouble(State(snapshot=Snapshot((locked, token(EARLY, serial="S2"))), now=NOW))


def test_no_token_is_trouble_only_where_one_was_asked_for_or_none_can_be_seen() -> None:
    empty = State(snapshot=Snapshot(), now=NOW)
    assert not in_trouble(State())
    assert not in_trouble(empty)
    assert in_trouble(replace(empty, failure=Failure(Reason.NO_TOKEN)))
    assert in_trouble(
        replace(empty, snapshot=Snapshot(faults=(ModuleFault("/lib/m.so", Failure(Reason.DRIVER_HUNG)),)))
    )
    assert in_trouble(replace(empty, snapshot=Snapshot(readers=Readers.NO_SERVICE)))
