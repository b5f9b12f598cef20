"""The words of the simulator's rules: what a driver can be told to do, and the reference of each word's value."""

from dataclasses import dataclass
from enum import StrEnum

import PyKCS11


class At(StrEnum):
    """What happens at one call (`C_Sign`); several rules at a call all happen, noise first, the answer last."""

    STDOUT = "stdout"
    """Print `text`."""
    STDERR = "stderr"
    """Print `text`."""
    LEAK = "leak"
    """Lose `value` bytes of memory."""
    FORK = "fork"
    """Leave a grandchild behind that keeps every descriptor open and outlives the driver."""
    SPAWN = "spawn"
    """Start a program that outlives the driver, with the descriptors that are not closed on exec."""
    MEDDLE = "meddle"
    """Change the process's working directory, umask, locale, environment, signals (SIGALRM and SIGCHLD off)."""
    DELAY = "delay"
    """Wait `value` milliseconds, then go on."""
    HANG = "hang"
    """Never come back."""
    CRASH = "crash"
    """Die of SIGSEGV before anything took effect."""
    EXIT = "exit"
    """End the process with exit code `value` before anything took effect."""
    RETURN = "return"
    """Answer `value` (CKR_) and do nothing; with CKR_OK a driver that only claims to have done it."""
    KILL_AFTER = "kill-after"
    """Do it, then die of SIGKILL."""
    LOSE = "lose"
    """Do it, then answer `value` (CKR_): the reply is lost."""
    REFUSE = "refuse"
    """At C_GenerateKeyPair, C_CreateObject, C_SetAttributeValue, C_GetAttributeValue: answer `value` (CKR_) to a
    template that has the attribute `text`: `CKA_LABEL`, or `CKA_EXTRACTABLE=0`, or `CKA_CLASS=CKO_DATA`."""


class Is(StrEnum):
    """What the token and its driver are like as long as the rule stands; `times` and `after` matter where it counts."""

    ABSENT = "absent"
    """The token is out: its flag is off and calls answer `value` (CKR_). The reader's slot stays, sessions are lost.
    `after` and `times` count calls of every kind: it goes before the `after`-th and is back after `times` of them.
    Only `STALE`, `BLIND`, `SESSIONS_SURVIVE`, `BROKEN` and `LATE_READER` beside it change that."""
    STALE = "stale"
    """With `ABSENT`: what needs no card (C_GetTokenInfo, C_OpenSession, C_GetMechanismList, C_FindObjects,
    C_GetAttributeValue, …) is answered CKR_OK from what was cached since C_Initialize, as OpenSC does."""
    BLIND = "blind"
    """With `ABSENT`: slot list and slot flag go on telling it until C_Initialize, as tpm2-pkcs11 does."""
    SESSIONS_SURVIVE = "sessions-survive"
    """With `ABSENT`: an old session works again, still logged in, when the token is back (OpenSC, USB key)."""
    BROKEN = "broken"
    """With `ABSENT`: once the token went every call answers `value` (CKR_) until C_Finalize and C_Initialize."""
    LATE_READER = "late-reader"
    """A reader that was not there at C_Initialize (`ABSENT` stood) is seen only after C_GetSlotList(NULL), or with
    `value` 1 only after C_Initialize."""
    NO_READER = "no-reader"
    """CKF_HW_SLOT is off, as with SoftHSM2, tpm2-pkcs11 and p11-kit's client."""
    ARRIVING = "arriving"
    """C_GetSlotList(NULL) does not count the token yet, so that the list asked next is CKR_BUFFER_TOO_SMALL;
    counted."""
    EVENTS = "events"
    """C_WaitForSlotEvent works, blocking and (with `value` 1) also without; else CKR_FUNCTION_NOT_SUPPORTED."""
    LABEL = "label"
    """C_GetTokenInfo tells the label `text` (up to 32 bytes; those that are no UTF-8 as surrogates); counted."""
    SERIAL = "serial"
    """C_GetTokenInfo tells the serial `text` (up to 16 bytes); counted."""
    MODEL = "model"
    """C_GetTokenInfo tells the model `text` (up to 16 bytes); counted."""
    PIN_LIMIT = "pin-limit"
    """`value` wrong PINs in a row lock the token; the last of them still answers CKR_PIN_INCORRECT."""
    PIN_FLAGS = "pin-flags"
    """With `PIN_LIMIT`, `text` says what CK_TOKEN_INFO tells of it: `last` (the default: FINAL_TRY, then LOCKED, as
    OpenSC), `none` (never any flag, as tpm2-pkcs11), `low` (COUNT_LOW after any wrong one, as SoftHSM2)."""
    PIN_MIN = "pin-min"
    """A shorter PIN than `value` bytes answers CKR_PIN_LEN_RANGE and costs no try; C_GetTokenInfo tells it."""
    PIN_MAX = "pin-max"
    """A longer PIN than `value` bytes answers CKR_PIN_LEN_RANGE and costs no try; C_GetTokenInfo tells it."""
    PIN_PAD = "pin-pad"
    """CKF_PROTECTED_AUTHENTICATION_PATH: C_Login without a PIN takes `value` milliseconds, then `text` was typed on the
    token; C_Login with a PIN is CKR_ARGUMENTS_BAD."""
    NEW_ON_PAD = "new-on-pad"
    """With `PIN_PAD`, C_SetPIN without PINs: `text` was typed as the new one."""
    SO_PIN_LIMIT = "so-pin-limit"
    """`value` wrong SO PINs in a row lock it; CK_TOKEN_INFO tells FINAL_TRY, then LOCKED."""
    WRITE_PROTECTED = "write-protected"
    """CKF_WRITE_PROTECTED is on and every write answers `value` (CKR_)."""
    ROOM = "room"
    """There is room for `value` objects more (a key pair takes two, a deleted object gives one back), then
    CKR_DEVICE_MEMORY."""
    FREE_MEMORY = "free-memory"
    """C_GetTokenInfo tells `value` as ulFreePublicMemory (-1: CK_UNAVAILABLE_INFORMATION)."""
    ONE_CERTIFICATE = "one-certificate"
    """A second certificate under one CKA_ID answers `value` (CKR_GENERAL_ERROR from OpenSC)."""
    ONE_PAIR = "one-pair"
    """A second key pair under one CKA_ID answers `value`."""
    HALF_PAIR = "half-pair"
    """C_GenerateKeyPair answers `value` (CKR_) and leaves the private half without its public one; counted."""
    RENAMES = "renames"
    """Writing a certificate gives its label to the private key of the same CKA_ID, as OpenSC does."""
    LACKS = "lacks"
    """The mechanism `value` (CKM_) is not in C_GetMechanismList, and using it is CKR_MECHANISM_INVALID."""
    FALSE_SIGNATURE = "false-signature"
    """C_Sign answers CKR_OK and a signature that does not verify; counted."""
    OTHER_KEY = "other-key"
    """C_Sign signs with another private key of the token, if there is one; counted."""
    SHUFFLED = "shuffled"
    """Every search tells its objects in another order; `value` seeds it."""
    ALWAYS_AUTHENTICATE = "always-authenticate"
    """Every private key demands C_Login(CKU_CONTEXT_SPECIFIC) between C_SignInit and C_Sign: with the user's PIN, or
    with `text` where the keys have one of their own. With `value` 1 CKA_ALWAYS_AUTHENTICATE does not tell it."""
    PIN_TO_BE_CHANGED = "pin-to-be-changed"
    """CKF_USER_PIN_TO_BE_CHANGED is on."""
    UNINITIALISED = "uninitialised"
    """CKF_TOKEN_INITIALIZED is off, although the token works."""
    NO_USER_PIN = "no-user-pin"
    """CKF_USER_PIN_INITIALIZED is off."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the control file; what it counts is counted on over restarts of the driver."""

    number: int
    what: At | Is
    call: str = ""
    value: int = 0
    text: str = ""
    times: int = 0
    """For how many occurrences; 0 is for ever."""
    after: int = 1
    """The first occurrence that matters."""
    since: str = ""
    """The rule stands, and counts, only from the first call of this name on."""

    @property
    def line(self) -> str:
        """As the driver reads it."""
        text = _predicate(self.text) if self.what is At.REFUSE else self.text
        fields = (
            self.number,
            self.what,
            self.call or "-",
            self.since or "-",
            self.value,
            self.times,
            self.after,
            text or "-",
        )
        return "\t".join(map(str, fields)) + "\n"


def _predicate(text: str) -> str:
    """`CKA_CLASS=CKO_DATA` in numbers."""
    name, equals, value = text.partition("=")
    if not equals:
        return str(_constant(name))
    return f"{_constant(name)}={value if value.isdecimal() else _constant(value)}"


def _constant(name: str) -> int:
    value = getattr(PyKCS11, name)
    assert isinstance(value, int)
    return value
