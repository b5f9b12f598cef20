"""The access token of the played tax platform, as the desk's adapter keeps it."""

from datetime import timedelta

import pytest
from msgspec import structs

from tests.harness.gateways.served import Clock
from tests.sandbox.gateways.tax.test_adapter import order, platform, settings, tls
from tui.desk.invoices.tax_platform import InvoiceState, TaxPlatformDown
from tui.desk.platforms.nuonuo.platform import NuonuoPlatform
from tui.desk.platforms.nuonuo.settings import TaxPlatformSettings

__all__ = ["platform", "settings", "tls"]


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
    stranger = NuonuoPlatform(structs.replace(settings, app_secret=b"wrong"), clock)
    with pytest.raises(TaxPlatformDown, match="070201"):
        stranger.issue(order(settings))
    settings.token_cache.unlink()
    with pytest.raises(TaxPlatformDown, match="HTTP 400"):
        stranger.issue(order(settings))
    stranger.close()
    assert platform.query("R1") is None
