"""Alipay's bill centre: a download address that lives for 30 seconds, and the file behind it."""

import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from tui.core.beijing import BEIJING
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.gateways.alipay.bill import bill_name, bill_zip
from tui.sandbox.gateways.alipay.speaker import Failed
from tui.sandbox.gateways.common.bills import entries, spoilt
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.ledger import Ledger

DOWNLOAD = "/downloadBillFile.resource"
ADDRESS_LIFE = timedelta(seconds=30)
LATE = "下载超时，请重新下载"


class AlipayBilling:
    """Trade bills by day; bills by month and signcustomer bills are not played."""

    def __init__(self, ledger: Ledger, faults: Faults, seller_id: str, clock: Callable[[], datetime]) -> None:
        """Bills are made from the ledger when their address is asked for."""
        self._ledger = ledger
        self._faults = faults
        self._seller_id = seller_id
        self._clock = clock
        self._ready: dict[str, tuple[datetime, bytes]] = {}

    def url(self, kind: str, day_text: str, base: str, platform_no: str) -> str:
        """The address of a day's bill; ``platform_no`` is for an entry that the bill has too many.

        :raises Failed: another kind, no such day, not over yet (bills are there on the next day), or nothing moved.
        """
        now = self._clock()
        try:
            day = date.fromisoformat(day_text)
        except ValueError:
            day = date.max
        over = day < now.astimezone(BEIJING).date()
        if kind != "trade" or day == date.max or not (over or self._faults.take(Fault.BILL_TODAY)):
            raise Failed("invalid_arguments", "入参不合法")
        whole = entries(self._ledger, day)
        whole = [] if self._faults.take(Fault.BILL_NONE) else spoilt(whole, self._faults, day, platform_no)
        if not whole:
            raise Failed("isp.bill_not_exist", "账单不存在")
        token, name = secrets.token_hex(16), bill_name(self._seller_id, day)
        self._ready[token] = (now + ADDRESS_LIFE, bill_zip(whole, self._seller_id, day, now))
        query = {
            "bizType": "trade",
            "userId": f"{self._seller_id}0156",
            "fileType": "csv.zip",
            "bizDates": f"{day:%Y%m%d}",
            "downloadFileName": f"{name}.csv.zip",
            "fileId": f"/trade/{self._seller_id}0156/{day:%Y%m%d}.csv.zip",
            "timestamp": str(int(now.timestamp())),
            "token": token,
        }
        return f"{base}{DOWNLOAD}?{urlencode(query)}"

    def download(self, call: Call) -> Reply | None:
        """The file, or words when its address is too old; None for another address."""
        if call.path != DOWNLOAD:
            return None
        until, content = self._ready.get(call.fields.get("token", ""), (None, b""))
        if until is None or until < self._clock():
            return Reply(LATE.encode())
        return Reply(content, HTTPStatus.OK, "application/octet-stream")
