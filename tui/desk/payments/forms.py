"""Lists of ``name=value``: forms as notices are posted, and what a signature over such a list can mean."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from tui.desk.payments.port import AnswerNotGenuine


def read_form(body: bytes, charset: str = "utf-8") -> dict[str, str]:
    """The fields of an url-encoded notice, decoded once; empty values stay.

    :raises AnswerNotGenuine: not a form, not in this charset, or a field is there twice.
    """
    try:
        pairs = parse_qsl(
            body.decode(charset),
            keep_blank_values=True,
            strict_parsing=True,
            encoding=charset,
            errors="strict",
            max_num_fields=100,
        )
    except ValueError as error:
        raise AnswerNotGenuine("notice is not a form") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise AnswerNotGenuine("notice has a field twice")
    return fields


_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ANOTHER = re.compile(r"&[A-Za-z0-9_.-]+=")


def signed_text(fields: Mapping[str, str]) -> str:
    """The sorted ``name=value`` list joined by ``&``, which both platforms sign without any escaping.

    :raises AnswerNotGenuine: the same text could be read as other fields, so that its signature proves neither reading:
        whoever holds a genuine message could hide a field of it in the value of the one before.
    """
    for name, value in fields.items():
        enclosed = value[:1] + value[-1:] in {"{}", "[]"}
        if not _NAME.fullmatch(name) or (not enclosed and _ANOTHER.search(value)):
            raise AnswerNotGenuine("a field may hide another one", fields)
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
