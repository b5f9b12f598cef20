"""The operator's password: a hash that only it fits, and no word of it anywhere."""

import subprocess
import sys

from tui.cli.operator.password import is_right
from tui.core.secret import Password


def test_the_hash_fits_the_password_alone_and_tells_nothing_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "operator-password"],
        input="钥匙 for 3 counters\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    hashed = done.stdout.strip()
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert "counters" not in done.stdout + done.stderr
    typed = Password("钥匙 for 3 counters".encode())
    assert is_right(typed, hashed)
    assert not typed
    assert not is_right(Password("钥匙 for 4 counters".encode()), hashed)
    assert not is_right(Password(b"x"), "$argon2id$broken")
