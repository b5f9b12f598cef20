"""answers.toml: what is read, and an error that names its key."""

from pathlib import Path

import pytest

from tui.core.form.kinds import Buyer, IdType
from tui.core.payment_method import PaymentMethod
from tui.kiosk.unattended.answers import read_answers
from tui.process.tables import SettingsError

WHOLE = """
account = "supplier01"
password = "Renew2026"
term_months = 24
serial = "0A1B"
[agent]
id_type = "passport"
id_number = "E12345678"
name = "张三"
mobile = "13800000000"
email = "zhangsan@example.com"
[recipient]
same_as_agent = true
address = "深圳市福田区福华路1号"
[payment]
method = "unionpay"
[invoice]
tax_number = "91440300100012316L"
title = "深圳市示例供应商有限公司"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "answers.toml"
    path.write_text(text)
    return path


def test_all_answers(tmp_path: Path) -> None:
    answers = read_answers(_write(tmp_path, WHOLE))
    assert (answers.account, bytes(answers.password.reveal()), answers.serial) == ("supplier01", b"Renew2026", "a1b")
    assert (answers.form.id_type, answers.form.term_months, answers.method) == (
        IdType.PASSPORT,
        24,
        PaymentMethod.UNIONPAY,
    )
    assert (answers.form.recipient_name, answers.form.recipient_mobile) == ("张三", "13800000000")
    assert (answers.invoice.tax_number, answers.invoice.buyer) == ("91440300100012316L", Buyer.COMPANY)


def test_an_invoice_for_a_person(tmp_path: Path) -> None:
    invoice = read_answers(
        _write(tmp_path, WHOLE.replace('tax_number = "91440300100012316L"', 'buyer = "person"'))
    ).invoice
    assert (invoice.tax_number, invoice.buyer) == ("", Buyer.PERSON)


def test_a_recipient_of_its_own(tmp_path: Path) -> None:
    text = WHOLE.replace("same_as_agent = true", 'name = "李四"\nmobile = "13900000000"')
    form = read_answers(_write(tmp_path, text)).form
    assert (form.recipient_name, form.recipient_mobile) == ("李四", "13900000000")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('method = "unionpay"', 'method = "cash"', "payment.method"),
        ('id_type = "passport"', 'id_type = "x"', "agent.id_type"),
        ("same_as_agent = true", "", "recipient.name"),
        ('title = "深圳市示例供应商有限公司"', "", "invoice.title"),
        ('tax_number = "91440300100012316L"', "", "invoice.tax_number"),
        ("[invoice]", "[invoice]\nbuyer = 'state'", "invoice.buyer"),
        ('serial = "0A1B"', "colour = 1", "colour"),
    ],
)
def test_an_error_names_the_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(SettingsError, match=f" {key} "):
        read_answers(_write(tmp_path, WHOLE.replace(old, new)))


@pytest.mark.parametrize(
    ("written", "serial"),
    [
        ('"0A1B"', "a1b"),
        ('"0x0a1B"', "a1b"),
        ('"0A:1B:2C"', "a1b2c"),
        ('"0a 1b 2c"', "a1b2c"),
        ('"\u200e00 0a 1b"', "a1b"),
        ('"serial=0A1B"', "a1b"),
        ('"4660 (0x1234)"', "1234"),
        ('"12345678"', "12345678"),
        ('"00"', "0"),
        ('"-5"', "-5"),
        ('"serial=-0A"', "-a"),
        ('"Serial Number: -10 (-0xa)"', "-a"),
        ('"(Negative)12:34:56:78:90:ab:cd:ef:12"', "-1234567890abcdef12"),
        ('"-00"', "0"),
        (f'"{"7f" * 40}"', "7f" * 40),
        ('" "', ""),
    ],
)
def test_a_serial_is_taken_as_programs_print_it(tmp_path: Path, written: str, serial: str) -> None:
    assert read_answers(_write(tmp_path, WHOLE.replace('"0A1B"', written))).serial == serial


@pytest.mark.parametrize(
    "written", ["4660", "-5", "0x1234", '"xyz"', '"--5"', '"-"', '"12)"', '"4660 (1234)"', '"4660 (0x1234"']
)
def test_what_is_no_serial_is_told_with_examples(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError, match=r'answers\.toml: serial must be a hexadecimal serial .* "0A:1B:2C"'):
        read_answers(_write(tmp_path, WHOLE.replace('"0A1B"', written)))


def test_an_unknown_key_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"payment\.metod is unknown; known here: method$"):
        read_answers(_write(tmp_path, WHOLE.replace("[payment]", '[payment]\nmetod = "alipay"')))
