"""Certificates that nobody here made: odd ones are renewed, others are refused with a reason, none is a fault."""

import random
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from tests.harness.desk.rules import installed, refusal, seen_by_openssl
from tests.harness.desk.signing import Key
from tests.harness.desk.town import Person, Refusal, Town, b64
from tests.harness.odd_certificates import attribute
from tests.harness.odd_certificates import der as der_of
from tests.harness.odd_certificates import name as name_of
from tui.core.failure import Reason
from tui.core.order import ApplicationStatus
from tui.core.x509.der import element
from tui.core.x509.parts import dissect
from tui.desk.ca.profile import Issuer, assemble
from tui.desk.crypto.tbs import Extension, TbsCertificate
from tui.desk.storage.database import reading
from tui.desk.storage.evidence import EvidenceRecord
from tui.token.x509.certificates import read as kiosk_reads

KEY = ec.generate_private_key(ec.SECP256R1())
KEY_USAGE = ("2.5.29.15", b"\x03\x02\x06\xc0")
SM2_KEY = bytes.fromhex(
    "3059301306072a8648ce3d020106082a811ccf5501822d0342000494fc7a053708485f04755a0df9d9e1fddb8e624e7f01d0a6ea22e14ee6c3"
    "dd7d6ce43c305f4db2ec4204f2ff7d3c85f9aee79bcbd4240b99afd26fa78f98cc77"
)
"""SubjectPublicKeyInfo on the curve 1.2.156.10197.1.301, made by OpenSSL."""
GMT_0015 = [  # 社保号, 工商注册号, 组织机构代码, 税号 of GM/T 0015, and two of this CA's own
    ("1.2.156.10260.4.1.2", b"\x13\x0512345"),
    ("1.2.156.10260.4.1.3", b"\x0c\x0f440101000000001"),
    ("1.2.156.10260.4.1.4", b"\x0c\x1291440300100012316L"),
    ("1.2.156.10260.4.1.5", b"not even DER"),
    ("1.3.6.1.4.1.18760.1.12.11", b"\x04\x03\xff\xfe\xfd"),
    ("1.3.6.1.4.1.18760.1.12.12.2", b""),
]


def name(kind: _ASN1Type, text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, text, kind),
            x509.NameAttribute(NameOID.COMMON_NAME, "ABCD"),
        ]
    )


def changed(town: Town, key: Key = KEY, **parts: object) -> bytes:
    """A certificate of the town's CA with parts of its TBSCertificate replaced, signed like any other."""
    authority = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes())
    issuer = Issuer(authority, SignatureAlgorithmOID.ECDSA_WITH_SHA256, null_parameters=False)
    tbs = asn1.decode_der(TbsCertificate, tbs_of(town.certificate(key)))
    kept: dict[str, Any] = {field: parts.get(field, getattr(tbs, field)) for field in TbsCertificate.__annotations__}
    der = asn1.encode_der(TbsCertificate(**kept))
    assert isinstance(town.ca_key, ec.EllipticCurvePrivateKey)
    return assemble(issuer, der, town.ca_key.sign(der, ec.ECDSA(SHA256())))


def tbs_of(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).tbs_certificate_bytes


def tlv(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)


def extensions(pairs: list[tuple[str, bytes]]) -> list[Extension]:
    return [Extension(oid=x509.ObjectIdentifier(oid), critical=False, value=value) for oid, value in pairs]


def with_name(town: Town, kind: _ASN1Type, text: str) -> bytes:
    return changed(town, subject=tlv(name(kind, text).public_bytes()))


def raw_name(town: Town, attributes: bytes) -> bytes:
    """A certificate whose name is one RDN of these bytes, which no library would write."""
    return changed(town, subject=tlv(name_of(attributes)))


def reworded(town: Town) -> bytes:
    """The name of the town's CA in BMPStrings."""
    authority = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes())
    return name_of(
        *(attribute(one.oid.dotted_string, 0x1E, str(one.value).encode("utf-16-be")) for one in authority.subject)
    )


ODD: dict[str, Callable[[Town], bytes]] = {
    "T61String": lambda town: with_name(town, _ASN1Type.T61String, "Supplier <b>&</b> Co"),
    "BMPString": lambda town: with_name(town, _ASN1Type.BMPString, "广州某某公司"),
    "PrintableString with & _ @": lambda town: raw_name(town, attribute("2.5.4.3", 0x13, b"Test & Sons_Co @ SZ*")),
    "PrintableString in GBK": lambda town: raw_name(town, attribute("2.5.4.3", 0x13, "供应商".encode("gbk"))),
    "T61String beyond ASCII": lambda town: raw_name(town, attribute("2.5.4.3", 0x14, b"caf\xe9")),
    "UniversalString": lambda town: raw_name(town, attribute("2.5.4.3", 0x1C, "供应商".encode("utf-32-be"))),
    "IA5String of eight bits": lambda town: raw_name(town, attribute("2.5.4.3", 0x16, b"\xe9")),
    "SET OF not in order": lambda town: raw_name(
        town, attribute("2.5.4.3", 0x0C, b"zzz") + attribute("2.5.4.10", 0x0C, b"aa")
    ),
    "row of strings": lambda town: raw_name(town, attribute("2.5.4.16", 0x30, der_of(0x0C, "某路1号".encode()))),
    "issuer in another string type": lambda town: changed(town, issuer=tlv(reworded(town))),
    "version 2": lambda town: changed(town, version=1),
    "GM/T 0015": lambda town: changed(town, extensions=extensions(GMT_0015)),
    "4 KB": lambda town: changed(town, extensions=extensions([("1.2.156.10260.4.1.1", bytes(range(256)) * 16)])),
    "negative serial": lambda town: changed(town, serial_number=-(2**100)),
    "serial of 40 octets": lambda town: changed(town, serial_number=2**319 - 1),
    "no extensions": lambda town: changed(town, extensions=None),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_certificate_is_renewed_with_its_oddities(town: Town, odd: str) -> None:
    certificate = ODD[odd](town)
    done = installed(town, town.holder(KEY, certificate))
    assert done.status is ApplicationStatus.INSTALLED
    old, new = (asn1.decode_der(TbsCertificate, dissect(der).tbs) for der in (certificate, done.certificate))
    assert bytes(asn1.encode_der(old.subject)) == bytes(asn1.encode_der(new.subject))
    kept, made = ([(e.oid, e.value) for e in tbs.extensions or []] for tbs in (old, new))
    assert made[: len(kept)] == kept
    assert_openssl_takes(town, done.business_no, done.certificate)


def assert_openssl_takes(town: Town, business_no: str, certificate: bytes) -> None:
    """The issued certificate, the evidence and the request, each as anybody would check it."""
    seen_by_openssl(town, business_no)
    with reading(town.desk.engine) as db:
        (town.folder / "request.pem").write_bytes(db.unit.get_one(EvidenceRecord, business_no).csr)
    (town.folder / "new.der").write_bytes(certificate)
    at = str(int((town.clock.now + timedelta(minutes=1)).timestamp()))
    for command in (
        ["openssl", "req", "-in", "request.pem", "-verify", "-noout"],
        ["openssl", "verify", "-attime", at, "-CAfile", "ca.pem", "new.der"],
    ):
        subprocess.run(command, cwd=town.folder, check=True, capture_output=True)


def offer(person: Person, certificate: bytes) -> object:
    return person.call("POST", "/offers", {"certificate": b64(certificate)})


def sm2_signed(folder: Path) -> bytes:
    """An SM2 certificate signed with SM3withSM2, as OpenSSL makes it."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "SM2", "-out", "sm2.key"], cwd=folder, check=True)
    command = ["openssl", "req", "-new", "-x509", "-key", "sm2.key", "-sm3", "-subj", "/C=CN/CN=SM2", "-days", "9"]
    identity = ["-sigopt", "distid:1234567812345678", "-outform", "DER"]
    return subprocess.run([*command, *identity], cwd=folder, check=True, capture_output=True).stdout


def test_an_sm2_certificate_is_refused_for_its_key(town: Town) -> None:
    person = town.holder(KEY, changed(town, subject_public_key_info=tlv(SM2_KEY)))
    refusal(Reason.KEY_UNSUPPORTED, lambda: offer(person, person.certificate))
    refusal(Reason.KEY_UNSUPPORTED, person.save)
    signed = sm2_signed(town.folder)
    assert not town.desk.ca.recognises(signed)
    refusal(Reason.KEY_UNSUPPORTED, lambda: offer(person, signed))


def broken_name(town: Town, kind: _ASN1Type, old: bytes, new: bytes) -> bytes:
    """With bytes of the organisation 公司XY exchanged."""
    return changed(town, subject=tlv(name(kind, "公司XY").public_bytes().replace(old, new)))


def with_raw(town: Town, *parts: bytes) -> bytes:
    """A certificate with these bytes in the place of its extensions, which no library would write."""
    tbs, algorithm, _ = element(town.certificate(KEY), 0x30).row
    kept = b"".join(field.whole for field in tbs.row if field.tag != 0xA3)
    made = der_of(0x30, kept, *parts)
    assert isinstance(town.ca_key, ec.EllipticCurvePrivateKey)
    return der_of(0x30, made, algorithm.whole, der_of(0x03, b"\0" + town.ca_key.sign(made, ec.ECDSA(SHA256()))))


def raw_extensions(*each: str) -> bytes:
    return der_of(0xA3, der_of(0x30, *map(bytes.fromhex, each)))


IN_ANOTHER_FORM = {
    "cA FALSE": raw_extensions("300c0603551d1304053003010100"),
    "cA FALSE with a path length": raw_extensions("300f0603551d1304083006010100020100"),
    "critical FALSE": raw_extensions("300e0603551d0f0101000404030206c0"),
    "critical 1": raw_extensions("300e0603551d0f0101010404030206c0"),
    "more behind the key usage": raw_extensions("300c0603551d0f0405030206c000"),
    "bits beyond the key usage": raw_extensions("300b0603551d0f0404030206ff"),
    "an address of five octets": raw_extensions("30100603551d110409300787053132333435"),
    "a unique identifier": der_of(0x81, b"\0abc") + raw_extensions("300b0603551d0f0404030206c0"),
}


@pytest.mark.parametrize("form", IN_ANOTHER_FORM)
def test_what_standard_tools_read_is_renewed_in_the_form_of_der(town: Town, form: str) -> None:
    certificate = with_raw(town, IN_ANOTHER_FORM[form])
    (town.folder / "old.der").write_bytes(certificate)
    at = str(int(town.clock.now.timestamp()))
    command = ["openssl", "verify", "-attime", at, "-CAfile", "ca.pem", "old.der"]
    subprocess.run(command, cwd=town.folder, check=True, capture_output=True)
    assert kiosk_reads(certificate, b"", "", has_private_key=True).well_formed
    done = installed(town, town.holder(KEY, certificate))
    assert_openssl_takes(town, done.business_no, done.certificate)


UNREADABLE: dict[str, Callable[[Town], bytes]] = {
    "invalid UTF-8": lambda town: broken_name(town, _ASN1Type.UTF8String, "公".encode(), b"\xff\xfe\xfd"),
    "half a surrogate pair": lambda town: broken_name(town, _ASN1Type.BMPString, b"\x51\x6c", b"\xd8\x00"),
    "name in a BIT STRING of eight unused bits": lambda town: raw_name(town, attribute("2.5.4.3", 0x03, b"\x08a")),
    "version 90": lambda town: changed(town, version=89),
    "empty": lambda _: b"",
    "cut off": lambda town: town.certificate(KEY)[:-1],
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_refused_as_unreadable(town: Town, what: str) -> None:
    certificate = UNREADABLE[what](town)
    town.desk.ca.recognises(certificate)
    person = town.holder(KEY, certificate)
    refusal(Reason.CERTIFICATE_UNREADABLE, lambda: offer(person, certificate))
    refusal(Reason.CERTIFICATE_UNREADABLE, person.save)


INVALID: dict[str, Callable[[Town], bytes]] = {
    "an extension twice": lambda town: changed(town, extensions=extensions([KEY_USAGE, KEY_USAGE])),
    "an unknown extension twice": lambda town: changed(town, extensions=extensions([GMT_0015[0]] * 2)),
    "a key usage that is no DER": lambda town: changed(town, extensions=extensions([("2.5.29.15", b"\xff")])),
    "a name constraint that is no DER": lambda town: changed(town, extensions=extensions([("2.5.29.30", b"\xff")])),
    "an issuer's key identifier that is no DER": lambda town: changed(
        town, extensions=extensions([("2.5.29.35", b"\xff")])
    ),
    "a key identifier that is no DER": lambda town: changed(town, extensions=extensions([("2.5.29.14", b"\xff")])),
    "what is not carried over, twice": lambda town: changed(
        town, extensions=extensions([("2.5.29.16", b"\x30\0")] * 2)
    ),
}


@pytest.mark.parametrize("what", INVALID)
def test_what_is_invalid_is_refused_before_anything_is_asked_as_the_kiosk_does(town: Town, what: str) -> None:
    person = town.holder(KEY, INVALID[what](town))
    assert not kiosk_reads(person.certificate, b"", "", has_private_key=True).well_formed
    refusal(Reason.CERTIFICATE_MALFORMED, lambda: offer(person, person.certificate))
    refusal(Reason.CERTIFICATE_MALFORMED, person.save)


def test_version_1_with_extensions_becomes_version_3(town: Town) -> None:
    certificate = changed(town, version=0, extensions=extensions([KEY_USAGE]))
    done = installed(town, town.holder(KEY, certificate))
    assert x509.load_der_x509_certificate(done.certificate).version is x509.Version.v3


def test_damaged_certificates_are_refused_and_never_a_fault(town: Town) -> None:
    person, chance = town.person(), random.Random(20261123)
    whole = [make(town) for make in ODD.values()] + [person.certificate, sm2_signed(town.folder)]
    expected = {
        Reason.CERTIFICATE_UNREADABLE.value,
        Reason.FOREIGN_CERTIFICATE.value,
        Reason.KEY_UNSUPPORTED.value,
        Reason.NOT_THE_APPLICANT.value,
    }
    reasons = []
    for number in range(200):
        der = bytearray(whole[number % len(whole)])
        for _ in range(chance.choice((1, 2, 8))):
            der[chance.randrange(min(len(der), 500))] ^= chance.randrange(1, 256)
        assert not town.desk.ca.recognises(bytes(der))
        with pytest.raises(Refusal) as refused:
            offer(person, bytes(der))
        reasons.append(refused.value.reason)
    assert set(reasons) <= expected
    assert len(set(reasons)) >= 3
