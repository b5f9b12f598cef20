"""The program's style sheets, which Textual parses three times for every app: here once for all apps of a process."""

from collections.abc import Iterator
from functools import wraps

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_parsed_once() -> Iterator[None]:
    """Keep the rules by everything that they are made of: text, place, precedence, scope and the theme's variables."""
    parse = Stylesheet._parse_rules
    if hasattr(parse, "__wrapped__"):  # by another folder's conftest, in the same process
        yield
        return
    known: dict[tuple[object, ...], list[RuleSet]] = {}

    @wraps(parse)
    def parsed(  # noqa: PLR0917 - as Textual calls it
        self: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        made_of = (css, read_from, is_default_rules, tie_breaker, scope, frozenset(self._variables.items()))
        if made_of not in known:
            known[made_of] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return known[made_of]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parsed)
        yield
