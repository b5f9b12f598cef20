"""证件号码: strict where a check digit exists, lenient elsewhere."""

import re
from datetime import date, datetime

from tui.core.beijing import BEIJING
from tui.core.form.characters import compact, half_width, has_unusable
from tui.core.form.check_digits import TENS, of_citizen_number
from tui.core.form.kinds import FieldError, IdType

_PATTERNS = {
    IdType.FOREIGN_RESIDENCE: re.compile(r"[A-Z]{3}\d{12}", re.ASCII),
    IdType.HK_MACAO_PASS: re.compile(r"[HM]\d{8}(\d{2})?|[HM]A\d{7}(\d{2})?", re.ASCII),
    IdType.TAIWAN_PASS: re.compile(r"\d{8}|\d{10}(\([A-Z]\)|[A-Z])?", re.ASCII),
    IdType.PASSPORT: re.compile(r"[A-Z0-9]{5,18}", re.ASCII),
    IdType.MILITARY: re.compile(r"(?=.*[^\W_])[\w字第号()〔〕№·-]{4,20}"),
    IdType.OTHER: re.compile(r"(?=.*[^\W_])[\w()〔〕№·/.-]{4,30}"),
}
_WRITTEN_FREELY = IdType.MILITARY, IdType.OTHER
_YEARS = str.maketrans("[]【】", "〔〕〔〕")
"""What keyboards have for the brackets around the year in a number (GB/T 9704, 7.2.5)."""
_CHANGES = re.compile(r"(?<=[\dA]\d{7})\((\d\d)\)$", re.ASCII)
"""How often a pass to the mainland was issued anew, in brackets behind its number."""
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])"
"""GB/T 2260."""
_REGIONS = {
    IdType.RESIDENT_ID: re.compile(rf"{_PROVINCE}|71"),
    IdType.HK_MACAO_TAIWAN_RESIDENCE: re.compile("8[123]0000"),
    IdType.FOREIGN_RESIDENCE: re.compile(f"9{_PROVINCE}"),
}
"""What a number by GB 11643 begins with; behind a foreigner's province stands the country (ISO 3166-1 numeric)."""
_LONGEST_LIFE = 130
"""Years."""


def normalise_id(id_type: IdType, number: str) -> str:
    """Half-width, upper case, no blanks; no dashes where the document has none, and one X for all alike.

    Brackets stay where they may tell that this is the number of another document, as on identity cards of Hong Kong.
    """
    if id_type in _WRITTEN_FREELY:
        return compact(number.upper()).translate(_YEARS)
    bare = half_width(number.upper()).translate(TENS | {ord("-"): None})
    kept = compact(bare.translate(dict.fromkeys(map(ord, "()"))) if id_type in _REGIONS else bare)
    return _CHANGES.sub(r"\1", kept) if id_type is IdType.HK_MACAO_PASS else kept


def check_id(id_type: IdType, number: str, today: date | None = None) -> FieldError | None:
    """The rule of the document's type for a normalised number; whoever has no `today` gets the system's."""
    if not number:
        return FieldError.REQUIRED
    if has_unusable(number):
        return FieldError.CHARACTER
    if id_type in (IdType.RESIDENT_ID, IdType.HK_MACAO_TAIWAN_RESIDENCE):
        return _check_citizen(id_type, number, today)
    if id_type is IdType.FOREIGN_RESIDENCE and len(number) == 18:
        return _check_citizen(id_type, number, today)
    return None if _PATTERNS[id_type].fullmatch(number) else FieldError.ID_FORMAT


def is_citizen_number(number: str, today: date | None) -> bool:
    """Whether this is a right number by GB 11643, of whichever document."""
    return any(_check_citizen(id_type, number, today) is None for id_type in _REGIONS)


def _check_citizen(id_type: IdType, number: str, today: date | None) -> FieldError | None:
    """GB 11643-1999: region, date of birth, sequence, check digit by ISO 7064 MOD 11-2."""
    if len(number) == 15 and number.isascii() and number.isdigit():
        return FieldError.ID_OLD
    if len(number) != 18:
        return FieldError.ID_LENGTH
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII) or not _REGIONS[id_type].match(number):
        return FieldError.ID_FORMAT
    if not _is_birthday(number[6:14], today or datetime.now(BEIJING).date()):
        return FieldError.ID_DATE
    return None if of_citizen_number(number[:-1]) == number[-1] else FieldError.ID_CHECK_DIGIT


def _is_birthday(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return today.year - _LONGEST_LIFE <= born.year and born <= today
