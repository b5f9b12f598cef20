"""Marks follow the code: a test that starts a server is never taken for a fast one."""

import subprocess
from collections.abc import Callable
from pkgutil import resolve_name

import pytest
from hypothesis import given, strategies

from tests.harness.desk.town import Town
from tests.harness.kiosk.stage import staged
from tests.harness.marks import NEEDS, needed
from tests.rig import postgres
from tests.rig.softhsm import make_ca, make_token


def ends_a_process() -> None:
    subprocess.run(["true"], check=True)


def by_a_helper() -> None:
    def inner() -> None:
        ends_a_process()

    inner()


class Helper:
    def method(self) -> None:
        ends_a_process()


def by_a_class(helper: Helper) -> None:
    helper.method()


@pytest.fixture
def process() -> None:
    ends_a_process()


def by_a_fixtures_name(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("process")


async def on_a_screen() -> None:
    async with staged(None):  # type: ignore[arg-type]
        ends_a_process()


def with_a_server() -> None:
    postgres.postgres()


def with_a_token() -> None:
    make_token(None, ca=make_ca())  # type: ignore[arg-type]


def with_a_ca() -> None:
    make_ca()


def at_a_desk(town: Town) -> None:
    assert town


@given(strategies.none())
def for_any(value: None) -> None:
    with_a_server()


@pytest.mark.parametrize(
    ("function", "marks"),
    [
        (ends_a_process, {"process"}),
        (by_a_helper, {"process"}),
        (by_a_class, {"process"}),
        (by_a_fixtures_name, {"process"}),
        (on_a_screen, {"process", "screen"}),
        (with_a_server, {"postgres"}),
        (with_a_token, {"token"}),
        (with_a_ca, set()),
        (at_a_desk, {"desk"}),
        (for_any, {"postgres", "property"}),
    ],
)
def test_a_test_needs_what_its_code_names(function: Callable[..., object], marks: set[str]) -> None:
    assert needed(function) == marks


@pytest.mark.parametrize("name", NEEDS)
def test_what_is_needed_is_called_so(name: str) -> None:
    assert resolve_name(name)
