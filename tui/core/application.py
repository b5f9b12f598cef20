"""The application form (网证通数字证书续期申请表): its fields, their rules, one error a field."""

import re
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum


class IdType(StrEnum):
    """证件类型. The codes are ours; adapters map them."""

    RESIDENT_ID = "resident_id"
    """居民身份证, GB 11643-1999."""
    HK_MACAO_TAIWAN_RESIDENCE = "hmt_residence"
    """港澳台居民居住证: GB 11643 with regions 810000, 820000, 830000."""
    FOREIGN_RESIDENCE = "foreign_residence"
    """外国人永久居留身份证: 3 letters and 12 digits, or 18 digits beginning with 9."""
    HK_MACAO_PASS = "hk_macao_pass"
    """港澳居民来往内地通行证: H or M and 8 or 10 digits."""
    TAIWAN_PASS = "taiwan_pass"
    """台湾居民来往大陆通行证: 8 digits, or 10 digits with a letter in brackets."""
    PASSPORT = "passport"
    MILITARY = "military"
    """军官证, 士兵证, 文职."""
    OTHER = "other"


class Buyer(StrEnum):
    """购买方: who the invoice is made out to."""

    COMPANY = "company"
    """企业: tax number and title."""
    PERSON = "person"
    """个人: the title alone."""


class FieldError(StrEnum):
    """What is wrong with one field; worded in `tui.text.wording`."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    ID_LENGTH = "id_length"
    ID_OLD = "id_old"
    """A 15-digit resident number of the first generation."""
    ID_DATE = "id_date"
    ID_CHECK_DIGIT = "id_check_digit"
    ID_FORMAT = "id_format"
    NAME_FORMAT = "name_format"
    MOBILE_FORMAT = "mobile_format"
    PHONE_FORMAT = "phone_format"
    EMAIL_FORMAT = "email_format"
    ADDRESS_SHORT = "address_short"
    TAX_NUMBER_FORMAT = "tax_number_format"
    TAX_NUMBER_CHECK = "tax_number_check"
    TERM_UNKNOWN = "term_unknown"


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """What a person types at step 4, as typed; `normalise` before checking or sending."""

    term_months: int = 12
    id_type: IdType = IdType.RESIDENT_ID
    id_number: str = field(default="", repr=False)
    agent_name: str = field(default="", repr=False)
    agent_mobile: str = field(default="", repr=False)
    agent_email: str = field(default="", repr=False)
    recipient_name: str = field(default="", repr=False)
    recipient_mobile: str = field(default="", repr=False)
    recipient_address: str = field(default="", repr=False)

    def copied_from_agent(self) -> "ApplicationForm":
        """从经办人处拷贝: the recipient is the agent."""
        return replace(self, recipient_name=self.agent_name, recipient_mobile=self.agent_mobile)


@dataclass(frozen=True, slots=True)
class InvoiceForm:
    """Whom the e-invoice is made out to."""

    tax_number: str = ""
    """纳税人识别号: 18 (GB 32100), or an older 15 or 20; none for a person."""
    title: str = ""
    """发票抬头."""
    buyer: Buyer = Buyer.COMPANY


FieldErrors = tuple[tuple[str, FieldError], ...]

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NAME = re.compile(r"[\w·•.'\- ]{2,30}")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_BY_TYPE = {
    IdType.FOREIGN_RESIDENCE: re.compile(r"[A-Z]{3}\d{12}|9\d{17}", re.ASCII),
    IdType.HK_MACAO_PASS: re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
    IdType.TAIWAN_PASS: re.compile(r"\d{8}|\d{10}(\([A-Z]\))?", re.ASCII),
    IdType.PASSPORT: re.compile(r"[A-Z0-9]{5,18}", re.ASCII),
    IdType.MILITARY: re.compile(r"[\w字第号\-]{4,20}"),
    IdType.OTHER: re.compile(r"[\w\-()（）]{4,30}"),
}
_HMT_REGIONS = ("810000", "820000", "830000")


def normalise(form: ApplicationForm) -> ApplicationForm:
    """The form with full-width characters made half-width, blanks and +86 removed where they mean nothing."""
    mobile, recipient_mobile = _digits(form.agent_mobile), _digits(form.recipient_mobile)
    return replace(
        form,
        id_number=re.sub(r"\s", "", form.id_number.translate(_FULL_WIDTH)).upper(),
        agent_name=_tidy(form.agent_name),
        agent_mobile=mobile,
        agent_email=form.agent_email.translate(_FULL_WIDTH).strip(),
        recipient_name=_tidy(form.recipient_name),
        recipient_mobile=recipient_mobile,
        recipient_address=" ".join(form.recipient_address.split()),
    )


def check(form: ApplicationForm, terms: tuple[int, ...] = ()) -> FieldErrors:
    """Errors of a normalised form, one at most a field, in the form's order; empty means it may be submitted.

    `terms` are the months on offer; empty skips that check.
    """
    found = {
        "term_months": FieldError.TERM_UNKNOWN if terms and form.term_months not in terms else None,
        "id_number": check_id(form.id_type, form.id_number),
        "agent_name": _matching(form.agent_name, _NAME, FieldError.NAME_FORMAT),
        "agent_mobile": _matching(form.agent_mobile, _MOBILE, FieldError.MOBILE_FORMAT),
        "agent_email": _check_email(form.agent_email),
        "recipient_name": _matching(form.recipient_name, _NAME, FieldError.NAME_FORMAT),
        "recipient_mobile": _check_phone(form.recipient_mobile),
        "recipient_address": _check_address(form.recipient_address),
    }
    return tuple((f.name, error) for f in fields(form) if (error := found.get(f.name)))


def check_id(id_type: IdType, number: str) -> FieldError | None:
    """The rule of the document's type: strict where a check digit exists, lenient elsewhere."""
    if not number:
        return FieldError.REQUIRED
    if id_type in (IdType.RESIDENT_ID, IdType.HK_MACAO_TAIWAN_RESIDENCE):
        return _check_resident(number, id_type is IdType.HK_MACAO_TAIWAN_RESIDENCE)
    return None if _BY_TYPE[id_type].fullmatch(number) else FieldError.ID_FORMAT


def normalise_invoice(form: InvoiceForm) -> InvoiceForm:
    """Half-width, upper case, no blanks in the number; a person has none."""
    number = re.sub(r"[\s-]", "", form.tax_number.translate(_FULL_WIDTH)).upper()
    return replace(form, tax_number=number if form.buyer is Buyer.COMPANY else "", title=" ".join(form.title.split()))


def check_invoice(form: InvoiceForm) -> FieldErrors:
    """Errors of a normalised invoice form (GB 32100-2015 check digit for 18 characters)."""
    errors: list[tuple[str, FieldError]] = []
    if form.buyer is Buyer.COMPANY and (error := _check_tax_number(form.tax_number)):
        errors.append(("tax_number", error))
    if not form.title:
        errors.append(("title", FieldError.REQUIRED))
    elif len(form.title) > 100:
        errors.append(("title", FieldError.TOO_LONG))
    return tuple(errors)


def _check_resident(number: str, residence_permit: bool) -> FieldError | None:
    from stdnum.cn import ric  # pydoc and pkgutil come with it, too much before the first paint
    from stdnum.exceptions import ValidationError

    if len(number) == 15 and number.isascii() and number.isdigit():
        return FieldError.ID_OLD
    if len(number) != 18:
        return FieldError.ID_LENGTH
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        return FieldError.ID_FORMAT
    if residence_permit != number.startswith(_HMT_REGIONS):
        return FieldError.ID_FORMAT
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return FieldError.ID_DATE
    return None if ric.calc_check_digit(number) == number[-1] else FieldError.ID_CHECK_DIGIT


def _check_tax_number(number: str) -> FieldError | None:
    from stdnum.cn import uscc

    if not number:
        return FieldError.REQUIRED
    if not re.fullmatch(r"[0-9A-Z]{15}|[0-9A-Z]{18}|[0-9A-Z]{20}", number):
        return FieldError.TAX_NUMBER_FORMAT
    if len(number) == 18 and not uscc.is_valid(number) and _check_resident(number, residence_permit=False):
        return FieldError.TAX_NUMBER_CHECK
    return None


def _check_email(value: str) -> FieldError | None:
    if len(value) > 254:
        return FieldError.TOO_LONG
    return _matching(value, _EMAIL, FieldError.EMAIL_FORMAT)


def _check_phone(value: str) -> FieldError | None:
    if not value:
        return FieldError.REQUIRED
    return None if _MOBILE.fullmatch(value) or _LANDLINE.fullmatch(value) else FieldError.PHONE_FORMAT


def _check_address(value: str) -> FieldError | None:
    if not value:
        return FieldError.REQUIRED
    if len(value) > 100:
        return FieldError.TOO_LONG
    return FieldError.ADDRESS_SHORT if len(value) < 5 else None


def _matching(value: str, pattern: re.Pattern[str], error: FieldError) -> FieldError | None:
    if not value:
        return FieldError.REQUIRED
    return None if pattern.fullmatch(value) else error


def _tidy(name: str) -> str:
    return " ".join(name.replace("\u3000", " ").split())


def _digits(number: str) -> str:
    compact = re.sub(r"[\s()（）]", "", number.translate(_FULL_WIDTH))
    compact = compact.removeprefix("+86").removeprefix("0086")
    return compact if compact.startswith("0") else compact.replace("-", "")
