"""The kinds that the forms know: documents, buyers, and what may be wrong with a field."""

from enum import StrEnum


class IdType(StrEnum):
    """证件类型. The codes are ours; adapters map them."""

    RESIDENT_ID = "resident_id"
    """居民身份证, GB 11643-1999."""
    HK_MACAO_TAIWAN_RESIDENCE = "hmt_residence"
    """港澳台居民居住证: GB 11643 with regions 810000, 820000, 830000."""
    FOREIGN_RESIDENCE = "foreign_residence"
    """外国人永久居留身份证: 3 letters and 12 digits; since 2023 GB 11643 behind a 9."""
    HK_MACAO_PASS = "hk_macao_pass"
    """港澳居民来往内地通行证: H or M and 8 or 10 digits; HA or MA and 7 for those of another nationality."""
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
    """What is wrong with one field; worded in `tui.kiosk.text.wording`."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    CHARACTER = "character"
    """A character of no script, for private use, or half of one: it would be another one on paper."""
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
    TITLE_FORMAT = "title_format"
    """No letter in it."""
    TITLE_HAS_NUMBER = "title_has_number"
    """The tax number was copied along with the title."""
    TERM_UNKNOWN = "term_unknown"


FieldErrors = tuple[tuple[str, FieldError], ...]
"""Field name and error, in the form's order, one at most a field."""
