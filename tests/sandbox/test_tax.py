"""The desk's Nuonuo adapter against the played platform, over TLS."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.sandbox.served import Clock, served
from tui.desk.invoices import InvoiceLine, InvoiceOrder, InvoiceState, TaxPlatform, TaxPlatformDown, TaxPlatformSettings
from tui.desk.nuonuo import NuonuoPlatform
from tui.sandbox.authorities import make_tls
from tui.sandbox.gateways.tax import SERVICES_PATH, TOKEN_PATH, TaxKeys, tax_app

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


@pytest.fixture
def settings(tmp_path: Path, tls: Path, clock: Clock) -> Iterator[TaxPlatformSettings]:
    app = tax_app(tmp_path / "tax", KEYS, issue_after=timedelta(minutes=1), clock=clock)
    with served(app, tls / "both.pem") as base:
        yield TaxPlatformSettings(
            url=base + SERVICES_PATH,
            token_url=base + TOKEN_PATH,
            app_key=KEYS.app_key,
            app_secret=KEYS.app_secret.encode(),
            seller_tax_number=KEYS.seller_tax_number,
            tax_code=CODE,
            token_cache=tmp_path / "token.json",
            ca_file=tls / "ca.pem",
        )


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
        pdf = client.get(outcome.pdf_url)
        assert client.get(outcome.pdf_url.replace(".pdf", "1.pdf")).status_code == 404
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


def test_a_refused_order_is_failed_for_good(platform: NuonuoPlatform, settings: TaxPlatformSettings) -> None:
    stranger = replace(order(settings), seller=replace(settings.seller, tax_number="91110000802100433B"))
    outcome = platform.issue(stranger)
    assert outcome.state is InvoiceState.FAILED
    assert "销方税号" in outcome.text


def test_one_token_serves_until_it_ends(platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock) -> None:
    platform.issue(order(settings))
    first = settings.token_cache.read_bytes()
    assert settings.token_cache.stat().st_mode & 0o077 == 0
    another = NuonuoPlatform(settings, clock)
    another.query("R1")
    another.close()
    assert settings.token_cache.read_bytes() == first
    clock.forward(timedelta(days=1))
    platform.query("R1")
    assert settings.token_cache.read_bytes() != first


def test_a_token_the_platform_has_forgotten_is_fetched_anew(
    platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock
) -> None:
    forgotten = int(clock().timestamp()) + 3600
    settings.token_cache.write_text(f'{{"access_token":"forgotten","expires_at":{forgotten}}}')
    assert platform.issue(order(settings)).state is InvoiceState.PENDING


def test_a_wrong_secret_decides_nothing(platform: NuonuoPlatform, settings: TaxPlatformSettings, clock: Clock) -> None:
    platform.query("R1")  # keeps a token that is good
    stranger = NuonuoPlatform(replace(settings, app_secret=b"wrong"), clock)
    with pytest.raises(TaxPlatformDown, match="070201"):
        stranger.issue(order(settings))
    settings.token_cache.unlink()
    with pytest.raises(TaxPlatformDown, match="HTTP 400"):
        stranger.issue(order(settings))
    stranger.close()
    assert platform.query("R1") is None
