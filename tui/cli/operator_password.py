"""Make and verify the hash of an operator's password (Argon2id, RFC 9106)."""

import sys
from os import urandom

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tui.core.exits import Exit
from tui.core.secret import Password
from tui.kiosk.settings import language_named
from tui.kiosk.text import use_language
from tui.process.output import out, say

SHORTEST = 8
"""Characters."""
SALT, LENGTH, ITERATIONS, LANES, MEMORY = 16, 32, 3, 4, 1 << 16
"""The second recommended set of RFC 9106, section 4; bytes, and KiB of memory."""


def operator_password() -> int:
    """Ask twice without echo, or read one line where standard input is no terminal, and print the hash."""
    typed = _asked() if sys.stdin.isatty() else Password(sys.stdin.buffer.readline().rstrip(b"\r\n"))
    if typed is None:
        say("两次输入不一致 / the two differ")
        return Exit.USAGE
    if len(typed) < SHORTEST:
        say(f"至少{SHORTEST}个字符 / at least {SHORTEST} characters")
        return Exit.USAGE
    out(hash_of(typed))
    return Exit.DONE


def _asked() -> Password | None:
    from tui.cli.token.asking import Asking

    use_language(language_named())
    with Asking() as asking:
        typed = asking.secret("管理密码 / operator's password:", Password)
        again = asking.secret("再输入一次 / once more:", Password)
    alike = typed.reveal() == again.reveal()
    again.wipe()
    return typed if alike else None


def hash_of(password: Password) -> str:
    """The PHC string for `[kiosk] operator`; the password is wiped."""
    function = Argon2id(salt=urandom(SALT), length=LENGTH, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY)
    try:
        return function.derive_phc_encoded(bytes(password.reveal()))
    finally:
        password.wipe()


def is_right(password: Password, hashed: str) -> bool:
    """Whether `hashed` was made of this password, which is wiped; takes a tenth of a second and `MEMORY`."""
    from cryptography.exceptions import InvalidKey

    try:
        Argon2id.verify_phc_encoded(bytes(password.reveal()), hashed)
    except (InvalidKey, ValueError):  # ValueError: no hash of this kind
        return False
    finally:
        password.wipe()
    return True
