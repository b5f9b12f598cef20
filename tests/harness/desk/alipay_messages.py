"""Messages as Alipay would sign them, by keys made for tests."""

from urllib.parse import urlencode

from tests.harness.vectors import load
from tui.desk.crypto.rsa_keys import load_private, load_public, sign
from tui.desk.platforms.alipay.trust import AlipayTrust

KEYS = load("keys")
APP_KEY = load_private(KEYS["app"]["private_pkcs8_pem"].encode())
ALIPAY_PRIVATE = load_private(KEYS["alipay"]["private_pkcs8_pem"].encode())
ALIPAY_KEY = load_public(KEYS["alipay"]["public_spki_pem"].encode())
TRUST = AlipayTrust(ALIPAY_KEY)
QUERY = "alipay.trade.query"
PAID = '{"code":"10000","msg":"Success","out_trade_no":"K1","total_amount":"88.80","trade_status":"TRADE_SUCCESS"}'


def answer(raw: str, signed: str | None = None, node: str = "alipay_trade_query_response") -> bytes:
    """An answer that carries ``raw``, with the signature over ``signed``."""
    signature = sign(ALIPAY_PRIVATE, (signed or raw).encode())
    return f'{{"{node}":{raw},"sign":"{signature}"}}'.encode()


NOTICE = {
    "out_trade_no": "K1",
    "subject": "100%/+ &= 续期",
    "passback_params": "a%3Db",
    "body": "",
    "total_amount": "1.00",
}


def notice(signed: dict[str, str], sent: dict[str, str] = NOTICE) -> bytes:
    """A notice that carries ``sent``, with the signature over ``signed``."""
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
    return urlencode(sent | {"sign_type": "RSA2", "sign": sign(ALIPAY_PRIVATE, text.encode())}).encode()
