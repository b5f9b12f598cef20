"""The journey as a script drives it: `sandbox up`, `sandbox token`, `renew --json`, `sandbox pay`."""

import subprocess
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509

from tests.harness.end_to_end.sandbox import MODULE, PIN, Line, Sandbox, tool

_labels = count(1)


def new_token(sandbox: Sandbox, *options: str) -> str:
    """A token of its own for one test; its label."""
    for folder in (sandbox.directory / "softhsm").glob("*"):
        subprocess.run(["rm", "-r", str(folder)], check=True)
    label = sandbox.make_token(f"token{next(_labels)}")
    sandbox.certify(label, *options)
    return label


def one_year_on(end: str) -> datetime:
    """The same second of the same day a year later."""
    old = datetime.fromisoformat(end)
    return old.replace(year=old.year + 1, day=28 if (old.month, old.day) == (2, 29) else old.day)


@pytest.mark.parametrize(
    ("method", "key", "named"),
    [
        ("alipay", "rsa2048", "RSA-2048"),
        ("alipay", "ec256", "EC-P256"),
        ("unionpay", "rsa2048", "RSA-2048"),
        ("unionpay", "ec256", "EC-P256"),
        ("wechat", "ec256", "EC-P256"),
    ],
)
def test_renewed_paid_and_installed(sandbox: Sandbox, tmp_path: Path, method: str, key: str, named: str) -> None:
    label = new_token(sandbox, "--key", key, "--days-left", "20")
    [before] = sandbox.certificates()
    assert (before["state"], before["days_left"], before["key"]) == ("renewable", 20, named)

    renewal = sandbox.renew(sandbox.answers(method=method))
    pay = renewal.until("pay")
    assert (pay["method"], pay["amount_fen"]) == (method, 20000)
    assert 0 < pay["expires_in"] <= 300
    sandbox.pay(pay["qr"])
    installed = renewal.until("installed")
    assert renewal.end() == 0
    events = [line["event"] for line in renewal.lines]
    assert [kind for kind in events if kind in ("pay", "paid", "issued", "installed")] == [
        "pay",
        "paid",
        "issued",
        "installed",
    ]

    after = {line["serial"]: line for line in sandbox.certificates()}
    assert set(after) == {before["serial"], installed["serial"]}
    new = after[installed["serial"]]
    assert datetime.fromisoformat(new["not_after"]) == one_year_on(before["not_after"])
    assert (new["subject"], new["key"], new["state"]) == (before["subject"], named, "valid")
    assert new["key_id"] != before["key_id"]
    check_with_other_tools(sandbox, label, tmp_path, [before, new])


def check_with_other_tools(sandbox: Sandbox, label: str, folder: Path, expected: list[Line]) -> None:
    """pkcs11-tool reads both certificates, openssl verifies the new one and the token's new key signs."""
    subjects = set()
    for line in expected:
        der = folder / f"{line['serial']}.der"
        words = ("--module", MODULE, "--token-label", label, "--read-object", "--type", "cert", "--id", line["key_id"])
        tool(sandbox, "pkcs11-tool", *words, "--output-file", der)
        certificate = x509.load_der_x509_certificate(der.read_bytes())
        assert f"{certificate.serial_number:x}" == line["serial"]
        subjects.add(certificate.subject.public_bytes())
        tool(sandbox, "openssl", "x509", "-inform", "DER", "-in", der, "-out", der.with_suffix(".pem"))
        tool(sandbox, "openssl", "verify", "-CAfile", sandbox.directory / "ca" / "ca.pem", der.with_suffix(".pem"))
    assert len(subjects) == 1
    login = ("--module", MODULE, "--token-label", label, "--login", "--pin", PIN)
    listing = tool(sandbox, "pkcs11-tool", *login, "--list-objects", "--type", "privkey")
    assert listing.count("Private Key Object") == 2


@pytest.mark.parametrize(
    ("days", "reason"),
    [("-1", "certificate_expired"), ("120", "too_early")],
)
def test_expired_and_too_early_are_refused(sandbox: Sandbox, days: str, reason: str) -> None:
    new_token(sandbox, "--days-left", days)
    renewal = sandbox.renew()
    failed = renewal.until("failed")
    assert (failed["reason"], failed["money"]) == (reason, "not_touched")
    assert renewal.end() == 3
    assert len(sandbox.certificates()) == 1


def test_a_kiosk_killed_after_the_payment_is_continued_by_another(sandbox: Sandbox) -> None:
    new_token(sandbox)
    first = sandbox.renew()
    pay = first.until("pay")
    first.kill()
    sandbox.pay(pay["qr"])
    second = sandbox.renew()
    installed = second.until("installed")
    assert second.end() == 0
    assert installed["business_no"] == pay["business_no"]
    assert "pay" not in [line["event"] for line in second.lines]
    assert len(sandbox.certificates()) == 2


def test_a_wrong_pin_is_told_and_the_right_one_then_continues_the_same_application(sandbox: Sandbox) -> None:
    new_token(sandbox)
    pin_file = sandbox.directory / "pin"
    pin_file.write_text("999999\n")
    pin_file.chmod(0o600)
    wrong = sandbox.renew()
    failed = wrong.until("failed")
    assert (failed["reason"], wrong.end()) == ("wrong_pin", 4)
    pin_file.write_text(PIN + "\n")
    right = sandbox.renew()
    sandbox.pay(right.until("pay")["qr"])
    right.until("installed")
    assert right.end() == 0
    assert PIN not in (sandbox.directory / "renew.err").read_text()
