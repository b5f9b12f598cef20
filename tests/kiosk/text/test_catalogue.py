"""English is whole: each message of the program is in the catalogue, the compiled file is its own, nothing is cut."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter
from typing import TypeVar

import pytest
from babel.messages.catalog import Catalog
from rich.cells import cell_len
from textual.widgets import Static

from tests.harness.kiosk.stage import staged
from tests.harness.people import ATTEMPT, NOW, OLD, application, certificate, state
from tests.kiosk.text.catalogue import MO, ROOT, extracted, known
from tui.core.failure import Failure, Money, Reason
from tui.core.order import ApplicationStatus, FeeLine, Order
from tui.core.token import Installation, TokenStage
from tui.journey.ports import Check
from tui.journey.state import State, Step
from tui.kiosk.text import LANGUAGE_NAMES, _, use_language
from tui.kiosk.text.dates import clock, day, moment
from tui.kiosk.text.wording import explain
from tui.kiosk.widgets.action import ActionButton
from tui.kiosk.widgets.key_line import KeyLine
from tui.kiosk.widgets.step_indicator import STAGE_WORDS

T = TypeVar("T")

CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
ENGLISH = {str(message.id): str(message.string) for message in known() if message.id}
REFRESH = "run python -m tests.kiosk.text.catalogue"


@cache
def trees() -> dict[Path, ast.Module]:
    """The program's modules."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tui").rglob("*.py"))}


@pytest.fixture
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("zh")


def test_the_catalogue_holds_what_the_program_says_and_no_more() -> None:
    assert _entries(known()) == _entries(extracted()), REFRESH


def test_no_marked_text_escapes_the_catalogue() -> None:
    """Babel reads tokens, and Python 3.11 has none inside an f-string."""
    marked = set()
    for tree in trees().values():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="_" | "N_"), args=[ast.Constant(value=str(message))]) if message:
                    marked.add(message)
    assert marked == set(ENGLISH)


def test_the_compiled_file_is_of_this_catalogue() -> None:
    with MO.open("rb") as file:
        catalogue = GNUTranslations(file)
    assert {message: catalogue.gettext(message) for message in ENGLISH} == ENGLISH, REFRESH


def test_a_translation_is_english_and_names_the_same_values() -> None:
    for message, told in ENGLISH.items():
        assert told.strip(), message
        assert told.isascii(), message
        assert _fields(told) == _fields(message), message
        assert told.count("\n") == message.count("\n"), message


def test_no_message_is_translated_before_the_language_is_chosen() -> None:
    for path, tree in trees().items():
        early = [node.lineno for node in _at_import(tree) if _translates(node)]
        assert not early, (path, early)


def test_the_source_text_needs_no_catalogue() -> None:
    use_language("zh")
    assert _("请插入CA") == "请插入CA"


@pytest.mark.usefixtures("english")
def test_the_rail_fits_80_columns() -> None:
    assert sum(len(f" {n} {_(word)} ") for n, word in enumerate(STAGE_WORDS, 1)) + len(STAGE_WORDS) - 1 <= 78


@pytest.mark.usefixtures("english")
def test_times_are_written_as_in_english() -> None:
    at = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
    assert (moment(at), day(at), clock(at)) == ("24 Nov 2026 02:05", "24 Nov 2026", "24 Nov 02:05")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (Failure(Reason.WRONG_PIN, tries_left=3), "The PIN is wrong. 3 attempts left."),
        (Failure(Reason.WRONG_PIN, final_try=True), "The PIN is wrong. This is the last attempt."),
        (Failure(Reason.DESK_BUSY, retry_after=30), "Please wait a moment and retry. Please wait 30 s."),
    ],
)
def test_sentences_are_parted_by_one_blank(failure: Failure, said: str) -> None:
    words = explain(failure, Money.NOT_TOUCHED)
    assert said in (words.happened, words.advice)


def _entries(catalogue: Catalog) -> dict[str, tuple[set[str], str]]:
    """Message -> files that say it, comments for translators."""
    return {
        str(message.id): ({file for file, _line in message.locations}, " ".join(message.auto_comments))
        for message in catalogue
        if message.id
    }


def _fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def _at_import(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions that run when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _at_import(node)


def _translates(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


PAYING = application(
    ApplicationStatus.ENTERED,
    business_no="YW2026112312000012345678",
    order=Order("DD2026112312000087654321", NOW, (FeeLine("Certificate", 20000, 1, 20000),), 20000),
    attempt=replace(ATTEMPT, attempt_no="ZF2026112312000013572468"),
)
"""With numbers as long as the desk's own."""
STATES: dict[Step, dict[str, object]] = {
    Step.INSTALLING: {"stage": TokenStage.PROVING},
    Step.REQUESTING: {"stage": TokenStage.KEY_PAIR},
    Step.DONE: {"installation": Installation(OLD, certificate("new", days_left=385), b"")},
    Step.SELF_CHECK: {"checks": (Check("token", True, "S1"), Check("desk", False, "", Failure(Reason.DESK_FAULT)))},
    Step.REFUSED: {"failure": Failure(Reason.TOO_EARLY)},
    Step.REQUEST_PIN: {"failure": Failure(Reason.WRONG_PIN, tries_left=3)},
}


@pytest.mark.usefixtures("english")
async def test_every_screen_speaks_english_and_cuts_nothing_at_80x24() -> None:
    async with staged(State()) as stage:
        for step in Step:
            await stage.show(latin(state(step, **{"application": PAYING, **STATES.get(step, {})})))
            text = stage.text
            assert not CJK.findall(text.replace(LANGUAGE_NAMES, "")), text
            keys = stage.screen.query_one(KeyLine)
            assert text.splitlines()[-keys.rows].split()[:2] == ["F1", "Help"]
            assert all(placed.x + placed.face.cell_length <= keys.content_size.width for placed in keys.placed)
            for line in stage.screen.query("StepIndicator, StatusLine").results(Static):
                assert cell_len(str(line.content)) <= line.content_size.width
            for label in stage.screen.query(".field-label, .label").results(Static):
                assert cell_len(str(label.content)) <= label.region.width
            for button in stage.screen.query(ActionButton):
                assert button.region.right <= 80
                assert button.region.width >= cell_len(str(button.label)) or not button.display
            for button in stage.screen.query("#actions ActionButton").results(ActionButton):
                assert str(button.label) in text or not button.display
            if step in (Step.ORDER, Step.QR) and PAYING.order:
                assert PAYING.business_no in text
                assert PAYING.order.order_no in text
            await stage.press("f1")
            text = stage.text
            assert not CJK.findall(text.replace(LANGUAGE_NAMES, "")), text
            await stage.press("escape")


def latin(value: T) -> T:
    """The same state with data that is Latin."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return CJK.sub("x", value)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(map(latin, value))  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: latin(getattr(value, f.name)) for f in fields(value) if f.init})
    return value


def test_no_message_stands_within_an_f_string() -> None:
    """Python 3.11 hides it there from whoever collects messages; 3.12 does not (PEP 701)."""
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, tree in trees().items()
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"_", "N_"}
        if any(isinstance(word, ast.Constant) for word in call.args)
    ]
    assert found == []
