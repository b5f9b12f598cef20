"""The journey as a script drives it: `sandbox up`, `sandbox token`, `renew --json`, `sandbox pay`."""

import subprocess
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from cryptography import x509

from tests.harness.end_to_end.town import MODULE, PIN, Line, Town, tool

_labels = count(1)


def new_token(town: Town, *options: str) -> str:
    """A token of its own for one test; its label."""
    for folder in (town.directory / "softhsm").glob("*"):
        subprocess.run(["rm", "-r", str(folder)], check=True)
    label = town.make_token(f"token{next(_labels)}")
    town.certify(label, *options)
    return label


def one_year_on(end: str) -> datetime:
    """The same second of the same day a year later."""
    old = datetime.fromisoformat(end)
    return old.replace(year=old.year + 1, day=28 if (old.month, old.day) == (2, 29) else old.day)


@pytest.mark.parametrize("method", ["alipay", "unionpay"])
@pytest.mark.parametrize(("key", "named"), [("rsa2048", "RSA-2048"), ("ec256", "EC-P256")])
def test_renewed_paid_and_installed(town: Town, tmp_path: Path, method: str, key: str, named: str) -> None:
    label = new_token(town, "--key", key, "--days-left", "20")
    [before] = town.certificates()
    assert (before["state"], before["days_left"], before["key"]) == ("renewable", 20, named)

    renewal = town.renew(town.answers(method=method))
    pay = renewal.until("pay")
    assert (pay["method"], pay["amount_fen"]) == (method, 20000)
    assert 0 < pay["expires_in"] <= 300
    town.pay(pay["qr"])
    installed = renewal.until("installed")
    assert renewal.end() == 0
    events = [line["event"] for line in renewal.lines]
    assert [kind for kind in events if kind in ("pay", "paid", "issued", "installed")] == [
        "pay",
        "paid",
        "issued",
        "installed",
    ]

    after = {line["serial"]: line for line in town.certificates()}
    assert set(after) == {before["serial"], installed["serial"]}
    new = after[installed["serial"]]
    assert datetime.fromisoformat(new["not_after"]) == one_year_on(before["not_after"])
    assert (new["subject"], new["key"], new["state"]) == (before["subject"], named, "valid")
    assert new["key_id"] != before["key_id"]
    check_with_other_tools(town, label, tmp_path, [before, new])


def check_with_other_tools(town: Town, label: str, folder: Path, expected: list[Line]) -> None:
    """pkcs11-tool reads both certificates, openssl verifies the new one and the token's new key signs."""
    subjects = set()
    for line in expected:
        der = folder / f"{line['serial']}.der"
        words = ("--module", MODULE, "--token-label", label, "--read-object", "--type", "cert", "--id", line["key_id"])
        tool(town, "pkcs11-tool", *words, "--output-file", der)
        certificate = x509.load_der_x509_certificate(der.read_bytes())
        assert f"{certificate.serial_number:x}" == line["serial"]
        subjects.add(certificate.subject.public_bytes())
        tool(town, "openssl", "x509", "-inform", "DER", "-in", der, "-out", der.with_suffix(".pem"))
        tool(town, "openssl", "verify", "-CAfile", town.directory / "ca" / "ca.pem", der.with_suffix(".pem"))
    assert len(subjects) == 1
    login = ("--module", MODULE, "--token-label", label, "--login", "--pin", PIN)
    listing = tool(town, "pkcs11-tool", *login, "--list-objects", "--type", "privkey")
    assert listing.count("Private Key Object") == 2


@pytest.mark.parametrize(
    ("days", "reason"),
    [("-1", "certificate_expired"), ("120", "too_early")],
)
def test_expired_and_too_early_are_refused(town: Town, days: str, reason: str) -> None:
    new_token(town, "--days-left", days)
    renewal = town.renew()
    failed = renewal.until("failed")
    assert (failed["reason"], failed["money"]) == (reason, "not_touched")
    assert renewal.end() == 3
    assert len(town.certificates()) == 1


def test_a_kiosk_killed_after_the_payment_is_continued_by_another(town: Town) -> None:
    new_token(town)
    first = town.renew()
    pay = first.until("pay")
    first.kill()
    town.pay(pay["qr"])
    second = town.renew()
    installed = second.until("installed")
    assert second.end() == 0
    assert installed["business_no"] == pay["business_no"]
    assert "pay" not in [line["event"] for line in second.lines]
    assert len(town.certificates()) == 2


def test_a_wrong_pin_is_told_and_the_right_one_then_continues_the_same_application(town: Town) -> None:
    new_token(town)
    pin_file = town.directory / "pin"
    pin_file.write_text("999999\n")
    pin_file.chmod(0o600)
    wrong = town.renew()
    failed = wrong.until("failed")
    assert (failed["reason"], wrong.end()) == ("wrong_pin", 4)
    pin_file.write_text(PIN + "\n")
    right = town.renew()
    town.pay(right.until("pay")["qr"])
    right.until("installed")
    assert right.end() == 0
    assert PIN not in (town.directory / "renew.err").read_text()
