"""Names, telephones, e-mail and postal addresses: the one form in which each is kept, and its rule."""

import re
import unicodedata

from tui.core.form.characters import clean, compact, half_width, has_unusable, is_letter
from tui.core.form.kinds import FieldError
from tui.core.text_safety import HAN

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_MAIL = 80, 100, 254
"""Characters; mail by RFC 5321 4.5.3.1.3."""

_MIDDLE_DOT = "·"
_DOTS = re.compile(r" ?[·•‧∙⋅・･᛫⸱⸳˙ㆍꞏ․⦁] ?|(?<=\w\w) ?● ?(?=\w\w)")
"""What keyboards and documents have for the middle dot U+00B7 of transcribed names (民委发〔2016〕33号).

● also hides a character, as in 王●明: it is a dot only where what stands on either side is no single one.
"""
_STOP_IN_NAME = re.compile(f"(?<=[{HAN}]) ?[.﹒。｡] ?(?=[{HAN}])")
_COMMA = re.compile("(?<=[A-Za-zÀ-ɏ]) ?, ?(?=[A-Za-zÀ-ɏ])")
"""Behind a surname in Latin letters, as on identity cards of Hong Kong, or before Jr.; more part persons."""
_KINSHIP = re.compile(r" (?:A/[LP]|[SD]/O|@) ", re.IGNORECASE)
"""Son or daughter of, and also known as, in names of Singapore and Malaysia."""
_MARKS = "Mn", "Mc"
_APOSTROPHES = dict.fromkeys(map(ord, "‘’‛′ʹ´`"), "'")
_STOPS = dict.fromkeys(map(ord, "。｡﹒"), ".")

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_TRUNK = re.compile(r"0(?=1[3-9]\d{9}$)", re.ASCII)
"""Once dialled before a mobile of another city."""
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?(\d{3,4}-?\d{4})((?:[-#]\d{1,6})?)", re.ASCII)
_SERVICE = re.compile(r"([48]00)((?:-?\d){7})((?:[-#]\d{1,6})?)", re.ASCII)
_BEYOND = re.compile(r"(?:\+|00)(?:(85[23])-?([2-9](?:-?\d){5}-?\d\d)|(886)-?0?([2-9](?:-?\d){5,6}-?\d\d))", re.ASCII)
"""Hong Kong, Macao and Taiwan, only with the country before them; one digit alone at the end is an extension."""
_EXTENSION = re.compile(
    r"\(?(?:(?:转接?|轉接?|分机号?|分機號?|内线|內線|ext(?:n|ension)?|[x#*,;=])[.:\s(-]*){1,3}(?=\d{1,6}\)?$)|\((?=\d{1,6}\)$)",
    re.ASCII | re.IGNORECASE,
)
_POINT = re.compile(r"(?<=\d)\.(?=\d)", re.ASCII)
_CHINA = re.compile(r"(?:\+|00)?86-?", re.ASCII)
_EMAIL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"  # Dot-string (RFC 5321 4.1.2)
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?!\d+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])",
    re.ASCII,
)


def normalise_name(name: str) -> str:
    """Half-width letters, one middle dot for all its variants and for a stop between Han characters."""
    tidy = half_width(name).translate(_APOSTROPHES)
    return clean(_COMMA.sub(", ", _STOP_IN_NAME.sub(_MIDDLE_DOT, _DOTS.sub(_MIDDLE_DOT, tidy))))


def check_name(name: str) -> FieldError | None:
    """Letters of any script with their marks, and what stands between them."""
    if found := _missing_or_unusable(name):
        return found
    parts = _COMMA.sub(" ", _KINSHIP.sub(" ", name), count=1)
    written = sum(is_letter(character) or unicodedata.category(character) in _MARKS for character in name)
    right = len(name) <= LONGEST_NAME and any(map(is_letter, name)) and written >= 2 and all(map(_is_of_a_name, parts))
    return None if right else FieldError.NAME_FORMAT


def normalise_phone(number: str) -> str:
    """A mobile's 11 digits, `0755-88888888-801`, `4008301330`, `+852-91234567`; all else without blanks."""
    typed = compact(number)
    parted = re.sub(r"[()]", "", _POINT.sub("-", _EXTENSION.sub("#", typed)))
    joined = re.sub("-{2,}", "-", parted)  # a Chinese keyboard has dashes in pairs
    return next((found for found in map(_canonical, _readings(joined)) if found), typed)


def check_mobile(number: str) -> FieldError | None:
    """中国大陆 mobile."""
    return _matching(number, _MOBILE, FieldError.MOBILE_FORMAT)


def check_phone(number: str) -> FieldError | None:
    """A mobile, a landline with its area and perhaps an extension, a 400 or 800 number, or one beyond the border."""
    return _missing_or_unusable(number) or (None if _canonical(number) else FieldError.PHONE_FORMAT)


def normalise_email(address: str) -> str:
    """Half-width, its full stops too, without what a mail program or a list has around it."""
    return half_width(address).translate(_STOPS).strip(" '\"<>,;、")


def check_email(address: str) -> FieldError | None:
    """RFC 5321 without quoted strings and address literals."""
    if len(address) > LONGEST_MAIL:
        return FieldError.TOO_LONG
    if address.find("@") > 64:
        return FieldError.EMAIL_FORMAT
    return _matching(address, _EMAIL, FieldError.EMAIL_FORMAT)


def check_address(address: str) -> FieldError | None:
    """A postal address, as a person writes it."""
    if found := _missing_or_unusable(address):
        return found
    if len(address) > LONGEST_ADDRESS:
        return FieldError.TOO_LONG
    named = any(character.isalpha() for character in address)  # digits alone lead no courier anywhere
    return None if named and len(address) >= 5 else FieldError.ADDRESS_SHORT


def _is_of_a_name(character: str) -> bool:
    return (
        is_letter(character)
        or character in " ·.'-་־׳"  # the last between syllables in Tibetan, and Hebrew's own dash and apostrophe
        or unicodedata.category(character) in (*_MARKS, "Nd", "Nl")  # the numbers tell namesakes apart
    )


def _readings(number: str) -> tuple[str, ...]:
    """As it stands; and without the country, behind which an area has no 0."""
    if not (country := _CHINA.match(number)):
        return (number,)
    national = number[country.end() :]
    return number, national, f"0{national}"


def _canonical(number: str) -> str:
    digits = _TRUNK.sub("", number.replace("-", ""))
    if _MOBILE.fullmatch(digits):
        return digits
    if found := _BEYOND.fullmatch(number):
        country, rest = filter(None, found.groups())
        return f"+{country}-{rest.replace('-', '')}"
    if found := _SERVICE.fullmatch(number):
        return found[1] + found[2].replace("-", "") + found[3].replace("#", "-")
    if found := _LANDLINE.fullmatch(number):
        return f"{found[1]}-{found[2].replace('-', '')}{found[3].replace('#', '-')}"
    return ""


def _missing_or_unusable(value: str) -> FieldError | None:
    if not value:
        return FieldError.REQUIRED
    return FieldError.CHARACTER if has_unusable(value) else None


def _matching(value: str, pattern: re.Pattern[str], error: FieldError) -> FieldError | None:
    return _missing_or_unusable(value) or (None if pattern.fullmatch(value) else error)
