"""Whether one raw message of a platform is genuine, for a dispute: by the code the desk itself reads messages with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from tui.desk.payments import alipay_codec, unionpay_codec
from tui.desk.payments.alipay_trust import AlipayTrust
from tui.desk.payments.charsets import UTF8, family
from tui.desk.payments.port import AnswerAmbiguous, AnswerNotGenuine, Channel, Message
from tui.desk.payments.unionpay_trust import UnionPayTrust
from tui.desk.payments.units import utc_now


class Kind(StrEnum):
    """How the message came."""

    ANSWER = "answer"
    """The body of the HTTP response to a call."""
    NOTICE = "notice"
    """The body of a request that the platform sent by itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of one message."""

    genuine: bool | None
    """None: it is not signed, or can be read in two ways, so nothing is proved either way."""
    reason: str
    fields: Mapping[str, object]
    """What it says; unless genuine, a mere claim."""


Reader = Callable[[bytes], Message]


def charset_of(name: str) -> str:
    """The charset by any of its names.

    :raises ValueError: not one in which the platforms write.
    """
    if (charset := family(name)) is None:
        raise ValueError(name)
    return charset


def reader(
    channel: Channel,
    kind: Kind,
    trust: bytes,
    *,
    method: str = "",
    charset: str = UTF8,
    clock: Callable[[], datetime] = utc_now,
) -> Reader:
    """What reads messages of this channel and kind and believes ``trust`` alone; the charset is the one tried first.

    :raises ValueError: ``trust`` is not what the channel needs.
    """
    match channel, kind:
        case Channel.ALIPAY, Kind.ANSWER:
            return partial(_alipay_answer, trust=AlipayTrust.of(trust), method=method, charset=charset)
        case Channel.ALIPAY, Kind.NOTICE:
            return partial(alipay_codec.read_notice, trust=AlipayTrust.of(trust), charset=charset)
        case Channel.UNIONPAY, Kind.ANSWER:
            key_for = UnionPayTrust(trust, clock).key_for
            return partial(unionpay_codec.read_answer, key_for=key_for, charset=charset)
        case _:
            key_for = UnionPayTrust(trust, clock).key_for
            return partial(unionpay_codec.read_notice, url="", key_for=key_for, charset=charset)


def judge(read: Reader, message: bytes) -> Verdict:
    """Read the message; one line end at its end is not counted: editors add it, no platform sends one that counts."""
    if message.endswith(b"\n"):
        message = message[:-1].removesuffix(b"\r")
    try:
        told = read(message)
    except AnswerAmbiguous as error:
        return Verdict(None, f"ambiguous: {error} / 有歧义，可作两种解读，不能证明任何事", error.claims)
    except AnswerNotGenuine as error:
        return Verdict(False, f"不可信 / not genuine: {error}", error.claims)
    if not told.signed:
        return Verdict(None, "没有签名，不能证明任何事 / not signed, proves nothing", told.fields)
    return Verdict(True, "签名有效 / signed by the platform", told.fields)


def _alipay_answer(message: bytes, *, trust: AlipayTrust, method: str, charset: str) -> Message:
    return alipay_codec.read_answer(message, method, trust, charset)
