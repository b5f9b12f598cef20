"""Make and verify the hash of an operator's password (Argon2id, RFC 9106)."""

import sys
from getpass import getpass
from os import urandom

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tui.cli.output import out, say
from tui.core.exits import Exit
from tui.core.secret import Password

SHORTEST = 8
"""Characters."""
SALT, LENGTH, ITERATIONS, LANES, MEMORY = 16, 32, 3, 4, 1 << 16
"""The second recommended set of RFC 9106, section 4; bytes, and KiB of memory."""


def operator_password() -> int:
    """Ask twice without echo, or read one line where standard input is no terminal, and print the hash."""
    typed = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if typed is None:
        say("两次输入不一致 / the two differ")
        return Exit.USAGE
    if len(typed) < SHORTEST:
        say(f"至少{SHORTEST}个字符 / at least {SHORTEST} characters")
        return Exit.USAGE
    out(hash_of(Password(typed.encode())))
    return Exit.DONE


def _asked() -> str | None:
    typed = getpass("管理密码 / operator's password: ")
    return typed if getpass("再输入一次 / once more: ") == typed else None


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
