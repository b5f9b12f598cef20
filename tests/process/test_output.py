"""What is printed for people's eyes is text, whatever a file's name or a setting holds."""

import pytest

from tui.process.output import say


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("证书\t已续期\n请拔出", "证书\t已续期\n请拔出"),
        ("kiosk.\x1b[31m is unknown", "kiosk.\\u001b[31m is unknown"),
        ("a\rb\0c\x7fd\x9be", "a\\u000db\\u0000c\\u007fd\\u009be"),
        ("\u202e\u2066x\u2069", "\\u202e\\u2066x\\u2069"),
        ("李𬱖 Jose\u0301 สมชาย", "李𬱖 Jose\u0301 สมชาย"),
    ],
)
def test_controls_are_told_by_their_codes(capsys: pytest.CaptureFixture[str], told: str, seen: str) -> None:
    say(told)
    assert capsys.readouterr().err == f"{seen}\n"
