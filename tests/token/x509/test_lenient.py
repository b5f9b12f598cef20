"""Certificates that break the rules are shown all the same; hostile bytes harm nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import example, given
from hypothesis import strategies as st

from tests.harness.odd_certificates import (
    CA,
    CN,
    EC,
    GOOD,
    NOW,
    SM2,
    SPKI,
    O,
    attribute,
    der,
    key_usage,
    name,
    odd,
    oid,
)
from tests.rig.softhsm import issue, subject
from tui.core.certificate import CertificateState, Usage
from tui.core.x509 import ber
from tui.token.x509 import certificates, lenient, strings


def read(value: bytes) -> lenient.Reading:
    """The reading, which must be there."""
    reading = lenient.read(value)
    assert reading is not None
    return reading


@pytest.mark.parametrize(
    "public_key",
    [EC, ec.generate_private_key(ec.SECP384R1()).public_key(), rsa.generate_private_key(65537, 2048).public_key()],
    ids=["P-256", "P-384", "RSA"],
)
@pytest.mark.parametrize("cn", ["某某供应商有限公司", 'a,b+"c"\\<d>;#', "# x ", " y"])
def test_of_a_good_certificate_both_parsers_read_the_same(
    cn: str, public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> None:
    value = issue(CA, subject(cn), public_key)
    parsed = x509.load_der_x509_certificate(value)
    reading = read(value)
    assert reading.subject == parsed.subject.rfc4514_string()
    assert reading.issuer == parsed.issuer.rfc4514_string()
    assert reading.serial == f"{parsed.serial_number:x}"
    assert reading.dates == (parsed.not_valid_before_utc, parsed.not_valid_after_utc)
    strict = certificates.read(value, b"", "", has_private_key=True)
    assert strict.well_formed
    assert (reading.key, reading.spki, reading.usage) == (strict.key, strict.spki, strict.usage)
    assert reading.common_name == strict.common_name
    assert lenient.spki_digest(value) == strict.spki
    assert not lenient.spki_digest(value[:60])


@pytest.mark.parametrize(
    "spki",
    [
        der(0x30, der(0x30, oid("1.2.840.10045.2.1"), oid(SM2)), der(0x03, b"\0\4" + bytes(64))),
        der(0x30, der(0x30, oid(SM2)), der(0x03, b"\0\4" + bytes(64))),
    ],
    ids=["GM/T 0015-2012", "GM/T 0015-2023"],
)
def test_an_sm2_key_is_named_in_both_forms(spki: bytes) -> None:
    seen = certificates.read(odd(spki=spki), b"\x01", "国密", has_private_key=True)
    assert (seen.key, seen.readable, seen.common_name) == ("SM2", True, "某某")
    assert seen.state(NOW) is CertificateState.UNSUPPORTED


@pytest.mark.parametrize(
    ("tag", "value", "text"),
    [
        (0x0C, "供应商".encode(), "供应商"),
        (0x0C, "供应商".encode("gbk"), "供应商"),
        (0x13, "供应商".encode("gbk"), "供应商"),
        (0x13, "供应商".encode(), "供应商"),
        (0x14, "供应商".encode("gbk"), "供应商"),
        (0x16, "供应商".encode(), "供应商"),
        (0x13, "某某".encode("gbk"), "某某"),  # also UTF-8, of two Latin letters
        (0x14, "某某".encode("gbk"), "某某"),
        (0x0C, "ĳĳ".encode(), "ĳĳ"),
        (0x14, "José".encode(), "José"),
        (0x1C, "供应商".encode("utf-32-be"), "供应商"),
        (0x1E, "供应商".encode("utf-16-be"), "供应商"),
        (0x1E, "供应".encode("utf-16-be") + b"\x55", "供应\ufffd"),
        (0x1E, "·낳끁".encode("utf-16-be"), "·낳끁"),  # also two Han in GB 2312
        (0x2C, der(0x0C, "供".encode()) + der(0x0C, "应商".encode()), "供应商"),
        (0x0C, b"a\x1b[31m\xe2\x80\xaeb", "a[31mb"),
        (0x14, "供應商".encode("big5"), "供應商"),
        (0x14, "臺灣環保科技股份有限公司".encode("big5"), "臺灣環保科技股份有限公司"),
        (0x13, "ABC環保有限公司(HK)".encode("big5"), "ABC環保有限公司(HK)"),
        (0x14, "李嘉誠".encode("big5"), "李嘉誠"),  # also GBK, with a character of private use
        (0x14, "黎明".encode("big5"), "黎明"),
        (0x14, "李玥".encode("gbk"), "李玥"),  # also Big5, of two common characters
        (0x14, "陈喆".encode("gbk"), "陈喆"),
        (0x14, "深圳市鑫燚镕科技（集团）有限公司".encode("gbk"), "深圳市鑫燚镕科技（集团）有限公司"),
        (0x14, "廣東環保科技有限公司".encode("gbk"), "廣東環保科技有限公司"),
        (0x14, "优の良品".encode("gbk"), "优の良品"),
        (0x14, "A股".encode("gbk"), "A股"),
        (0x14, "㐂㙦䶮有限公司".encode("gb18030"), "㐂㙦䶮有限公司"),
        (0x14, "José García".encode("latin-1"), "José García"),
        (0x14, "Müller GmbH".encode("latin-1"), "Müller GmbH"),
        (0x14, "Núñez".encode("latin-1"), "Núñez"),  # also GBK, with a character of private use
        (0x14, "Çelik".encode("latin-1"), "Çelik"),  # also Big5, with a kana
        (0x14, "Äpfel".encode("latin-1"), "Äpfel"),  # also Big5, with a Han alone
        (0x13, "Société Générale".encode("latin-1"), "Société Générale"),
        (0x14, "供应商测试".encode()[:-1], "供应商测\ufffd"),  # also GBK, of seven rare characters
        (0x0C, "供应商".encode()[:-1], "供应\ufffd"),
        (0x14, "供应商".encode("gbk")[:-1], "\ufffd\ufffdӦ\ufffd"),
        (0x1C, "供应".encode("utf-32-be")[:-1], "供\ufffd"),
        (0x1C, b"\x00\x11\x00\x00", "\ufffd"),
        (0x1E, "供𠮷".encode("utf-16-be")[:-2], "供\ufffd"),
    ],
)
def test_text_is_read_in_every_string_type(tag: int, value: bytes, text: str) -> None:
    reading = read(odd(holder=name(attribute(CN, tag, value))))
    assert (reading.common_name, reading.subject) == (text, f"CN={text}")


def test_names_that_break_the_rules() -> None:
    twice = attribute(CN, 0x0C, b"a") + attribute(CN, 0x0C, b"b")
    reading = read(odd(holder=name(b"", twice, attribute("1.2.156.10260.4.1.4", 0x13, b"91440"), b"\x05\x00")))
    assert reading.subject == "1.2.156.10260.4.1.4=91440,CN=a+CN=b"
    assert reading.common_name == "b"
    assert read(odd(holder=name(attribute(O, 0x0C, b"only")))).common_name == "only"
    assert read(odd(holder=name(attribute(CN, 0x03, b"\0\xff")))).subject == "CN=#030200ff"
    assert read(odd(holder=name())).subject == ""
    long = read(odd(holder=name(*(attribute(CN, 0x0C, "长".encode() * 60) for _ in range(25)))))
    assert len(long.subject) == 400


@pytest.mark.parametrize(
    ("serial", "told"),
    [(b"\xff\x01", "-ff"), (b"\x00", "0"), (b"", "0"), (b"\x7f" * 30, "7f" * 30), (b"\x00\x00\x80", "80")],
)
def test_serials(serial: bytes, told: str) -> None:
    assert read(odd(serial=serial)).serial == told


@pytest.mark.parametrize(
    ("tag", "written", "at"),
    [
        (0x17, b"2612130500Z", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x17, b"261213130000+0800", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x17, b"500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (0x17, b"20261213050000Z", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x18, b"20261213050000.123Z", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x18, b"20261212230000,5-0600", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x18, b"2026121305", datetime(2026, 12, 13, 5, 0, tzinfo=UTC)),
        (0x18, b"99991231235959Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0x18, b"201112130500Z", datetime(2011, 12, 13, 5, 0, tzinfo=UTC)),
        (0x17, b"201112130500Z", datetime(2020, 11, 12, 13, 5, tzinfo=UTC)),
        (0x17, b"270231050000Z", None),
        (0x17, b"261213240000Z", None),
        (0x17, b"250101240000Z", None),
        (0x17, b"261231235960Z", None),
        (0x17, b"", None),
        (0x18, b"99991231235959-0100", None),
        (0x18, b"20261313050000Z", None),
        (0x18, b"00000101000000Z", None),
        (0x18, b"20261213050000+9999", None),
        (0x17, "２６１２１３０５００Ｚ".encode(), None),
    ],
)
def test_times(tag: int, written: bytes, at: datetime | None) -> None:
    (element,) = ber.elements(der(tag, written))
    assert strings.time(element) == at
    validity = der(0x30, der(0x17, b"260101000000Z"), der(tag, written))
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert read(odd(validity=validity)).dates == (None if at is None else (begin, at))


@pytest.mark.parametrize("validity", [der(0x30), der(0x30, der(0x17, b"260101000000Z")), der(0x30, b"\x17\x0d2")])
def test_a_certificate_without_dates_is_shown_by_its_names(validity: bytes) -> None:
    seen = certificates.read(odd(validity=validity), b"", "", has_private_key=True)
    assert (seen.common_name, seen.key, seen.readable, seen.dated) == ("某某", "EC-P256", True, False)


@pytest.mark.parametrize(
    ("extension", "usage"),
    [
        (b"", Usage.ANY),
        (key_usage(b"\xc0"), Usage.SIGNING),
        (key_usage(b"\x40"), Usage.SIGNING),
        (key_usage(b"\x38"), Usage.ENCRYPTION),
        (key_usage(b"\xb0"), Usage.ANY),
        (key_usage(b"\x06"), Usage.OTHER),
        (key_usage(b""), Usage.OTHER),
        (der(0x30, oid("2.5.29.15"), der(0x04, b"\x05\x00")), Usage.ANY),
        (der(0x30, oid("2.5.29.15"), der(0x04, b"")), Usage.ANY),
        (der(0x30, oid("1.2.156.10260.4.1.3"), der(0x04, b"junk")) + key_usage(b"\x20"), Usage.ENCRYPTION),
    ],
)
def test_usage_is_read_past_extensions_that_nobody_knows(extension: bytes, usage: Usage) -> None:
    assert read(odd(extensions=extension)).usage is usage


def test_an_encryption_certificate_with_a_broken_extension_is_not_taken_for_a_signing_one() -> None:
    broken = der(0x30, oid("2.5.29.19"), der(0x04, b"\xff\xff"))
    seen = certificates.read(odd(extensions=broken + key_usage(b"\x38")), b"", "", has_private_key=True)
    assert (seen.usage, seen.state(NOW)) == (Usage.ENCRYPTION, CertificateState.NOT_FOR_SIGNING)


def test_ber_lengths_and_values_that_were_cut_off() -> None:
    whole = odd(extensions=key_usage(b"\xc0"))
    body = ber.elements(whole)[0].content
    tbs, rest = ber.elements(body)[0], body[len(ber.elements(body)[0].whole) :]
    endless = b"\x30\x80" + b"\x30\x80" + tbs.content + b"\0\0" + rest + b"\0\0"
    padded = b"\x30\x85\0" + len(body).to_bytes(4) + body
    assert read(endless) == read(padded) == read(whole) == read(whole + bytes(100))
    assert read(whole[:-70]) == read(whole)
    assert read(whole[: whole.index(SPKI) + len(SPKI) + 5]).usage is Usage.ANY
    assert lenient.read(whole[: whole.index(SPKI) + 20]) is None


def test_a_country_in_words_breaks_no_rule_that_matters() -> None:
    holder = name(attribute("2.5.4.6", 0x0C, "中国".encode()), attribute(CN, 0x0C, b"x"))
    seen = certificates.read(odd(holder=holder, signature="1.2.840.10045.4.3.2"), b"", "", has_private_key=True)
    assert (seen.subject, seen.well_formed) == ("CN=x,C=中国", True)


@pytest.mark.parametrize(
    "change",
    [
        {"serial": b"\0\1"},
        {"holder": name(attribute(CN, 0x0C, "供应商".encode("gbk")))},
        {"holder": name(attribute(CN, 0x04, b"\0x"))},
    ],
    ids=["serial of two octets for one", "GBK", "OCTET STRING"],
)
def test_what_the_strict_parser_refuses_is_shown_and_never_renewed(change: dict[str, bytes]) -> None:
    value = odd(signature="1.2.840.10045.4.3.2", **change)
    seen = certificates.read(value, b"\x01", "", has_private_key=True)
    assert (seen.key, seen.readable, seen.well_formed) == ("EC-P256", True, False)
    assert seen.state(NOW) is CertificateState.UNSUPPORTED
    assert seen.state(NOW + timedelta(days=30)) is CertificateState.EXPIRED


def test_a_large_certificate_is_read_and_a_huge_one_is_none() -> None:
    assert read(odd(extensions=der(0x30, oid("2.16.156.112548"), der(0x04, bytes(4096))))).key == "EC-P256"
    assert lenient.read(odd(extensions=der(0x30, oid("2.16.156.112548"), der(0x04, bytes(70_000))))) is None


@pytest.mark.parametrize("nested", [b"\x30\x80", b"\xa0\x80", b"\x1f\xff", b"\x30\x84\xff\xff\xff\xff"])
def test_nesting_is_bounded(nested: bytes) -> None:
    assert lenient.read(nested * 30_000) is None
    assert lenient.read(b"\x30\x82\xff\xff" + nested * 30_000) is None


SAMPLES = (
    GOOD,
    odd(),
    odd(extensions=key_usage(b"\x38")),
    odd(spki=der(0x30, der(0x30, oid(SM2)), der(0x03, b"\0\4"))),
)
CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12)


@given(st.sampled_from(SAMPLES), CHANGES, st.floats(0, 1))
@example(GOOD, [], 1.0)
def test_mutated_certificates_never_raise(sample: bytes, changes: list[tuple[float, int]], kept: float) -> None:
    value = bytearray(sample)
    for place, octet in changes:
        value[int(place * len(value))] = octet
    _check(bytes(value[: int(kept * len(value))]))


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(value: bytes) -> None:
    _check(value)
    _check(der(0x30, der(0x30, value)))


def _check(value: bytes) -> None:
    seen = certificates.read(value, b"\x01", "x", has_private_key=True)
    state = seen.state(NOW)
    assert (state is CertificateState.UNREADABLE) is not seen.readable
    assert seen.well_formed or state not in (CertificateState.RENEWABLE, CertificateState.VALID)
    assert seen.subject.isprintable()
    assert len(seen.subject) <= 400
    lenient.read(value)
