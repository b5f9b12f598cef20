"""Lists of ``name=value``: forms as notices are posted, and what a signature over such a list can mean."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine
from tui.desk.platforms.common.charsets import BYTES


def read_form(body: bytes) -> dict[str, str]:
    """The fields of an url-encoded notice, decoded once, each byte as one character; empty values stay.

    :raises AnswerNotGenuine: not a form.
    :raises AnswerAmbiguous: a field is there twice.
    """
    try:
        pairs = parse_qsl(
            body.decode(BYTES),
            keep_blank_values=True,
            strict_parsing=True,
            encoding=BYTES,
            max_num_fields=100,
        )
    except ValueError as error:
        raise AnswerNotGenuine("notice is not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise AnswerAmbiguous("notice has a field twice")
    return fields


def in_charset(fields: Mapping[str, str], charset: str) -> dict[str, str]:
    """A form's fields as text.

    :raises AnswerNotGenuine: not in this charset.
    """
    try:
        return {
            name.encode(BYTES).decode(charset): value.encode(BYTES).decode(charset) for name, value in fields.items()
        }
    except UnicodeDecodeError as error:
        raise AnswerNotGenuine(f"notice is not {charset}") from error


_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ANOTHER = re.compile(r"&[A-Za-z0-9_.-]+=")


def signed_text(fields: Mapping[str, str]) -> str:
    """The sorted ``name=value`` list joined by ``&``, which both platforms sign without any escaping."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()))


def refuse_hidden(fields: Mapping[str, str]) -> None:
    """Refuse a list whose signed text could be read as other fields.

    :raises AnswerAmbiguous: its signature proves neither reading: whoever holds a genuine message could hide a field of
        it in the value of the one before.
    """
    for name, value in fields.items():
        enclosed = value[:1] + value[-1:] in {"{}", "[]"}
        if not _NAME.fullmatch(name) or (not enclosed and _ANOTHER.search(value)):
            raise AnswerAmbiguous("a field may hide another one", fields)
