"""`desk verify --channel wechat`: a message as the desk keeps it, or as a tool wrote it down, whatever its age."""

from pathlib import Path

import pytest

from tests.desk.platforms.wechat.conftest import open_shop
from tests.desk.platforms.wechat.test_gateway import attempt
from tui.core.payment_method import PaymentMethod
from tui.desk.payments.webhooks import _raw
from tui.desk.platforms.common.platform import Dispute, Kind
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.platforms.verify import judge

BODY = '{"code_url":"weixin://wxpay/bizpayurl?pr=甲"}'.encode()


def kept(headers: dict[str, str], body: bytes, start: str = "") -> bytes:
    return (start + "".join(f"{name}: {value}\n" for name, value in headers.items()) + "\n").encode() + body


@pytest.mark.parametrize("trust", ["pub_key.pem", "platform_cert.pem"])
@pytest.mark.parametrize("start", ["", "HTTP/1.1 200 OK\r\n"])
def test_genuine_forged_and_unsigned(wechat_keys: Path, tmp_path: Path, trust: str, start: str) -> None:
    shop = open_shop(wechat_keys, tmp_path, certificates=trust == "platform_cert.pem")
    shop.gateway.query(attempt(shop))  # which tells the platform what is believed
    headers = shop.platform._speaker.proof(BODY) | {"Date": "today"}
    dispute = Dispute(Kind.ANSWER, (wechat_keys / trust).read_bytes())
    read = PLATFORMS[PaymentMethod.WECHAT].reader(dispute)
    assert judge(read, kept(headers, BODY, start)).genuine
    assert judge(read, kept(headers, BODY, start) + b"\n").genuine
    forged = judge(read, kept(headers, BODY.replace(b"pr=", b"pr=x"), start))
    assert (forged.genuine, dict(forged.fields)) == (False, {"code_url": "weixin://wxpay/bizpayurl?pr=x甲"})
    assert judge(read, BODY).genuine is None
    assert judge(read, kept({"Date": "today"}, BODY)).genuine is None
    assert judge(read, b"<html>").genuine is False
    del headers["wechatpay-serial"]
    assert judge(read, kept(headers, BODY)).genuine is False


def test_a_notice_is_kept_as_it_can_be_judged(wechat_keys: Path, tmp_path: Path) -> None:
    shop = open_shop(wechat_keys, tmp_path)
    body = shop.platform._speaker.notice("TRANSACTION.SUCCESS", "transaction", {})
    raw = _raw(body, shop.platform._speaker.proof(body), shop.gateway.notices.proof)
    read = PLATFORMS[PaymentMethod.WECHAT].reader(Dispute(Kind.NOTICE, (wechat_keys / "pub_key.pem").read_bytes()))
    verdict = judge(read, raw)
    assert verdict.genuine
    assert verdict.fields["event_type"] == "TRANSACTION.SUCCESS"
