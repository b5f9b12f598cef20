"""Every way the journey can fail: one enum, each with place and cause; words for people are in `tui.kiosk.text`."""

from datetime import datetime
from enum import Enum, StrEnum

from tui.core.frozen import frozen


class Place(StrEnum):
    """Where a failure belongs: decides whom to call."""

    TOKEN = "token"
    CERTIFICATE = "certificate"
    ACCOUNT = "account"
    FORM = "form"
    APPLICATION = "application"
    PAYMENT = "payment"
    ISSUING = "issuing"
    DESK = "desk"
    KIOSK = "kiosk"


class Money(StrEnum):
    """What a person must know about the money when something failed."""

    NOT_TOUCHED = "not_touched"
    """Nothing was paid in this application."""
    SAFE = "safe"
    """What was paid is recorded at the desk and stays valid for this application."""
    RETURNING = "returning"
    """It is on its way back."""
    UNKNOWN = "unknown"
    """A query decides; nothing is charged twice."""


class Reason(Enum):
    """A failure's name, its place, its number and its cause.

    The name is the value, which travels on the wire and in JSON. People see the number; once given it stays with its
    reason, and goes to no other one.
    """

    def __new__(cls, code: str, place: Place = Place.KIOSK, number: int = 0, cause: str = "") -> "Reason":
        member = object.__new__(cls)
        member._value_ = code
        member.place = place
        member.number = f"E-{number}"
        member.cause = cause
        return member

    place: Place
    number: str
    """`E-141`: what a person tells the hotline; the hundreds follow the place. Its page is assets/docs/failures.md."""
    cause: str

    # token
    NO_TOKEN = "no_token", Place.TOKEN, 101, "no token is inserted"
    TOKEN_REMOVED = "token_removed", Place.TOKEN, 102, "the token was pulled out during an operation"
    TOKEN_SWAPPED = "token_swapped", Place.TOKEN, 103, "another token than the one that began is inserted"
    TOKEN_FULL = "token_full", Place.TOKEN, 104, "CKR_DEVICE_MEMORY: no room for a key pair or certificate"
    TOKEN_BUSY = "token_busy", Place.TOKEN, 105, "another program holds the token"
    TOKEN_READ_ONLY = "token_read_only", Place.TOKEN, 106, "CKR_TOKEN_WRITE_PROTECTED or CKR_SESSION_READ_ONLY"
    TOKEN_UNSUPPORTED = (
        "token_unsupported",
        Place.TOKEN,
        107,
        "the token lacks the mechanism or refuses the key's attributes",
    )
    TOKEN_FAULT = "token_fault", Place.TOKEN, 108, "the token or its driver reported a general error"
    NO_READER = "no_reader", Place.TOKEN, 111, "there is no reader: that of a USB token comes with it"
    READER_UNRECOGNISED = (
        "reader_unrecognised",
        Place.TOKEN,
        112,
        "a smart card device is on USB, and the readers' service has no reader for it",
    )
    READER_SERVICE_DOWN = "reader_service_down", Place.TOKEN, 113, "the readers' service (pcscd) does not answer"
    READER_NOT_ALLOWED = "reader_not_allowed", Place.TOKEN, 114, "the readers' service refuses this user (polkit)"
    CARD_UNKNOWN = "card_unknown", Place.TOKEN, 115, "a card is in the reader, and no PKCS#11 module sees a token in it"
    DRIVER_MISSING = (
        "driver_missing",
        Place.TOKEN,
        121,
        "there is no such file as the PKCS#11 module, or none is configured",
    )
    DRIVER_FOLDER = "driver_folder", Place.TOKEN, 122, "the PKCS#11 module's path is a folder"
    DRIVER_UNREADABLE = "driver_unreadable", Place.TOKEN, 123, "this user may not read the PKCS#11 module's file"
    DRIVER_NO_LIBRARY = (
        "driver_no_library",
        Place.TOKEN,
        124,
        "the PKCS#11 module's file is no shared library, or damaged",
    )
    DRIVER_FOR_WINDOWS = "driver_for_windows", Place.TOKEN, 125, "the PKCS#11 module is a DLL"
    DRIVER_OTHER_MACHINE = (
        "driver_other_machine",
        Place.TOKEN,
        126,
        "the PKCS#11 module is built for another processor, word size or system",
    )
    DRIVER_INCOMPLETE = (
        "driver_incomplete",
        Place.TOKEN,
        127,
        "a library or symbol that the PKCS#11 module needs is missing",
    )
    DRIVER_NO_FUNCTIONS = "driver_no_functions", Place.TOKEN, 128, "the library has no C_GetFunctionList"
    DRIVER_REFUSES = "driver_refuses", Place.TOKEN, 129, "the PKCS#11 module loads, and its C_Initialize refuses"
    DRIVER_CRASHED = "driver_crashed", Place.TOKEN, 130, "the process that runs the driver died"
    DRIVER_HUNG = "driver_hung", Place.TOKEN, 131, "the driver did not answer within its deadline and was stopped"
    WRONG_PIN = "wrong_pin", Place.TOKEN, 141, "CKR_PIN_INCORRECT"
    PIN_LENGTH = "pin_length", Place.TOKEN, 142, "CKR_PIN_LEN_RANGE: no try was used"
    PIN_LOCKED = "pin_locked", Place.TOKEN, 143, "CKR_PIN_LOCKED"
    PIN_EXPIRED = "pin_expired", Place.TOKEN, 144, "CKR_PIN_EXPIRED: the token demands a new PIN first"
    PIN_CANCELLED = "pin_cancelled", Place.TOKEN, 145, "CKR_FUNCTION_CANCELED on the token's own PIN pad"
    SIGNING_PIN_REFUSED = (
        "signing_pin_refused",
        Place.TOKEN,
        146,
        "the key demands its PIN at every signature (CKA_ALWAYS_AUTHENTICATE) and did not take the one of the sign-in",
    )
    NEW_PIN_LENGTH = "new_pin_length", Place.TOKEN, 147, "CKR_PIN_LEN_RANGE of the new PIN: the old one stays"
    NEW_PIN_CHARACTERS = "new_pin_characters", Place.TOKEN, 148, "CKR_PIN_INVALID of the new PIN: the old one stays"
    NEW_PIN_WEAK = "new_pin_weak", Place.TOKEN, 149, "CKR_PIN_TOO_WEAK of the new PIN: the old one stays"
    SO_PIN_WRONG = "so_pin_wrong", Place.TOKEN, 150, "CKR_PIN_INCORRECT of the SO PIN"
    SO_PIN_LOCKED = "so_pin_locked", Place.TOKEN, 151, "CKR_PIN_LOCKED of the SO PIN: nobody can unlock the token"
    KEY_MISSING = "key_missing", Place.TOKEN, 161, "the certificate's private key is not on the token"
    SIGNATURE_FALSE = "signature_false", Place.TOKEN, 162, "the token's signature does not verify with the certificate"
    # certificate
    NO_CERTIFICATE = "no_certificate", Place.CERTIFICATE, 201, "the token holds no certificate"
    CERTIFICATE_HIDDEN = (
        "certificate_hidden",
        Place.CERTIFICATE,
        202,
        "no signing certificate is visible before the PIN: it may be a private object (CKA_PRIVATE)",
    )
    CERTIFICATE_EXPIRED = "certificate_expired", Place.CERTIFICATE, 203, "notAfter has passed"
    TOO_EARLY = "too_early", Place.CERTIFICATE, 204, "the renewal window is not open yet"
    NOT_YET_VALID = "not_yet_valid", Place.CERTIFICATE, 205, "notBefore has not come"
    FOREIGN_CERTIFICATE = "foreign_certificate", Place.CERTIFICATE, 206, "the certificate is not of this CA"
    CERTIFICATE_UNREADABLE = "certificate_unreadable", Place.CERTIFICATE, 207, "the certificate cannot be parsed"
    CERTIFICATE_MALFORMED = (
        "certificate_malformed",
        Place.CERTIFICATE,
        208,
        "the certificate breaks DER or X.509: it is shown as far as it can be read, and not renewed",
    )
    NO_SIGNING_CERTIFICATE = (
        "no_signing_certificate",
        Place.CERTIFICATE,
        209,
        "the token holds encryption or CA certificates only, and those are not renewed here",
    )
    SM2_UNSUPPORTED = (
        "sm2_unsupported",
        Place.CERTIFICATE,
        210,
        "the key is SM2: its renewal needs a driver of the SKF interface (GM/T 0016), which this version has not",
    )
    KEY_UNSUPPORTED = "key_unsupported", Place.CERTIFICATE, 211, "the key's algorithm cannot be renewed here"
    NO_TERM_LEFT = "no_term_left", Place.CERTIFICATE, 212, "every term would end after the CA's own certificate"
    ALREADY_RENEWED = (
        "already_renewed",
        Place.CERTIFICATE,
        213,
        "a completed application renewed this certificate already",
    )
    # account
    WRONG_PASSWORD = "wrong_password", Place.ACCOUNT, 301, "account or password is wrong"
    ACCOUNT_LOCKED = "account_locked", Place.ACCOUNT, 302, "too many wrong passwords; opens again by itself"
    NOT_THE_APPLICANT = (
        "not_the_applicant",
        Place.ACCOUNT,
        303,
        "the account is not the one that applied for the certificate",
    )
    SESSION_ENDED = "session_ended", Place.ACCOUNT, 304, "the sign-in has ended"
    # form and agreement
    FORM_INVALID = "form_invalid", Place.FORM, 401, "a field breaks its rule"
    AGREEMENT_CHANGED = "agreement_changed", Place.FORM, 402, "the agreement has a newer version than the one accepted"
    PRICE_CHANGED = "price_changed", Place.FORM, 403, "the price of the chosen term has changed"
    TERM_TOO_LONG = "term_too_long", Place.FORM, 404, "the chosen term would end after the CA's own certificate"
    # application
    APPLICATION_MISSING = "application_missing", Place.APPLICATION, 501, "the desk has no such application"
    APPLICATION_MOVED_ON = (
        "application_moved_on",
        Place.APPLICATION,
        502,
        "the application is past the state this needs",
    )
    REQUEST_REFUSED = "request_refused", Place.APPLICATION, 503, "CSR or CMS does not verify or does not match"
    KEY_REUSED = "key_reused", Place.APPLICATION, 504, "the new key is the old one or was certified before"
    PROOF_REFUSED = "proof_refused", Place.APPLICATION, 505, "the new key's proof signature does not verify"
    # payment
    PAYMENT_PENDING = "payment_pending", Place.PAYMENT, 601, "another payment attempt is still open"
    PAYMENT_REFUSED = "payment_refused", Place.PAYMENT, 602, "the payment platform refused the order"
    PAYMENT_PLATFORM_DOWN = "payment_platform_down", Place.PAYMENT, 603, "the payment platform does not answer"
    PAYMENT_FROZEN = (
        "payment_frozen",
        Place.PAYMENT,
        604,
        "another amount came, the platform never decided or took the money back after the issue; a person must look",
    )
    ORDER_MISMATCH = (
        "order_mismatch",
        Place.PAYMENT,
        605,
        "the order's lines, its total and the amount of the payment code do not agree",
    )
    NOT_PAID_YET = "not_paid_yet", Place.PAYMENT, 606, "the platform was asked and has not seen the money yet"
    ALREADY_PAID = "already_paid", Place.PAYMENT, 607, "the order is paid already"
    # issuing
    ISSUING_FAILED = "issuing_failed", Place.ISSUING, 701, "the CA did not issue"
    CERTIFICATE_MISMATCH = (
        "certificate_mismatch",
        Place.ISSUING,
        702,
        "the issued certificate does not fit key or subject",
    )
    # desk
    DESK_UNREACHABLE = "desk_unreachable", Place.DESK, 801, "no connection to the desk"
    DESK_UNTRUSTED = "desk_untrusted", Place.DESK, 802, "the desk's TLS certificate is not trusted"
    DESK_CERTIFICATE_EXPIRED = (
        "desk_certificate_expired",
        Place.DESK,
        803,
        "the desk's TLS certificate is outside its validity, and as far as can be known this machine's clock is right",
    )
    DESK_TIMEOUT = "desk_timeout", Place.DESK, 804, "the desk did not answer in time"
    DESK_FAULT = "desk_fault", Place.DESK, 805, "the desk answered with an error of its own"
    DESK_BUSY = "desk_busy", Place.DESK, 806, "the desk asks to come back later"
    KIOSK_TOO_OLD = "kiosk_too_old", Place.KIOSK, 901, "this version is below the desk's minimum"
    CLOCK_WRONG = "clock_wrong", Place.KIOSK, 902, "this machine's clock differs from the desk's by minutes or years"
    SETTINGS_WRONG = "settings_wrong", Place.KIOSK, 903, "the settings file is missing or wrong"
    KIOSK_FAULT = "kiosk_fault", Place.KIOSK, 904, "a fault in this program"


UNLOADABLE = frozenset(
    {
        Reason.DRIVER_MISSING,
        Reason.DRIVER_FOLDER,
        Reason.DRIVER_UNREADABLE,
        Reason.DRIVER_NO_LIBRARY,
        Reason.DRIVER_FOR_WINDOWS,
        Reason.DRIVER_OTHER_MACHINE,
        Reason.DRIVER_INCOMPLETE,
        Reason.DRIVER_NO_FUNCTIONS,
        Reason.DRIVER_REFUSES,
    }
)
"""A module that cannot be used before somebody mends the machine's set-up."""

UNANSWERED = frozenset({Reason.DESK_UNREACHABLE, Reason.DESK_TIMEOUT})
"""The desk was asked, and nothing came back."""


@frozen
class Failure:
    """One failure as it happened."""

    reason: Reason
    detail: str = ""
    """Technical detail for staff (a CKR_ or gateway code), safe to show and to log; never personal data."""
    tries_left: int | None = None
    """With WRONG_PIN: tries left where the driver tells."""
    final_try: bool = False
    """With WRONG_PIN: the next wrong PIN locks the token."""
    token_changed: bool | None = None
    """Token operations: whether the token may have been changed; None where it does not apply."""
    retry_after: int | None = None
    """Seconds to wait, where the desk says so (RFC 9110 Retry-After)."""
    desk_time: datetime | None = None
    """With CLOCK_WRONG: what the desk says it is, aware, where it was heard."""
    field_errors: tuple[tuple[str, str], ...] = ()
    """With FORM_INVALID: (field name, rule code) pairs, see `core.form.kinds.FieldError`."""


class KioskError(Exception):
    """Raised by adapters; the runtime turns it into a `Failed` event.

    ├── TokenError   from the token adapter
    └── DeskError    from the desk client
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.reason.value} {failure.detail}".strip())
        self.failure = failure


class TokenError(KioskError):
    """A PKCS#11 call, the driver process or the token itself failed."""


class DeskError(KioskError):
    """The desk refused or could not be asked."""
