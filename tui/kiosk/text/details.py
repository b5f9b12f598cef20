"""证书详情 in words: what a certificate says, part by part; for screens, lines and `certs show` alike."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tui.core.certificate import Certificate, Token
from tui.core.details import Details, Named
from tui.core.frozen import frozen
from tui.kiosk.text import N_, _
from tui.kiosk.text.certificate import Fact, date_words, discreet, facts

KINDS: Final = {
    "CN": N_("名称"),
    "O": N_("单位"),
    "OU": N_("部门"),
    "C": N_("国家"),
    "ST": N_("省份"),
    "L": N_("城市"),
    "STREET": N_("街道"),
    "SN": N_("姓"),
    "GN": N_("名"),
    "title": N_("职务"),
    "serialNumber": N_("编号"),
    "organizationIdentifier": N_("单位代码"),
    "emailAddress": N_("邮箱"),
    "mail": N_("邮箱"),
    "rfc822Name": N_("邮箱"),
    "telephoneNumber": N_("电话"),
    "mobile": N_("手机"),
    "UID": N_("用户标识"),
    "dNSName": N_("域名"),
    "iPAddress": N_("IP地址"),
    "uniformResourceIdentifier": N_("网址"),
    "UPN": N_("登录名"),
    "directoryName": N_("名录名称"),
    **{f"{arc}.1": N_("身份标识") for arc in ("1.2.156.10260.4.1", "1.2.156.11.7")},
    **{f"{arc}.2": N_("社会保险号") for arc in ("1.2.156.10260.4.1", "1.2.156.11.7")},
    **{f"{arc}.3": N_("工商注册号") for arc in ("1.2.156.10260.4.1", "1.2.156.11.7")},
    # Translators: the organisation code, or the unified social credit code that has taken its place.
    **{f"{arc}.4": N_("组织机构代码") for arc in ("1.2.156.10260.4.1", "1.2.156.11.7")},
    **{f"{arc}.5": N_("税号") for arc in ("1.2.156.10260.4.1", "1.2.156.11.7")},
    "1.3.6.1.4.1.18760.1.12.11": N_("网证通唯一标识"),
    "1.3.6.1.4.1.18760.1.12.12.2": N_("网证通证书类别"),
    "1.3.6.1.4.1.18760.1.12.14": N_("网证通绑定值"),
    "2.16.156.112548": N_("深圳地方标识"),
}
"""Attributes and general names by short name; what the CAs number by themselves by OID (GM/T 0015, NETCA)."""
USAGES: Final = {
    "digitalSignature": N_("数字签名"),
    "nonRepudiation": N_("抗抵赖"),
    "keyEncipherment": N_("密钥加密"),
    "dataEncipherment": N_("数据加密"),
    "keyAgreement": N_("密钥协商"),
    "keyCertSign": N_("签发下级证书"),
    "cRLSign": N_("签发吊销列表"),
    "encipherOnly": N_("只加密"),
    "decipherOnly": N_("只解密"),
    "serverAuth": N_("网站身份"),
    "clientAuth": N_("登录身份"),
    "codeSigning": N_("软件签名"),
    "emailProtection": N_("安全邮件"),
    "timeStamping": N_("时间戳"),
    "OCSPSigning": N_("证书状态应答"),
    "smartcardLogon": N_("Windows登录"),
    "documentSigning": N_("文档签名"),
    "anyExtendedKeyUsage": N_("任何用途"),
}
"""keyUsage and extKeyUsage."""


@frozen
class Section:
    """What belongs together."""

    title: str
    facts: tuple[Fact, ...]


def sections(
    token: Token, certificate: Certificate, details: Details, now: datetime, window: timedelta, *, veiled: bool = False
) -> tuple[Section, ...]:
    """Everything that is told of a certificate; `veiled` nothing by which the holder or the token is known."""
    summary = facts(certificate, now, window)[:4]
    if veiled:
        told: tuple[Section, ...] = (
            Section(_("证书信息"), (*discreet(summary, certificate), *_validity(certificate))),
            Section(_("发证机构"), tuple(_named(() if details.issuer == details.subject else details.issuer))),
            Section(_("密钥"), tuple(_key(certificate, details))),
            Section(_("其他信息"), tuple(_places(details))),
        )
    else:
        told = (
            Section(_("证书信息"), (*summary, *_validity(certificate), *_serial(certificate))),
            Section(_("持有者"), (*_named(details.subject), *_named(details.names), *_named(details.codes))),
            Section(_("发证机构"), tuple(_named(details.issuer))),
            Section(_("密钥"), tuple(_key(certificate, details))),
            Section(_("其他信息"), (*_places(details), *_identifiers(details))),
            Section(_("在CA中的位置"), tuple(_place(token, certificate))),
            Section(_("指纹"), tuple(_row("SHA-256", fingerprint_lines(certificate.fingerprint)))),
        )
    return tuple(section for section in told if section.facts)


def fingerprint_lines(fingerprint: str) -> tuple[str, str]:
    """Eight groups each."""
    half = len(fingerprint) // 2
    return grouped(fingerprint[:half]), grouped(fingerprint[half:])


def saving_words(folder: Path) -> str:
    """What is saved, in which forms, and where."""
    about = _("证书是公开的，不含私钥。.cer可在Windows中双击打开，.pem是文本。")
    return f"{about}\n" + _("保存到：{folder}").format(folder=folder)


def grouped(hexadecimal: str) -> str:
    """`3F2A 91C0 …`: capitals in fours, to be read aloud and compared."""
    capitals = hexadecimal.upper()
    return " ".join(capitals[at : at + 4] for at in range(0, len(capitals), 4))


def kind_words(kind: str) -> str:
    """What an attribute, a general name or a numbered value is called."""
    return _(KINDS[kind]) if kind in KINDS else kind


def usage_words(names: Iterable[str]) -> str:
    """Usages and purposes in a row."""
    return _("、").join(_(USAGES[name]) if name in USAGES else name for name in names)


def _named(row: Iterable[Named]) -> Iterator[Fact]:
    return (Fact(kind_words(one.kind), one.value) for one in row)


def _validity(certificate: Certificate) -> Iterator[Fact]:
    if certificate.readable:
        yield Fact(_("生效时间"), date_words(certificate, certificate.not_before))


def _serial(certificate: Certificate) -> Iterator[Fact]:
    if certificate.readable:
        yield Fact(_("序列号"), certificate.serial.upper())
    if certificate.readable and not certificate.well_formed:
        yield Fact(_("格式"), _("不完全符合标准，只显示能读出的内容"))


def _key(certificate: Certificate, details: Details) -> Iterator[Fact]:
    if certificate.key:
        yield Fact(_("算法和长度"), key_words(certificate.key))
    yield Fact(_("私钥"), _("在CA中") if certificate.has_private_key else _("不在CA中，或输入CA密码后才能看到"))
    if details.usages:
        yield Fact(_("密钥用途"), usage_words(details.usages))
    if details.purposes:
        yield Fact(_("扩展用途"), usage_words(details.purposes))
    if details.authority:
        yield Fact(_("证书类型"), _("发证机构的证书"))


def key_words(key: str) -> str:
    """`RSA，2048位`; a curve's name tells its size."""
    algorithm, _dash, size = key.partition("-")
    if size.isdecimal():
        return _("{algorithm}，{bits}位").format(algorithm=algorithm, bits=size)
    if key == "SM2":
        return _("{algorithm}，{bits}位").format(algorithm=_("国密SM2"), bits=256)
    if size[:1] == "P" and size[1:].isdecimal():
        return _("{algorithm}，{bits}位").format(algorithm=f"{algorithm} P-{size[1:]}", bits=size[1:])
    return key


def _places(details: Details) -> Iterator[Fact]:
    """What is the CA's and says nothing of the holder."""
    if details.signature:
        yield Fact(_("签名算法"), details.signature)
    yield from _row(_("证书策略"), details.policies)
    yield from _row(_("业务规则"), details.statements)
    yield from _row(_("吊销列表"), details.revocation_lists)
    yield from _row(_("状态查询"), details.responders)
    yield from _row(_("上级证书"), details.issuers)
    if details.issuer_key_id:
        yield Fact(_("上级密钥标识"), grouped(details.issuer_key_id))
    yield from _row(_("其他扩展"), details.others)


def _identifiers(details: Details) -> Iterator[Fact]:
    if details.key_id:
        yield Fact(_("密钥标识"), grouped(details.key_id))


def _place(token: Token, certificate: Certificate) -> Iterator[Fact]:
    yield Fact(_("CA名称"), token.label or _("未命名CA"))
    yield Fact(_("CA序列号"), token.serial)
    yield Fact(_("槽位"), str(token.slot))
    yield Fact(_("证书标签"), certificate.label or _("没有标签"))
    yield Fact("CKA_ID", certificate.key_id or "-")
    yield Fact(_("大小"), _("{size}字节").format(size=len(certificate.der)))


def _row(label: str, values: Iterable[str]) -> Iterator[Fact]:
    """The label once."""
    for at, value in enumerate(filter(None, values)):
        yield Fact("" if at else label, value)
