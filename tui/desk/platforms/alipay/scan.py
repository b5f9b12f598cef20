"""Which text of an Alipay answer is signed: a scanner of its outermost object that knows strings and escapes.

The signature covers the source text of one member, so that text is found first and parsed by itself afterwards.
"""

import json
import re
from typing import Any

from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine


def scan_members(text: str) -> dict[str, str]:
    """The members of the one JSON object in ``text``, each value as its raw source text.

    :raises AnswerNotGenuine: not one JSON object.
    :raises AnswerAmbiguous: a name is there twice, however it is escaped.
    """
    members: dict[str, str] = {}
    try:
        at = _skip(text, 0, "{")
        while True:
            name, at = _STRICT.raw_decode(text, _blank(text, at))
            start = _skip(text, at, ":")
            _, at = _STRICT.raw_decode(text, start)
            if not isinstance(name, str):
                raise AnswerNotGenuine("answer has a name that is no text")
            if name in members:
                raise AnswerAmbiguous("answer has a node twice")
            members[name] = text[start:at]
            if not text.startswith(",", _blank(text, at)):
                break
            at = _skip(text, at, ",")
        if _skip(text, at, "}") != len(text):
            raise AnswerNotGenuine("answer does not end with its object")
    except (ValueError, RecursionError) as error:
        raise AnswerNotGenuine("answer is not one JSON object") from error
    return members


def read_node(raw: str) -> dict[str, Any]:
    """The members of the node whose source text this is.

    :raises AnswerNotGenuine: not a JSON object.
    :raises AnswerAmbiguous: a name is there twice, in it or below.
    """
    try:
        node = _STRICT.decode(raw)
    except (ValueError, RecursionError) as error:
        raise AnswerNotGenuine("answer node is not JSON") from error
    if not isinstance(node, dict):
        raise AnswerNotGenuine("answer node is not an object")
    return node


def read_text(raw: str) -> str | None:
    """The text whose source this is, or None for another JSON value."""
    value: object = _STRICT.decode(raw) if raw.startswith('"') else None  # anything else may be nested without end
    return value if isinstance(value, str) else None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise AnswerAmbiguous("answer has a name twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_STRICT = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
_NOT_BLANK = re.compile(r"[^ \t\r\n]|\Z")


def _blank(text: str, at: int) -> int:
    found = _NOT_BLANK.search(text, at)
    return found.start() if found else len(text)


def _skip(text: str, at: int, mark: str) -> int:
    at = _blank(text, at)
    if not text.startswith(mark, at):
        raise ValueError(f"{mark} is missing")
    return _blank(text, at + 1)
