"""Messages in GBK where UTF-8 was asked for: proved over their bytes, read by them, and never in two ways."""

import codecs
import json
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.harness import vectors
from tests.harness.desk.alipay_messages import ALIPAY_PRIVATE, KEYS, QUERY, TRUST
from tests.harness.desk.unionpay_messages import FIELDS
from tests.harness.vectors import read
from tui.core.payment_method import PaymentMethod
from tui.desk.crypto.rsa_keys import sign
from tui.desk.operators.verify import verify
from tui.desk.payments.gateway import AnswerAmbiguous, AnswerNotGenuine, GatewayRefused, Message
from tui.desk.platforms.alipay.codec import open_answer, open_notice, read_answer
from tui.desk.platforms.alipay.trust import AlipayTrust
from tui.desk.platforms.common.charsets import GB, UTF8, charsets_of, read_alike
from tui.desk.platforms.common.platform import Dispute, Kind
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.platforms.unionpay.codec import open_answer as open_unionpay_answer
from tui.desk.platforms.unionpay.codec import open_notice as open_unionpay_notice
from tui.desk.platforms.unionpay.trust import UnionPayTrust
from tui.desk.platforms.verify import Verdict, judge

ALIPAY_PEM = KEYS["alipay"]["public_spki_pem"].encode()
TRAILS = "续期怽恾恵" + b"\x81\x7b".decode("gbk")
"""In GBK these hold a backslash and braces as the second bytes of letters."""


def alipay(raw: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A signed answer to a query that carries these very bytes."""
    sent = b'"alipay_trade_query_response":' + raw
    return b"{" + before + sent + after + b',"sign":"' + sign(ALIPAY_PRIVATE, raw).encode() + b'"}'


def judged(message: bytes, kind: Kind = Kind.ANSWER, charset: str = UTF8) -> Verdict:
    return judge(
        PLATFORMS[PaymentMethod.ALIPAY].reader(Dispute(kind, ALIPAY_PEM, method=QUERY, charset=charset)), message
    )


def alipay_notice(fields: dict[str, str], charset: str) -> bytes:
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    sent = fields | {"sign_type": "RSA2", "sign": sign(ALIPAY_PRIVATE, text.encode(charset))}
    return urlencode(sent, encoding=charset).encode()


def hashed(text: str, charset: str = UTF8) -> bytes:
    return sha256(text.encode(charset)).hexdigest().encode()


def unionpay(key: RSAPrivateKey, fields: dict[str, str], charset: str) -> dict[str, str]:
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return fields | {"signature": sign(key, hashed(text, charset))}


def joined(fields: dict[str, str], charset: str) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode(charset)


def test_a_genuine_answer_in_gbk_is_genuine_and_what_it_says(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    body, pem = read("alipay_answer_gbk_signed.json"), read("alipay_answer_gbk_public.pem")
    with pytest.raises(GatewayRefused, match="交易不存在") as told:
        open_answer(body, QUERY, AlipayTrust.of(pem))
    assert told.value.code == "ACQ.TRADE_NOT_EXIST"
    folder = Path(vectors.__file__).parent
    for charset in ("utf-8", "gbk", "gb2312", "GB18030"):
        message = str(folder / "alipay_answer_gbk_signed.json")
        trust = folder / "alipay_answer_gbk_public.pem"
        assert verify("alipay", "answer", trust, message, method=QUERY, charset=charset) == 0
        said = json.loads(capfdbinary.readouterr().out)
        assert (said["genuine"], said["fields"]["sub_msg"]) == (True, "交易不存在")


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "utf-8"])
def test_alipays_answers_and_notices_are_read_by_their_bytes(charset: str) -> None:
    subject = TRAILS + ("𠀀" if charset != "gbk" else "")
    raw = json.dumps({"code": "10000", "subject": subject, "url": "https://x"}, ensure_ascii=False)
    for sent in (raw, raw.replace("/", "\\/")):
        assert open_answer(alipay(sent.encode(charset)), QUERY, TRUST)["subject"] == subject
    fields = {"subject": subject, "body": "", "total_amount": "1.00"}
    for more in ({}, {"charset": charset}, {"charset": "GBK"}, {"charset": "no such"}):
        assert open_notice(alipay_notice(fields | more, charset), TRUST)["subject"] == subject


def test_certificate_mode_and_the_order_of_members_make_no_difference() -> None:
    raw = '{"code":"10000","subject":"续期"}'.encode("gbk")
    signature = b'"sign":"' + sign(ALIPAY_PRIVATE, raw).encode() + b'"'
    node = b'"alipay_trade_query_response":' + raw
    trust = AlipayTrust(TRUST.key, "7513")
    for members in ([node, b'"alipay_cert_sn":"7513"', signature], [signature, b'"alipay_cert_sn":"7513"', node]):
        assert read_answer(b"{" + b",".join(members) + b"}", QUERY, trust).fields["subject"] == "续期"


def test_slashes_escaped_after_the_signature_are_found_between_letters_not_bytes() -> None:
    raw = r'{"code":"10000","subject":"怽/","u":"https:\/\/x"}'
    signed = raw.replace("\\/", "/").encode("gbk")
    body = alipay(signed).replace(signed, raw.encode("gbk"))
    assert open_answer(body, QUERY, TRUST)["subject"] == "怽/"


@pytest.mark.parametrize("charset", ["gbk", "utf-8"])
@pytest.mark.parametrize("named", [True, False])
def test_unionpays_answers_and_notices_are_read_by_their_bytes(
    trust: UnionPayTrust, platform_key: RSAPrivateKey, platform_pem: str, charset: str, named: bool
) -> None:
    more = {"encoding": charset.upper()} if named else {}
    fields = unionpay(platform_key, FIELDS | {"payee": TRAILS, "signPubKeyCert": platform_pem.strip()} | more, charset)
    assert open_unionpay_answer(joined(fields, charset), trust.key_for) == fields
    assert open_unionpay_notice(urlencode(fields, encoding=charset).encode(), "", trust.key_for) == fields


def test_a_forged_message_in_gbk_stays_forged() -> None:
    raw = '{"code":"10000","subject":"续期","total_amount":"1.00"}'.encode("gbk")
    verdict = judged(alipay(raw).replace(b"1.00", b"9.00"))
    assert (verdict.genuine, verdict.fields["subject"]) == (False, "续期")
    notice = alipay_notice({"subject": "续期", "total_amount": "1.00"}, "gbk").replace(b"1.00", b"9.00")
    assert judged(notice, Kind.NOTICE).genuine is False


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (alipay(b'{"code":"10000","code":"40004"}'), Kind.ANSWER),
        (alipay(b'{"code":"10000","a":{"b":1,"\\u0062":2}}'), Kind.ANSWER),
        (alipay(b'{"code":"1"}', before=b'"alipay_trade_query_response":{"code":"10000"},'), Kind.ANSWER),
        (alipay(b'{"code":"10000","subject":"\x80\xff"}'), Kind.ANSWER),
        (alipay_notice({"a": "1&total_amount=2.00"}, "gbk"), Kind.NOTICE),
        (alipay_notice({"a": "{1&total_amount=2.00怾"}, "gbk"), Kind.NOTICE),
        (alipay_notice({"a": "1"}, "utf-8") + b"&a=2", Kind.NOTICE),
    ],
    ids=range(7),
)
def test_what_can_be_read_in_two_ways_is_neither_genuine_nor_forged(
    message: bytes, kind: Kind, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "key").write_bytes(ALIPAY_PEM)
    (tmp_path / "message").write_bytes(message)
    code = verify("alipay", kind, tmp_path / "key", str(tmp_path / "message"), method=QUERY, charset=UTF8)
    said = json.loads(capfdbinary.readouterr().out)
    assert (code, said["genuine"], said["reason"][:9]) == (1, None, "ambiguous")
    with pytest.raises(AnswerAmbiguous):
        open_answer(message, QUERY, TRUST) if kind is Kind.ANSWER else open_notice(message, TRUST)


def test_a_brace_that_is_half_a_letter_hides_nothing(
    unionpay_keys: Path, trust: UnionPayTrust, platform_key: RSAPrivateKey, platform_pem: str
) -> None:
    # As UTF-8 the brace encloses the field b, as GBK it is the second byte of a letter.
    text = "a=续{&b=00&c=}&signPubKeyCert=" + platform_pem.strip()
    body = f"{text}&signature={sign(platform_key, hashed(text))}".encode()
    with pytest.raises(AnswerAmbiguous):
        open_unionpay_answer(body, trust.key_for)
    read_it = PLATFORMS[PaymentMethod.UNIONPAY].reader(
        Dispute(Kind.ANSWER, (unionpay_keys / "bundle.pem").read_bytes())
    )
    assert judge(read_it, body).genuine is None


def test_what_nothing_proves_is_read_in_the_likelier_charset(unionpay_keys: Path) -> None:
    # As UTF-8 the braces end before a false signature; as GBK the second is half a letter, and all is one field.
    body = "a={续}&signature=AA==".encode()
    trust = (unionpay_keys / "bundle.pem").read_bytes()
    for likelier, genuine, names in ((UTF8, False, ["a", "signature"]), (GB, None, ["a"])):
        verdict = judge(PLATFORMS[PaymentMethod.UNIONPAY].reader(Dispute(Kind.ANSWER, trust, charset=likelier)), body)
        assert (verdict.genuine, list(verdict.fields)) == (genuine, names)


def test_two_charsets_may_differ_in_letters_alone() -> None:
    def told(**fields: object) -> Message:
        return Message(fields, signed=True)

    def agreed(one: Message, other: Message) -> Message:
        return read_alike((UTF8, GB), {UTF8: one, GB: other}.__getitem__)

    one, other = told(a="续", n=[{"b": "1"}]), told(a="缁", n=[{"b": "1"}])
    assert agreed(one, other) is one
    assert agreed(told(charset="GBK", a="续"), named := told(charset="GBK", a="缁")) is named
    for different in (told(a="缁", n=[{"b": "2"}]), told(a="x", n=[{"b": "1"}]), told(a="缁"), told(a="缁", n=[])):
        with pytest.raises(AnswerAmbiguous):
            agreed(one, different)


def test_noise_is_in_no_charset_and_proves_nothing() -> None:
    assert charsets_of(b"\xff") == ["latin-1"]
    for body in (b"\xff", b'{"alipay_trade_query_response":{"code":"10000","a":"\xff"},"sign":"AA=="}'):
        with pytest.raises(AnswerNotGenuine):
            open_answer(body, QUERY, TRUST)
        assert judged(body).genuine is False


def genuine_in(charset: str, kind: Kind) -> bytes:
    if kind is Kind.ANSWER:
        return alipay('{"code":"10000","subject":"续期"}'.encode(charset))
    raw = {"subject": "续期", "total_amount": "1.00"}
    text = "&".join(f"{name}={value}" for name, value in sorted(raw.items())).encode(charset)
    return text + b"&sign_type=RSA2&" + urlencode({"sign": sign(ALIPAY_PRIVATE, text)}).encode()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("charset", ["utf-8", "gbk"])
def test_what_an_editor_puts_before_a_file_makes_nothing_forged(charset: str, kind: Kind) -> None:
    message = genuine_in(charset, kind)
    assert judged(message, kind).genuine is True
    assert judged(codecs.BOM_UTF8 + message + b"\r\n", kind).genuine is True
    forged = message.replace(b"10000", b"10001").replace(b"1.00", b"9.00")
    assert judged(codecs.BOM_UTF8 + forged, kind).genuine is False


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("charset", "saved"),
    [
        ("utf-8", "utf-16"),
        ("utf-8", "utf-16-le"),
        ("utf-8", "utf-16-be"),
        ("gbk", "utf-16"),
        ("gbk", "utf-8"),
        ("gbk", "utf-8-sig"),
        ("utf-8", "gb18030"),
    ],
)
def test_what_was_saved_in_another_charset_is_neither_genuine_nor_forged(charset: str, saved: str, kind: Kind) -> None:
    verdict = judged(genuine_in(charset, kind).decode(charset).encode(saved) + b"\n", kind)
    assert (verdict.genuine, "the raw bytes are needed" in verdict.reason) == (None, True)


@pytest.mark.parametrize("kind", Kind)
def test_utf8_read_as_gb18030_and_saved_as_utf8_is_neither(kind: Kind) -> None:
    assert judged(genuine_in("utf-8", kind).decode("gb18030").encode(), kind).genuine is None


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("charset", "saved"), [("gbk", "utf-8"), ("utf-8", "gb18030")])
def test_a_forgery_stays_one_in_every_charset_but_utf16(charset: str, saved: str, kind: Kind) -> None:
    forged = genuine_in(charset, kind).replace(b"10000", b"10001").replace(b"1.00", b"9.00")
    verdict = judged(forged.decode(charset).encode(saved), kind)
    assert (verdict.genuine, "not genuine" in verdict.reason) == (False, True)


@pytest.mark.parametrize("message", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"\xff"])
def test_what_holds_no_message_is_judged_without_a_fault(message: bytes) -> None:
    assert judged(message).genuine is not True
    assert judged(message, Kind.NOTICE).genuine is not True
