"""纳税人识别号 and 发票抬头."""

import re
import unicodedata
from datetime import date

from tui.core.form.characters import clean, compact, half_width, has_unusable, is_letter
from tui.core.form.check_digits import TENS, of_credit_code
from tui.core.form.documents import is_citizen_number
from tui.core.form.kinds import FieldError
from tui.core.text_safety import HAN

LONGEST_TITLE = 100
_USCC = re.compile(r"[1-9A-HJ-NPQRTUWXY][0-9A-HJ-NPQRTUWXY][1-8]\d{5}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
"""统一社会信用代码, GB 32100-2015: the first two places name the registry and its kind, and may be letters."""
_BY_LENGTH = re.compile(r"(?!(.)\1*$)(?=(?:[A-Z]*\d){6})(?:[0-9A-Z]{15}|[0-9A-Z]{17,18}|[0-9A-Z]{20})", re.ASCII)
"""15: region and organisation; 17, 20: an identity number with two digits. None has fewer digits than a region."""
_OF_A_PASS = re.compile(r"([HM](\d{8}|\d{10}|A\d{7})|[A-Z]\d{8}|[A-Z]{2}\d{7}|\d{8})\d{2}", re.ASCII)
"""Pass or passport with two digits (国家税务总局公告2015年第66号)."""
_NATURAL_PERSON = re.compile(r"[A-Z](19|20)\d{14}[0-9A-Z]", re.ASCII)
"""Letter, year of the entry, country, sequence, check character (税总发〔2013〕41号)."""
_TEMPORARY = "L"
"""Before the number of one who pays for a time (公告2015年第66号, 三)."""
_NUMBER_IN_TITLE = re.compile(r"(?<![0-9A-Z])(?=(?:[A-Z]*[0-9]){8})[0-9A-Z]{15,20}(?![0-9A-Z])", re.ASCII)
_NUMBER_LABEL = re.compile(f"(?:[{HAN}/]*(?:税号|识别号|信用代码):)+")
_TITLE_LABEL = re.compile(f"(?:[{HAN}]*(?:名称|抬头) ?[:：] ?)+")
"""What a business's particulars have before number and name, copied along with them."""


def normalise_tax_number(number: str) -> str:
    """Half-width, upper case, no blanks, dashes and label, and one X for all alike: a trader may have an identity's."""
    return _unlabelled(_NUMBER_LABEL, compact(half_width(number.upper()).translate(TENS | {ord("-"): None})))


def check_tax_number(number: str, today: date | None = None) -> FieldError | None:
    """Of a company, or of a person who has one."""
    if not number:
        return FieldError.REQUIRED
    if has_unusable(number):
        return FieldError.CHARACTER
    bare = number.removeprefix(_TEMPORARY) if len(number) == 19 else number
    if not _BY_LENGTH.fullmatch(bare):
        return None if _OF_A_PASS.fullmatch(bare) else FieldError.TAX_NUMBER_FORMAT
    if len(bare) != 18 or is_credit_code(bare) or is_citizen_number(bare, today) or _NATURAL_PERSON.fullmatch(bare):
        return None
    return FieldError.TAX_NUMBER_CHECK


def is_credit_code(number: str) -> bool:
    """Whether the check character is right (GB 32100-2015, GB/T 17710)."""
    return bool(_USCC.fullmatch(number)) and of_credit_code(number[:-1]) == number[-1]


def normalise_title(title: str) -> str:
    """As the business is registered: nothing but the unseen and a label before it is changed."""
    return _unlabelled(_TITLE_LABEL, clean(title))


def check_title(title: str, tax_number: str) -> FieldError | None:
    """A name, and no number in it."""
    if not title:
        return FieldError.REQUIRED
    if has_unusable(title) or any(map(_is_picture, title)):
        return FieldError.CHARACTER
    if _has_number(title, tax_number):
        return FieldError.TITLE_HAS_NUMBER
    if not any(map(is_letter, title)):
        return FieldError.TITLE_FORMAT
    return FieldError.TOO_LONG if len(title) > LONGEST_TITLE else None


def _unlabelled(label: re.Pattern[str], text: str) -> str:
    found = label.match(text)
    return text[found.end() :] if found else text


def _is_picture(character: str) -> bool:
    """An emoji or its like, of which no business has any in its name."""
    return character >= "\U0001f000" and unicodedata.category(character) in ("So", "Sk")


def _has_number(title: str, tax_number: str) -> bool:
    typed = half_width(title.upper())
    joined = normalise_tax_number(title)
    copied = len(tax_number) >= 15 and tax_number in joined
    in_groups = any(is_credit_code(joined[at : at + 18]) for at in range(len(joined) - 17))
    return copied or in_groups or bool(_NUMBER_IN_TITLE.search(typed))
