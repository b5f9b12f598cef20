"""In which charset a message is written: its signature covers bytes, so the bytes decide: UTF-8, else GB18030."""

import codecs
from collections.abc import Callable, Iterable, Mapping

from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine, Message

UTF8, GB = "utf-8", "gb18030"
"""GB18030 (GB 18030-2022) holds GBK and GB2312."""
BYTES = "latin-1"
"""Every byte stands for itself: in this reading a message can be proved, and its letters cannot be read."""
_FAMILY = {"utf-8": UTF8, "gbk": GB, "gb2312": GB, "gb18030": GB}


def family(name: str) -> str | None:
    """UTF-8 or GB18030 by any of the names that a message or an operator gives it; None for another charset."""
    try:
        return _FAMILY.get(codecs.lookup(name).name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None


def charsets_of(data: bytes, first: str = UTF8) -> list[str]:
    """The charsets in which these bytes are a text, `first` first; `BYTES` alone where they are in none."""
    order = [first, *(charset for charset in (UTF8, GB) if charset != first)]
    return [charset for charset in order if _fits(data, charset)] or [BYTES]


def read_alike(charsets: Iterable[str], read: Callable[[str], Message]) -> Message:
    """The message as the first of the charsets reads it, once no other can tell something else by the same proof.

    A message that names its own charset is read in it.

    :raises AnswerAmbiguous: two charsets read other fields out of the same signed bytes, or none can read its letters.
    :raises AnswerNotGenuine: no charset makes it a message that is proved, or one that is not signed at all.
    """
    found: dict[str, Message | AnswerNotGenuine] = {}
    for charset in charsets:
        try:
            found[charset] = read(charset)
        except AnswerNotGenuine as error:
            found[charset] = error
    doubts = [error for error in found.values() if isinstance(error, AnswerAmbiguous)]
    proved = {charset: told for charset, told in found.items() if isinstance(told, Message) and told.signed}
    names = {_named(fields) for fields in (*(one.fields for one in proved.values()), *(one.claims for one in doubts))}
    if len(names) == 1 and (name := names.pop()) in proved:
        return proved[name]
    if doubts:
        raise doubts[0]
    if not proved:  # what the likelier charset shows decides: read in another, a false signature may be no field at all
        first = next(iter(found.values()))
        if isinstance(first, AnswerNotGenuine):
            raise first
        return first
    one, *others = proved.values()
    if BYTES in proved:
        raise AnswerAmbiguous("signed, and neither UTF-8 nor GB18030")
    if not all(_alike(one.fields, other.fields) for other in others):
        raise AnswerAmbiguous("UTF-8 and GB18030 read other fields out of it")
    return one


def _fits(data: bytes, charset: str) -> bool:
    try:
        return data.decode(charset).encode(charset) == data
    except UnicodeError:
        return False


def _named(fields: Mapping[str, object]) -> str | None:
    """What UnionPay's `encoding` and Alipay's `charset` say."""
    return family(str(fields.get("encoding") or fields.get("charset") or ""))


def _alike(one: object, other: object) -> bool:
    """Whether the two differ in nothing but the letters beyond ASCII, which carry no number, state or amount."""
    match one, other:
        case Mapping(), Mapping():
            return list(one) == list(other) and all(_alike(value, other[name]) for name, value in one.items())
        case list(), list():
            return len(one) == len(other) and all(map(_alike, one, other))
        case str(), str():
            return one == other or not (one.isascii() or other.isascii())
        case _:
            return one == other
