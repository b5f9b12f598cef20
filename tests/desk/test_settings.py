"""desk.toml: what is read, and errors that name file and key."""

import socket
from codecs import BOM_UTF8
from pathlib import Path

import pytest

from tests.harness.desk.desk_file import FILE, PFX, write_desk_file
from tui.core.policy import KeyPolicy, OldPair, SignatureScheme
from tui.desk.ca.local.settings import LocalCaSettings
from tui.desk.settings import load
from tui.desk.settings_reader import SettingsError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_desk_file(tmp_path)


def test_paths_are_relative_to_the_file(file: Path) -> None:
    settings = load(file)
    assert settings.certificate == file.parent / "tls/desk.pem"
    assert settings.database == f"sqlite:///{file.parent / 'desk.db'}"
    assert isinstance(settings.ca, LocalCaSettings)
    assert settings.ca.key == file.parent / "ca/ca.key"
    assert (settings.port, settings.window_days, settings.payments.alipay, settings.sms) == (8443, 90, None, None)


def test_a_mark_of_the_byte_order_is_no_part_of_the_file(file: Path) -> None:
    file.write_text(FILE, encoding="utf-8-sig")
    assert load(file).port == 8443


def test_bytes_come_from_files_and_secrets_without_line_break(file: Path) -> None:
    unionpay = load(file).payments.unionpay
    assert unionpay is not None
    assert (unionpay.pfx, unionpay.pfx_password) == (PFX, b"000000")
    assert unionpay.closing_grace == 30


def test_the_rules_of_the_ca_are_read(file: Path) -> None:
    rules = load(file).ca
    assert (rules.key_policy, rules.old_pair, rules.signature) == (
        KeyPolicy.REKEY,
        OldPair.KEEP,
        SignatureScheme.PKCS1,
    )
    file.write_text(FILE.replace("[ca]", "[ca]\nold_pair = 'delete'\nsignature = 'pss'"), encoding="utf-8")
    rules = load(file).ca
    assert (rules.key_policy, rules.old_pair, rules.signature) == (
        KeyPolicy.REKEY,
        OldPair.DELETE,
        SignatureScheme.PSS,
    )
    file.write_text(FILE.replace("[ca]", "[ca]\nkey_policy = 'keep'\nold_pair = 'keep'"), encoding="utf-8")
    assert load(file).ca.key_policy is KeyPolicy.KEEP


def test_switches_are_read(file: Path) -> None:
    mail = load(file).mail
    assert mail is not None
    assert (mail.starttls, mail.password) == (False, b"")


INVOICES = """
[invoices]
url = "https://tax.example/services"
token_url = "https://tax.example/token"
app_key = "k"
app_secret_file = "password"
seller_tax_number = "91440300100012316L"
tax_code = "3040201000000000000"
token_cache = "token.json"
file_hosts = ["files.example", "127.0.0.1:4443"]
"""


def test_the_hosts_of_invoice_files_are_a_list_of_text(file: Path) -> None:
    file.write_text(FILE + INVOICES, encoding="utf-8")
    invoices = load(file).invoices
    assert invoices is not None
    assert (invoices.file_hosts, invoices.app_secret) == (("files.example", "127.0.0.1:4443"), b"000000")
    for wrong in ('"files.example"', "[1]"):
        text = INVOICES.replace('["files.example", "127.0.0.1:4443"]', wrong)
        file.write_text(FILE + text, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"invoices\.file_hosts must be"):
            load(file)


def test_secrets_are_not_shown(file: Path) -> None:
    settings = load(file)
    assert repr(bytes(settings.data_key)) not in repr(settings)
    unionpay = settings.payments.unionpay
    assert unionpay is not None
    assert "000000" not in f"{unionpay} {unionpay.pfx_password}"
    assert settings.database not in repr(settings)


@pytest.mark.parametrize("url", ["desk:xyzzy@db", "postgresql://desk:x@y:xyzzy@db/desk", "postgresql://d:p@db:xyzzy/d"])
def test_a_database_that_is_no_url_is_told_without_it(file: Path, url: str) -> None:
    file.write_text(FILE.replace("[desk]", f'[desk]\ndatabase = "{url}"'), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"desk\.database: is no URL") as refused:
        load(file)
    assert "xyzzy" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('key = "tls/desk.key"\n', "", "desk.key is missing"),
        ('[ca]\ncertificate = "ca/ca.pem"\nkey = "ca/ca.key"\n', "", r"\[ca\] is missing"),
        ("[ca]", "[cb]", "cb is not known"),
        ("months = 12", "", "prices.months is missing"),
        ("months = 12", "monts = 12", "prices.monts is not known"),
        ("[payments.unionpay]", "[payments.unionpai]", "payments.unionpai is not known"),
        ("fee_fen = 20000", "fee_fen = 20000\nfoo = 1", "prices.foo is not known"),
        ("fee_fen = 20000", 'fee_fen = "200"', "prices.fee_fen must be int"),
        ("fee_fen = 20000", "fee_fen = true", "prices.fee_fen must be int"),
        ('data_key_file = "data.key"', 'data_key_file = "password"', "desk.data_key_file"),
        ('pfx_file = "merchant.pfx"', 'pfx_file = "none"', "none 不能使用 / cannot be used: No such file"),
        ('mer_id = "777290058100001"', 'mer_id = "7772"', "payments.unionpay.mer_id must be 15"),
        (
            'trust_bundle_file = "trust.pem"',
            'trust_bundle_file = "password"',
            "payments.unionpay.trust_bundle_file: .*/password 不是含根证书",
        ),
        (
            'pfx_password_file = "password"',
            'pfx_password_file = "trust.pem"',
            "payments.unionpay.pfx_file: .*/(?:merchant.pfx|trust.pem) 与 pfx_password_file",
        ),
        (
            'pfx_file = "merchant.pfx"',
            'pfx_file = "trust.pem"',
            "payments.unionpay.pfx_file: .*/(?:merchant.pfx|trust.pem) 与 pfx_password_file",
        ),
        (
            "https://gateway.example/api",
            "http://gateway.example/api",
            "payments.unionpay.gateway_url must begin with https",
        ),
        ("https://gateway.example/api", "https:///api", "payments.unionpay.gateway_url must begin with https"),
        ("starttls = false", "starttls = 1", "mail.starttls must be bool"),
        ("[desk]", "[desk]\ndatabase = 'nonsense'", "desk.database"),
        ("[desk]", "[desk", "desk.toml"),
        ("[desk]", "[desk]\nport = 8443.0", "desk.port must be int"),
        ("[desk]", "[desk]\nworkers = 2", "desk.workers: must be 1 with SQLite"),
        ("[desk]", "[desk]\nworkers = 0", "desk.workers must be 1 to 64"),
        ('certificate = "tls/desk.pem"', "certificate = 1", "desk.certificate must be str"),
        ("[desk]", "[desk]\ndatabase = 'mysql://host/desk'", "desk.database: must be of sqlite or postgresql"),
        ("[desk]", "[desk]\nminimum_kiosk_version = '1.x'", "desk.minimum_kiosk_version"),
        ("[desk]", "[desk]\nminimum_kiosk_version = ''", "desk.minimum_kiosk_version"),
        ("[desk]", "[desk]\nport = 65536", "desk.port must be 0 to 65535"),
        ("[desk]", "[desk]\ntakeover_seconds = 86401", "desk.takeover_seconds must be 1 to 86400"),
        ("[desk]", "[desk]\nwindow_days = 0", "desk.window_days must be 1 to 3650"),
        ("[desk]", "[desk]\nqr_seconds = -1", "desk.qr_seconds must be positive"),
        ("[desk]", "[desk]\nsession_seconds = 0", "desk.session_seconds must be positive"),
        ("[desk]", "[desk]\nwrong_passwords = 0", "desk.wrong_passwords must be positive"),
        ("months = 12", "months = 11", "prices.months"),
        ("[ca]", "[[prices]]\nmonths = 12\nfee_fen = 1\n[ca]", "prices.months"),
        ("fee_fen = 20000", "fee_fen = 0", "prices.fee_fen must be positive"),
        ("[[prices]]\nmonths = 12\nfee_fen = 20000", "", "prices"),
        ("[desk]", "[desk]\nwindow_days = 100000", "desk.window_days must be 1 to 3650"),
        ("[desk]", "[desk]\nsession_seconds = 99999999999", "desk.session_seconds must be positive, 1000000000 at"),
        ("[desk]", "[desk]\nhost = ''", "desk.host must not be empty"),
        ("[desk]", "[desk]\npublic_url = 'desk.example'", "desk.public_url must begin with https"),
        ("[desk]", "[desk]\npublic_url = 'https://desk.example:99999'", "desk.public_url must begin with https"),
        ("months = 12", "months = 1201", "prices.months must be 12 to 1200"),
        ("fee_fen = 20000", "fee_fen = 20000000000", "prices.fee_fen must be positive, 1000000000 at most"),
        ("https://gateway.example/api", "https://[::1", "payments.unionpay.gateway_url must begin with https"),
        ("https://gateway.example/api", "https://a b/", "payments.unionpay.gateway_url must begin with https"),
        ("closing_grace", "deadline = -1\nclosing_grace", "payments.unionpay.deadline must be more than 0"),
        ("closing_grace", "deadline = nan\nclosing_grace", "payments.unionpay.deadline must be more than 0"),
        ("port = 2525", "port = 0", "mail.port must be 1 to 65535"),
        ("desk@example.cn", "desk", "mail.sender: must be an e-mail address"),
        ("[mail]", "[sms]\nurl = 'sms.example'\nkey_file = 'password'\n[mail]", "sms.url must begin with https"),
        ("[ca]", "[ca]\nkey_policy = 'new'", "ca.key_policy must be rekey or keep"),
        ("[ca]", "[ca]\nkey_policy = true", "ca.key_policy must be rekey or keep"),
        ("[ca]", "[ca]\nkind = 'remote'", "ca.kind is not known"),
        ("[ca]", "[ca]\nkind = 1", "ca.kind must be str"),
        ("[ca]", "[ca]\nold_pair = 'Delete'", "ca.old_pair must be keep or delete"),
        ("[ca]", "[ca]\nsignature = 1", "ca.signature must be pkcs1 or pss"),
        ("[ca]", "[ca]\nkey_policy = 'keep'\nold_pair = 'delete'", "ca.old_pair: must be keep where"),
    ],
)
def test_errors_name_file_and_key(file: Path, old: str, new: str, said: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SettingsError, match=said) as error:
        load(file)
    assert str(file) in str(error.value)


def test_a_password_is_read_as_any_editor_saves_it(file: Path) -> None:
    password = file.parent / "password"
    bare = password.read_bytes().strip()
    password.write_bytes(BOM_UTF8 + bare + b"\r\n")
    unionpay = load(file).payments.unionpay
    assert unionpay is not None
    assert unionpay.pfx_password == bare


def test_a_desk_among_several_is_named_after_its_host(file: Path) -> None:
    assert load(file).executor == "desk"
    served = FILE.replace("[desk]", "[desk]\ndatabase = 'postgresql+psycopg://desk@db.example/desk'")
    file.write_text(served, encoding="utf-8")
    assert load(file).executor == socket.gethostname()
    file.write_text(served.replace("[desk]", "[desk]\nexecutor = 'second'"), encoding="utf-8")
    assert load(file).executor == "second"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("content", [b"[desk", b"\xff\xfe", b"x = " + b"[" * 5000, b"x = " + b"9" * 5000])
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="no correct TOML"):
        load(path)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("url", "tax.example", "invoices.url must begin with https"),
        ("token_url", "", "invoices.token_url must begin with https"),
        ("seller_tax_number", "91440300100012316M", "invoices.seller_tax_number: must be a tax number"),
        ("tax_code", "304", "invoices.tax_code must be 19 digits"),
    ],
)
def test_what_the_tax_platform_would_refuse_is_told_at_the_start(file: Path, key: str, value: str, said: str) -> None:
    told = {
        "url": "https://tax.example/open",
        "token_url": "https://tax.example/token",
        "app_key": "k",
        "app_secret_file": "password",
        "seller_tax_number": "91440300100012316L",
        "tax_code": "3040601000000000000",
        "token_cache": "token.json",
    }
    table = "".join(f"{name} = '{text}'\n" for name, text in (told | {key: value}).items())
    file.write_text(f"{FILE}[invoices]\n{table}", encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        load(file)
