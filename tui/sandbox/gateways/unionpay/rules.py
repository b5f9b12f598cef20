"""Read and write the fields of a UnionPay transaction."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from tui.desk.platforms.common.units import COMPACT, from_beijing, to_beijing
from tui.sandbox.gateways.unionpay.speaker import Fields, Refused

NUMBER = re.compile(r"[A-Za-z0-9]{8,40}")


def read_moment(fields: Mapping[str, str], *needed: str) -> datetime:
    """TxnTime of a request that names its order and has the ``needed`` fields.

    :raises Refused: 13 or 10.
    """
    for name in ("orderId", "txnTime", *needed):
        if not fields.get(name):
            raise Refused("13", f"报文缺少必填域：{name}[6100013]")
    if not NUMBER.fullmatch(fields["orderId"]):
        raise Refused("10", "报文格式错误：orderId[6100030]")
    try:
        return from_beijing(fields["txnTime"], COMPACT)
    except ValueError:
        raise Refused("10", "报文格式错误：txnTime[6100030]") from None


def last_day(month_and_day: str, today: date) -> date:
    """The last such day that is not in the future: settleDate has no year.

    :raises Refused: 10.
    """
    for year in (today.year, today.year - 1):
        try:
            day = datetime.strptime(f"{year}{month_and_day}", "%Y%m%d").date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
        if day <= today:
            return day
    raise Refused("10", "报文格式错误：settleDate[6100030]")


def read_amount(fields: Mapping[str, str]) -> int:
    """TxnAmt in fen.

    :raises Refused: 10.
    """
    text = fields["txnAmt"]
    if not (text.isascii() and text.isdigit() and int(text)) or fields["currencyCode"] != "156":
        raise Refused("10", "报文格式错误：txnAmt[6100030]")
    return int(text)


def money_fields(number: str, asked_at: datetime, amount_fen: int, platform_no: str) -> Fields:
    """What every answer and notice says of a transaction's money."""
    amount = str(amount_fen)
    return {
        "orderId": number,
        "txnTime": to_beijing(asked_at, COMPACT),
        "txnAmt": amount,
        "settleAmt": amount,
        "currencyCode": "156",
        "settleCurrencyCode": "156",
        "queryId": platform_no,
    }


def original_result(code: str, text: str) -> Fields:
    """What a query says of the transaction it asks about."""
    return {"origRespCode": code, "origRespMsg": text}
