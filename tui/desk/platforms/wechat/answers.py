"""What WeChat Pay says in its answers and notices, as far as the desk reads it."""

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from tui.desk.payments.gateway import AnswerNotGenuine

CNY = "CNY"
T = TypeVar("T")


class Failed(msgspec.Struct, frozen=True):
    """The body of every answer that is no success."""

    code: str = ""
    message: str = ""


class CodeUrl(msgspec.Struct, frozen=True):
    """Answer to an order."""

    code_url: str


class Money(msgspec.Struct, frozen=True):
    """Of a trade; in fen."""

    total: int
    currency: str = CNY


class MoneyBack(msgspec.Struct, frozen=True):
    """Of a refund; in fen."""

    refund: int
    total: int
    currency: str = CNY


class Transaction(msgspec.Struct, frozen=True):
    """A trade, as a query and a notice tell it."""

    mchid: str
    appid: str
    out_trade_no: str
    trade_state: str
    transaction_id: str = ""
    success_time: str = ""
    amount: Money | None = None


class Refunded(msgspec.Struct, frozen=True):
    """A refund, as its order and a query tell it."""

    out_refund_no: str
    out_trade_no: str
    status: str
    amount: MoneyBack


class RefundNotice(msgspec.Struct, frozen=True):
    """A refund, as a notice tells it."""

    mchid: str
    out_refund_no: str
    transaction_id: str
    refund_status: str
    amount: MoneyBack


class BillAddress(msgspec.Struct, frozen=True):
    """Where a day's bill is."""

    hash_type: str
    hash_value: str
    download_url: str


class Resource(msgspec.Struct, frozen=True):
    """The encrypted part of a notice."""

    algorithm: str
    ciphertext: str
    nonce: str
    associated_data: str = ""


class Notice(msgspec.Struct, frozen=True):
    """A notice as it is posted."""

    event_type: str
    resource: Resource


def read(content: bytes, kind: type[T]) -> T:
    """The content as ``kind``.

    :raises AnswerNotGenuine: it is something else.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise AnswerNotGenuine(f"message is no {kind.__name__}") from error


def moment(text: str) -> datetime | None:
    """RFC 3339 as an aware UTC moment; None for an empty text.

    :raises AnswerNotGenuine: another form.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AnswerNotGenuine("message has a broken time") from error
