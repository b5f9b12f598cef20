"""WeChat Pay's bills: an address with the file's digest, and the file behind it."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha1
from http import HTTPStatus

from tui.core.beijing import BEIJING
from tui.sandbox.faults import Fault, Faults
from tui.sandbox.gateways.common.bills import entries, spoilt
from tui.sandbox.gateways.common.http import Call, Reply
from tui.sandbox.gateways.common.ledger import Ledger
from tui.sandbox.gateways.wechat.bill import bill_csv
from tui.sandbox.gateways.wechat.keys import WechatMerchant
from tui.sandbox.gateways.wechat.speaker import Refused

DOWNLOAD = "/v3/billdownload/file"


class BillCentre:
    """Trade bills of all kinds by day, not packed."""

    def __init__(self, ledger: Ledger, faults: Faults, merchant: WechatMerchant, clock: Callable[[], datetime]) -> None:
        """Bills are made from the ledger when their address is asked for."""
        self._ledger = ledger
        self._faults = faults
        self._merchant = merchant
        self._clock = clock
        self._ready: dict[str, bytes] = {}

    def address(self, call: Call, platform_no: str) -> dict[str, object]:
        """Where a day's bill is; ``platform_no`` is for an entry that the bill has too many.

        :raises Refused: another kind, no such day, not over yet, or nothing moved.
        """
        try:
            day = date.fromisoformat(call.fields.get("bill_date", ""))
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, "PARAM_ERROR", "参数错误：bill_date") from error
        if call.fields.get("bill_type", "ALL") != "ALL" or "tar_type" in call.fields:
            raise Refused(HTTPStatus.BAD_REQUEST, "PARAM_ERROR", "参数错误：bill_type")
        over = day < self._clock().astimezone(BEIJING).date() or self._faults.take(Fault.BILL_TODAY)
        whole = entries(self._ledger, day) if over else []
        whole = (
            [] if self._faults.take(Fault.BILL_NONE) else spoilt(whole, self._faults, day, platform_no) if over else []
        )
        if not whole:
            raise Refused(HTTPStatus.BAD_REQUEST, "NO_STATEMENT_EXIST", "账单文件不存在")
        token, content = secrets.token_urlsafe(24), bill_csv(whole, self._merchant)
        self._ready[token] = content
        return {
            "hash_type": "SHA1",
            "hash_value": sha1(content, usedforsecurity=False).hexdigest(),
            "download_url": f"{call.base}{DOWNLOAD}?token={token}",
        }

    def download(self, call: Call, admit: Callable[[Call], None]) -> Reply | None:
        """The file, unsigned; None for another address.

        :raises Refused: the request is not signed, or the address is not one that was told.
        """
        if call.path != DOWNLOAD:
            return None
        admit(call)
        content = self._ready.get(call.fields.get("token", ""))
        if content is None:
            raise Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST", "无效的token")
        return Reply(content, HTTPStatus.OK, "text/plain")
