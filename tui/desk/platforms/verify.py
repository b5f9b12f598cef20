"""Whether one raw message of a platform is genuine, for a dispute: by the code the desk itself reads messages with."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType

from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine
from tui.desk.platforms.common.charsets import GB, UTF8, family
from tui.desk.platforms.common.platform import Reader


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of one message."""

    genuine: bool | None
    """None: it is not signed, can be read in two ways, or was saved anew, so nothing is proved either way."""
    reason: str
    fields: Mapping[str, object]
    """What it says; unless genuine, a mere claim."""


_ANOTHER_CHARSET = Verdict(
    None,
    "文件以另一种编码保存过，请提供平台发来的原始字节 / saved in another charset; the raw bytes are needed",
    MappingProxyType({}),
)


def charset_of(name: str) -> str:
    """The charset by any of its names.

    :raises ValueError: not one in which the platforms write.
    """
    if (charset := family(name)) is None:
        raise ValueError(name)
    return charset


def judge(read: Reader, message: bytes) -> Verdict:
    """Read the message as it was sent, whatever an editor did to the file around it.

    A byte order mark before it and one line end behind it are not counted: editors add them, no platform sends one that
    counts. What an editor saved in another charset is no longer what was signed, and proves nothing either way.
    """
    message = message.removeprefix(BOM_UTF8)
    if message.endswith(b"\n"):
        message = message[:-1].removesuffix(b"\r")
    if 0 in message[:2] or message.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _ANOTHER_CHARSET
    try:
        told = read(message)
    except AnswerAmbiguous as error:
        return Verdict(None, f"ambiguous: {error} / 有歧义，可作两种解读，不能证明任何事", error.claims)
    except AnswerNotGenuine as error:
        if any(_may_be_signed(read, sent) for sent in _as_sent(message)):
            return replace(_ANOTHER_CHARSET, fields=error.claims)
        return Verdict(False, f"不可信 / not genuine: {error}", error.claims)
    if not told.signed:
        return Verdict(None, "没有签名，不能证明任何事 / not signed, proves nothing", told.fields)
    return Verdict(True, "签名有效 / signed by the platform", told.fields)


def _as_sent(saved: bytes) -> Iterator[bytes]:
    """What the file may have been before an editor read it in one charset and saved it in the other."""
    for read, sent in ((UTF8, GB), (GB, UTF8)):
        with suppress(UnicodeError):
            yield saved.decode(read).encode(sent)


def _may_be_signed(read: Reader, message: bytes) -> bool:
    try:
        return read(message).signed
    except AnswerAmbiguous:
        return True
    except AnswerNotGenuine:
        return False
