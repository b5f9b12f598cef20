"""The desk's Nuonuo adapter against the played platform, over TLS."""

import json
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from tests.harness.gateways.served import Clock, Merchant, served
from tui.desk.invoices.tax_platform import (
    InvoiceLine,
    InvoiceOrder,
    InvoiceOutcome,
    InvoiceState,
    RedOrder,
    TaxPlatform,
)
from tui.desk.platforms.nuonuo.platform import NuonuoPlatform
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings
from tui.desk.settings_reader import Password
from tui.sandbox.authorities import make_tls
from tui.sandbox.gateways.tax.callbacks import caller
from tui.sandbox.gateways.tax.gateway import tax_app
from tui.sandbox.gateways.tax.keys import SERVICES_PATH, TOKEN_PATH, TaxKeys
from tui.sandbox.gateways.tax.ledger import command

KEYS = TaxKeys("SD12345678", "SD47B8D5F4D0468C", "91440300100012316L")
CODE = "3040601000000000000"


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tls")
    make_tls(directory)
    (directory / "both.pem").write_bytes(
        (directory / "server.key").read_bytes() + (directory / "server.pem").read_bytes()
    )
    return directory


def make_settings(base: str, folder: Path, tls: Path) -> TaxPlatformSettings:
    return TaxPlatformSettings(
        url=base + SERVICES_PATH,
        token_url=base + TOKEN_PATH,
        app_key=KEYS.app_key,
        app_secret=Password(KEYS.app_secret.encode()),
        seller_tax_number=KEYS.seller_tax_number,
        tax_code=CODE,
        token_cache=folder / "token.json",
        ca_file=tls / "ca.pem",
    )


@pytest.fixture
def settings(tmp_path: Path, tls: Path, clock: Clock) -> Iterator[TaxPlatformSettings]:
    app = tax_app(tmp_path / "tax", KEYS, issue_after=timedelta(minutes=1), clock=clock)
    with served(app, tls / "both.pem") as base:
        yield make_settings(base, tmp_path, tls)


@pytest.fixture
def platform(settings: TaxPlatformSettings, clock: Clock) -> Iterator[NuonuoPlatform]:
    adapter = NuonuoPlatform(settings, clock)
    yield adapter
    adapter.close()


def order(
    settings: TaxPlatformSettings, number: str = "R1", buyer_tax_number: str = "91110000802100433B"
) -> InvoiceOrder:
    lines = (InvoiceLine("数字证书续期服务费", 2, 10000, CODE), InvoiceLine("介质费", 1, 33, CODE))
    return InvoiceOrder(
        number, settings.seller, "某某供应商有限公司", buyer_tax_number, "13800000000", "a@b.cn", lines, 20033
    )


def test_an_invoice_from_order_to_pdf(
    platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock, tls: Path
) -> None:
    port: TaxPlatform = platform
    assert port.query("R1") is None
    assert port.issue(order(settings)).state is InvoiceState.PENDING
    assert port.issue(order(settings)).state is InvoiceState.PENDING
    clock.forward(timedelta(minutes=2))
    outcome = port.issue(order(settings))
    assert outcome.state is InvoiceState.ISSUED
    assert outcome == port.query("R1")
    assert len(outcome.number) == 20
    assert outcome.number.isdigit()
    with httpx.Client(verify=ssl.create_default_context(cafile=str(tls / "ca.pem")), trust_env=False) as client:
        pdf = client.get(outcome.links.pdf)
        assert client.get(outcome.links.pdf.replace(".pdf", "1.pdf")).status_code == 404
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-1.4")
    assert outcome.number.encode("utf-16-be").hex().encode() in pdf.content


def test_every_order_has_its_own_number(platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock) -> None:
    for number in ("R1", "R/2"):
        platform.issue(order(settings, number))
    clock.forward(timedelta(minutes=2))
    found = [platform.query(number) for number in ("R1", "R/2")]
    assert all(outcome and outcome.state is InvoiceState.ISSUED for outcome in found)
    assert len({outcome.number for outcome in found if outcome}) == 2


def test_a_natural_person_needs_no_tax_number(platform: NuonuoPlatform, settings: TaxPlatformSettings) -> None:
    assert platform.issue(order(settings, buyer_tax_number="")).state is InvoiceState.PENDING


def test_a_refused_order_decides_nothing(platform: NuonuoPlatform, settings: TaxPlatformSettings) -> None:
    stranger = replace(order(settings), seller=replace(settings.seller, tax_number="91110000802100433B"))
    outcome = platform.issue(stranger)
    assert outcome.state is InvoiceState.REJECTED
    assert outcome.text == "E9101 销方税号与授权税号不一致"


@pytest.mark.parametrize(
    "case",
    [
        ("2", InvoiceState.ISSUED),
        ("20", InvoiceState.PENDING),
        ("21", InvoiceState.PENDING),
        ("22", InvoiceState.FAILED),
        ("24", InvoiceState.UNSEALED),
        ("3", InvoiceState.VOIDED),
        ("31", InvoiceState.VOIDED),
        ("77", InvoiceState.UNKNOWN),
    ],
)
def test_every_status_of_an_order(
    platform: NuonuoPlatform,
    settings: TaxPlatformSettings,
    clock: Clock,
    tmp_path: Path,
    case: tuple[str, InvoiceState],
) -> None:
    status, state = case
    platform.issue(order(settings))
    clock.forward(timedelta(minutes=2))
    command(tmp_path / "tax", "R1", status, "原因")
    found = platform.query("R1")
    assert found is not None
    assert found.state is state
    assert found.text == ("" if state is InvoiceState.ISSUED else f"{status} 原因")


def test_what_failed_is_tried_again_under_its_number(
    platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock, tmp_path: Path
) -> None:
    platform.issue(order(settings))
    clock.forward(timedelta(minutes=2))
    command(tmp_path / "tax", "R1", "22", "开票员未登录")
    assert platform.issue(order(settings)).state is InvoiceState.FAILED
    platform.reissue("R1")
    assert platform.issue(order(settings)).state is InvoiceState.ISSUED
    platform.reissue("R1")


def test_the_files_amount_and_time_of_an_invoice(
    platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock
) -> None:
    ordered_at = clock()
    platform.issue(order(settings))
    clock.forward(timedelta(minutes=2))
    outcome = platform.query("R1")
    assert outcome is not None
    assert (outcome.total_fen, outcome.issued_at) == (20033, ordered_at)
    links = outcome.links
    assert [link.rpartition("/")[2] for link in (links.pdf, links.ofd, links.xml)] == [
        f"{outcome.number}.{kind}" for kind in ("pdf", "ofd", "xml")
    ]


@pytest.fixture
def blue(platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock) -> InvoiceOutcome:
    """An issued invoice."""
    platform.issue(order(settings))
    clock.forward(timedelta(minutes=2))
    return platform.issue(order(settings))


def red_order(settings: TaxPlatformSettings, blue: InvoiceOutcome, number: str = "HZ1") -> RedOrder:
    return RedOrder(number, blue.number, settings.seller, "某某供应商有限公司", "91110000802100433B")


@pytest.fixture
def red(settings: TaxPlatformSettings, blue: InvoiceOutcome) -> RedOrder:
    """Takes the issued invoice back."""
    return red_order(settings, blue)


def test_a_red_invoice_from_application_to_number(platform: NuonuoPlatform, red: RedOrder, clock: Clock) -> None:
    assert platform.issue_red(red).state is InvoiceState.PENDING  # applied for
    assert platform.issue_red(red).text == "15"  # being applied for
    clock.forward(timedelta(minutes=2))
    outcome = platform.issue_red(red)
    assert outcome.state is InvoiceState.ISSUED
    assert len(outcome.number) == 20
    assert outcome.number != red.blue_number
    assert outcome.links.pdf.endswith(f"{outcome.number}.pdf")
    assert platform.issue_red(red) == outcome


def test_an_invoice_is_taken_back_once(
    platform: NuonuoPlatform, settings: TaxPlatformSettings, blue: InvoiceOutcome
) -> None:
    platform.issue_red(red_order(settings, blue))
    platform.issue_red(red_order(settings, blue, "HZ2"))
    second = platform.issue_red(red_order(settings, blue, "HZ2"))
    assert (second.state, second.text) == (InvoiceState.FAILED, "16 该发票已全额冲红")


def test_a_red_invoice_without_its_blue_one_is_refused(platform: NuonuoPlatform, settings: TaxPlatformSettings) -> None:
    stranger = InvoiceOutcome(InvoiceState.ISSUED, "26442000000000099999")
    outcome = platform.issue_red(red_order(settings, stranger))
    assert (outcome.state, outcome.text[:5]) == (InvoiceState.REJECTED, "E9999")


@pytest.mark.parametrize(
    "case",
    [
        ("01", InvoiceState.ISSUED),
        ("02", InvoiceState.AWAITING_BUYER),
        ("03", InvoiceState.UNKNOWN),
        ("04", InvoiceState.ISSUED),
        ("05", InvoiceState.FAILED),
        ("06", InvoiceState.UNKNOWN),
        ("07", InvoiceState.FAILED),
        ("08", InvoiceState.FAILED),
        ("09", InvoiceState.FAILED),
        ("15", InvoiceState.PENDING),
        ("16", InvoiceState.FAILED),
        ("88", InvoiceState.UNKNOWN),
    ],
)
def test_every_status_of_a_red_application(
    platform: NuonuoPlatform, red: RedOrder, clock: Clock, tmp_path: Path, case: tuple[str, InvoiceState]
) -> None:
    platform.issue_red(red)
    clock.forward(timedelta(minutes=2))
    command(tmp_path / "tax", "HZ1", case[0])
    assert platform.issue_red(red).state is case[1]


def test_a_red_invoice_that_only_the_tax_bureau_has_is_fetched(
    platform: NuonuoPlatform, red: RedOrder, clock: Clock, tmp_path: Path
) -> None:
    platform.issue_red(red)
    clock.forward(timedelta(minutes=2))
    command(tmp_path / "tax", "HZ1", "01", fetched=False)
    assert platform.issue_red(red).state is InvoiceState.PENDING
    assert platform.issue_red(red).state is InvoiceState.ISSUED


def test_the_callback_is_posted_when_the_invoice_is_issued(tmp_path: Path, tls: Path, clock: Clock) -> None:
    merchant = Merchant()
    with served(merchant, tls / "both.pem") as desk:
        app = tax_app(tmp_path / "tax", KEYS, clock=clock, call=caller(timedelta(0), tls / "ca.pem"))
        with served(app, tls / "both.pem") as base:
            platform = NuonuoPlatform(make_settings(base, tmp_path, tls), clock)
            asked = make_settings(base, tmp_path, tls)
            platform.issue(replace(order(asked), callback_url=f"{desk}/notify/invoices"))
            form = parse_qs(merchant.next().decode())
            platform.close()
    assert form["orderno"] == ["R1"]
    assert json.loads(form["content"][0])["c_orderno"] == "R1"
