"""A certificate in words: its facts, its state, and what can be done with it; for screens and for lines alike."""

from datetime import datetime, timedelta

from tui.core.certificate import Certificate, CertificateState, Token, Usage
from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.kiosk.text import _
from tui.kiosk.text.dates import day, moment
from tui.kiosk.text.labels import label


@frozen
class Fact:
    """One row."""

    label: str
    value: str
    style: str = ""


STATE_STYLES = {
    CertificateState.RENEWABLE: "bold $good",
    CertificateState.VALID: "bold $secondary",
    CertificateState.NOT_FOR_SIGNING: "$muted",
    CertificateState.RENEWED: "$good",
}
"""Beside the words; every other state is drawn as trouble."""
TROUBLE = "bold $bad"


def left_words(days: int) -> str:
    """Whole days until the end, or since then, in the one form that they have everywhere."""
    match days:
        case -1:
            return _("已过期1天")
        case 0:
            return _("不到1天就到期")
        case 1:
            return _("还有1天到期")
        case _ if days < 0:
            return _("已过期{days}天").format(days=-days)
        case _:
            return _("还有{days}天到期").format(days=days)


def days_words(certificate: Certificate, now: datetime, window: timedelta) -> tuple[str, str]:
    """What can be done with the certificate now, and the style to say it in."""
    state = certificate.state(now, window)
    left = left_words(certificate.days_left(now)) if certificate.dated else _("有效期无法读取")
    style = STATE_STYLES.get(state, TROUBLE)
    match state:
        case CertificateState.RENEWABLE if certificate.days_left(now) == 0:
            return _("{left}，请立即续期").format(left=left), TROUBLE
        case CertificateState.RENEWABLE if certificate.is_urgent(now):
            return _("{left}，请尽快续期").format(left=left), TROUBLE
        case CertificateState.RENEWABLE:
            return _("{left}，可以续期").format(left=left), style
        case CertificateState.VALID:
            opens = day(certificate.not_after - window)
            return _("{left}，{day}起可续期").format(left=left, day=opens), style
        case CertificateState.UNSUPPORTED if certificate.is_sm2:
            return _("{left}，国密（SM2）证书请到柜台续期").format(left=left), style
        case CertificateState.UNSUPPORTED | CertificateState.EXPIRED:
            return _("{left}，不能在线续期").format(left=left), style
        case CertificateState.NOT_FOR_SIGNING:
            return _("{left}，不单独续期").format(left=left), style
        case CertificateState.RENEWED if certificate.renewed_until is not None:
            return _("已续期，新证书有效期至{day}").format(day=day(certificate.renewed_until)), style
        case _:
            return label(state), style


def date_words(certificate: Certificate, date: datetime) -> str:
    """One of its dates, or that they cannot be read."""
    return moment(date) if certificate.dated else label(CertificateState.UNREADABLE)


def short_facts(certificate: Certificate, now: datetime, window: timedelta) -> tuple[Fact, ...]:
    """Name under what the certificate is for, end, and what can be done."""
    if not certificate.readable:
        return _unreadable(certificate)
    words, style = days_words(certificate, now, window)
    return (
        Fact(label(certificate.usage), certificate.name, "bold"),
        Fact(_("有效期至"), date_words(certificate, certificate.not_after)),
        Fact(_("状态"), words, style),
    )


def facts(certificate: Certificate, now: datetime, window: timedelta) -> tuple[Fact, ...]:
    """Everything of the certificate that people ask for, the longest last: a small screen may cut it off."""
    if not certificate.readable:
        return _unreadable(certificate)
    _name, end, words = short_facts(certificate, now, window)
    return (
        Fact(_("证书主题"), certificate.name, "bold"),
        end,
        words,
        Fact(_("证书用途"), _("，").join((label(certificate.usage), certificate.key))),
        Fact(_("序列号"), certificate.serial.upper()),
        Fact(_("发证机构"), certificate.issuer),
        Fact(_("生效时间"), date_words(certificate, certificate.not_before)),
        Fact(_("主题全称"), certificate.subject),
    )


def refused_facts(certificate: Certificate, now: datetime, window: timedelta) -> tuple[Fact, ...]:
    """What this is about, short enough to stand below a long reason."""
    rows = short_facts(certificate, now, window)
    if not certificate.readable:
        return rows
    return *rows, Fact(_("序列号"), certificate.serial.upper()), Fact(_("密钥"), certificate.key)


def discreet(rows: tuple[Fact, ...], certificate: Certificate) -> tuple[Fact, ...]:
    """For whoever may have found the token: the holder's name masked, neither serial nor whole subject.

    Of what cannot be read its label, which may be a name, stays untold.
    """
    if not certificate.readable:
        return (Fact(_("状态"), label(CertificateState.UNREADABLE), TROUBLE),)
    if not certificate.name:
        return rows
    told = {certificate.serial.upper(), certificate.subject} - {certificate.name}
    kept = (fact for fact in rows if fact.value not in told)
    hidden = masked_name(certificate.name)
    return tuple(Fact(f.label, f.value.replace(certificate.name, hidden), f.style) for f in kept)


def masked_name(name: str) -> str:
    """深圳****有限公司: enough for who knows it."""
    return f"{name[:2]}****{name[-4:]}" if len(name) > 8 else f"{name[:1]}****"


def row(certificate: Certificate, now: datetime, window: timedelta, *, named: bool = True) -> Fact:
    """One line of a certificate among many, or beside the one with the same name."""
    if not certificate.readable:
        return Fact(label(CertificateState.UNREADABLE), certificate.label or _("没有标签"), TROUBLE)
    words, style = days_words(certificate, now, window)
    name = f"  {certificate.name}" if named else ""
    return Fact(label(certificate.usage), words + name, style)


def content_words(certificate: Certificate) -> str:
    """The size of one that cannot be read, and what names it on the token."""
    return _("{size}字节，CKA_ID {key_id}").format(size=len(certificate.der), key_id=certificate.key_id or "-")


def _unreadable(certificate: Certificate) -> tuple[Fact, ...]:
    """What can be told of bytes that are no certificate, so that staff find them."""
    return (
        Fact(_("证书标签"), certificate.label or _("没有标签"), "bold"),
        # Translators: size of a certificate that cannot be read.
        Fact(_("内容"), content_words(certificate)),
        Fact(_("状态"), label(CertificateState.UNREADABLE), TROUBLE),
    )


def kept_words(token: Token, certificate: Certificate) -> str:
    """What the owner of a pair asks before and after the renewal of its signing certificate; empty without a pair."""
    if certificate.usage is not Usage.SIGNING or not token.has_encryption_certificate:
        return ""
    return _("CA中的加密证书和加密密钥保持不变，以前加密的文件仍可打开。")


def token_name(token: Token) -> str:
    """The token's label and the tail of its serial."""
    text = _("{label}（序列号尾号{tail}）").format(label=token.label or _("未命名CA"), tail=token.serial[-6:])
    return printable(text, 60)
