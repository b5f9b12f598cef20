"""Merchants' programs that call a payment stand-in by hand: what went over the wire stays to be looked at."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.harness.gateways import plain
from tests.harness.gateways.served import Clock
from tui.desk.crypto.rsa_keys import load_private, load_public, sign, verifies
from tui.desk.platforms.alipay.codec import request_text, response_node
from tui.desk.platforms.common.units import COMPACT, DASHED, to_beijing
from tui.desk.platforms.unionpay.codec import MerchantKey, digest_text, parse_answer
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.unionpay.gateway import UnionPaySandbox
from tui.sandbox.gateways.unionpay.keys import PFX_PASSWORD

NUMBER = "K202611220001"


@dataclass
class AlipayCaller:
    """A merchant of Alipay, and the platform it calls."""

    platform: AlipaySandbox
    base: str
    directory: Path
    clock: Clock
    notify_url: str = ""

    def send(self, method: str, biz: dict[str, object], /, **more: str) -> httpx.Response:
        """Sign and post; ``more`` adds or replaces common parameters."""
        common = self.signed(method, biz, **more)
        charset = common["charset"]
        form = urlencode({"biz_content": common.pop("biz_content")}, encoding=charset)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with plain.client() as client:
            query = urlencode(common, encoding=charset)
            return client.post(f"{self.base}/gateway.do?{query}", content=form, headers=headers)

    def signed(self, method: str, biz: dict[str, object], /, **more: str) -> dict[str, str]:
        """All parameters with their signature."""
        params = {name: value for name, value in (self.params(method, biz) | more).items() if value}
        text = request_text(params, params["charset"])
        return params | {"sign": sign(load_private(self._pem("app_private")), text)}

    def params(self, method: str, biz: dict[str, object]) -> dict[str, str]:
        """What is signed and sent."""
        return {
            "app_id": self.platform._speaker.merchant.app_id,
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": to_beijing(self.clock.now, DASHED),
            "version": "1.0",
            "notify_url": self.notify_url,
            "biz_content": json.dumps(biz, ensure_ascii=False),
        }

    def ask(self, method: str, biz: dict[str, object], /, **more: str) -> dict[str, str]:
        """The node of a well-signed answer."""
        answer = self.send(method, biz, **more)
        signed, _, rest = answer.content.decode().removeprefix(f'{{"{response_node(method)}":').partition(',"sign":"')
        assert self.genuine(rest.partition('"')[0], signed)
        return dict(json.loads(signed))

    def genuine(self, signature: str, text: str) -> bool:
        """Whether Alipay signed this text."""
        return verifies(load_public(self._pem("alipay_public")), signature, text.encode())

    def precreate(self, number: str = NUMBER, **more: object) -> str:
        """The code of a new order of 88.80 yuan for five minutes."""
        return self.ask("alipay.trade.precreate", self.order(number, **more))["qr_code"]

    def order(self, number: str = NUMBER, **more: object) -> dict[str, object]:
        """biz_content of a new order."""
        end = to_beijing(self.clock.now + timedelta(minutes=5), DASHED)
        return {"out_trade_no": number, "total_amount": "88.80", "subject": "一年续期", "time_expire": end} | more

    def query(self, number: str = NUMBER) -> str:
        """trade_status, or the error."""
        node = self.ask("alipay.trade.query", {"out_trade_no": number})
        return node.get("trade_status") or node["sub_code"]

    def refund(self, fen: int = 8880, number: str = "R1") -> dict[str, str]:
        """The answer to a refund."""
        biz = {"out_trade_no": NUMBER, "refund_amount": f"{fen / 100:.2f}", "out_request_no": number}
        return self.ask("alipay.trade.refund", dict(biz))

    def _pem(self, name: str) -> bytes:
        return (self.directory / f"{name}.pem").read_bytes()


@dataclass
class UnionPayCaller:
    """A merchant of UnionPay, and the platform it calls."""

    platform: UnionPaySandbox
    base: str
    directory: Path
    clock: Clock
    notify_url: str = "http://127.0.0.1:9/notify"

    def send(self, path: str, kind: tuple[str, str], fields: dict[str, str]) -> httpx.Response:
        """Sign and post."""
        key = MerchantKey((self.directory / "merchant.pfx").read_bytes(), PFX_PASSWORD)
        base = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0", "bizType": "000000"}
        who = {"merId": self.platform._speaker.merchant.mer_id, "txnTime": to_beijing(self.clock.now, COMPACT)}
        form = key.sign(base | who | {"txnType": kind[0], "txnSubType": kind[1]} | fields)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with plain.client() as client:
            return client.post(f"{self.base}{path}", content=urlencode(form), headers=headers)

    def ask(self, path: str, kind: tuple[str, str], fields: dict[str, str]) -> dict[str, str]:
        """The fields of a well-signed answer."""
        answer = parse_answer(self.send(path, kind, fields).text)
        assert self.genuine(answer)
        return answer

    def genuine(self, answer: dict[str, str]) -> bool:
        """Whether UnionPay's own key signed this."""
        key = load_private((self.directory / "platform.key").read_bytes()).public_key()
        return verifies(key, answer["signature"], digest_text(answer))

    def order(self, number: str = NUMBER, **more: str) -> dict[str, str]:
        """Fields of a new order of 88.80 yuan for five minutes."""
        end = to_beijing(self.clock.now + timedelta(minutes=5), COMPACT)
        money = {"txnAmt": "8880", "currencyCode": "156", "backUrl": self.notify_url}
        return {"orderId": number, "payTimeout": end, "orderDesc": "renewal"} | money | more

    def consume(self, number: str = NUMBER) -> dict[str, str]:
        """The answer to a new order."""
        return self.ask("/gateway/api/backTransReq.do", ("01", "07"), self.order(number))

    def precreate(self, number: str = NUMBER) -> str:
        """The code of a new order."""
        return self.consume(number)["qrCode"]

    def result(self, number: str = NUMBER, **more: str) -> dict[str, str]:
        """The answer to a query."""
        return self.ask("/gateway/api/queryTrans.do", ("00", "00"), {"orderId": number} | more)

    def query(self, number: str = NUMBER, **more: str) -> str:
        """OrigRespCode, or the error."""
        answer = self.result(number, **more)
        return answer.get("origRespCode") or answer["respCode"]

    def refund(self, fen: int = 8880, number: str = "R202611220001", kind: str = "04") -> dict[str, str]:
        """The answer to a refund."""
        trade = self.platform.trade(NUMBER)
        assert trade
        money = {"txnAmt": str(fen), "currencyCode": "156", "backUrl": self.notify_url}
        asked = money | {"orderId": number, "origQryId": trade.platform_no}
        return self.ask("/gateway/api/backTransReq.do", (kind, "00"), asked)


Caller = AlipayCaller | UnionPayCaller
