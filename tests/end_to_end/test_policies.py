"""The whole journey under a CA's other rules, as a script drives it: the key kept, or the old pair deleted."""

from pathlib import Path

import pytest

from tests.end_to_end.test_scripted import new_token
from tests.harness.end_to_end.sandbox import MODULE, PIN, sandbox_up, tool


@pytest.mark.parametrize(
    ("rules", "delete_old", "certificates", "keys"),
    [
        ('key_policy = "keep"\nsignature = "pss"', False, 2, 1),
        ('old_pair = "delete"', True, 1, 1),
    ],
)
def test_renewed_by_the_rules(tmp_path: Path, rules: str, delete_old: bool, certificates: int, keys: int) -> None:
    with sandbox_up(tmp_path):
        pass
    desk = tmp_path / "desk.toml"
    desk.write_text(desk.read_text().replace("[ca]\n", f"[ca]\n{rules}\n"))
    with sandbox_up(tmp_path) as sandbox:
        label = new_token(sandbox)
        answers = sandbox.answers()
        answers.write_text(f"delete_old = {str(delete_old).lower()}\n" + answers.read_text())
        renewal = sandbox.renew(answers)
        sandbox.pay(renewal.until("pay")["qr"])
        installed = renewal.until("installed")
        assert renewal.end() == 0
        left = {line["serial"] for line in sandbox.certificates()}
        assert installed["serial"] in left
        assert len(left) == certificates
        login = ("--module", MODULE, "--token-label", label, "--login", "--pin", PIN)
        listing = tool(sandbox, "pkcs11-tool", *login, "--list-objects", "--type", "privkey")
        assert listing.count("Private Key Object") == keys
