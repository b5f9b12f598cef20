"""The operator's password: a hash that only it fits, and no word of it anywhere."""

import signal
import subprocess
import sys
import termios
from typing import Any

import pexpect
import pytest

from tui.cli.operator_password import is_right
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


def _asked() -> Any:
    return pexpect.spawn(sys.executable, ["-m", "tui", "operator-password"], timeout=60, encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_the_question_leaves_the_terminal_as_it_was(number: signal.Signals) -> None:
    talk = _asked()
    with open(f"/proc/{talk.pid}/fd/0") as kept:  # else nobody would have it open in the end
        talk.expect_exact("operator's password:")
        assert not termios.tcgetattr(kept)[3] & termios.ECHO
        talk.kill(number)
        assert talk.wait() == 128 + number
        assert termios.tcgetattr(kept)[3] & termios.ECHO


@pytest.mark.parametrize(("again", "code", "told"), [("two", 2, "两次输入不一致"), ("one", 0, "$argon2id$v=19")])
def test_it_is_asked_for_twice(again: str, code: int, told: str) -> None:
    talk = _asked()
    talk.expect_exact("operator's password:")
    talk.sendline("one for 3 counters")
    talk.expect_exact("once more:")
    talk.sendline(f"{again} for 3 counters")
    talk.expect(pexpect.EOF)
    assert (talk.wait(), told in talk.before, "counters" in talk.before) == (code, True, False)
