"""Alipay in certificate mode (公钥证书), over real loopback HTTP."""

import logging
from pathlib import Path

import pytest
from msgspec import structs

from tests.harness.gateways.served import Clock, Merchant, attempt, served
from tui.desk.payments.gateway import AnswerNotGenuine, GatewayMisconfigured, TradeState
from tui.desk.platforms.alipay.gateway import Alipay
from tui.sandbox.gateways.alipay.certificates import ALIPAY_CERTIFICATE, ROOT_CERTIFICATES
from tui.sandbox.gateways.alipay.gateway import AlipaySandbox
from tui.sandbox.gateways.alipay.keys import alipay_settings, make_alipay_keys
from tui.sandbox.gateways.common.http import Call, Reply


def test_certificate_mode_from_the_code_to_the_notice(
    alipay_directory: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, merchant = AlipaySandbox(alipay_directory, clock=clock), Merchant()
    seen: list[dict[str, str]] = []
    with served(platform) as base, served(merchant) as desk:
        settings = alipay_settings(alipay_directory, f"{base}/gateway.do", certificates=True)
        gateway, asked = Alipay(settings, clock), attempt(clock, desk)
        carry_out = platform.answer

        def see(call: Call) -> Reply | None:
            seen.append(call.fields)
            return carry_out(call)

        monkeypatch.setattr(platform, "answer", see)
        platform.pay(gateway.start(asked).qr)
        assert gateway.query(asked).state is TradeState.PAID
        assert gateway.read_notice(merchant.next(), desk).outcome.state is TradeState.PAID
    assert {len(fields["app_cert_sn"]) for fields in seen} == {32}
    assert all(fields["alipay_root_cert_sn"] for fields in seen)


def test_an_answer_by_a_certificate_the_desk_does_not_have_is_refused(
    alipay_directory: Path, clock: Clock, tmp_path: Path
) -> None:
    make_alipay_keys(tmp_path / "renewed")
    with served(AlipaySandbox(alipay_directory, clock=clock)) as base:
        settings = alipay_settings(alipay_directory, f"{base}/gateway.do", certificates=True)
        renewed = (tmp_path / "renewed" / ALIPAY_CERTIFICATE).read_bytes()
        with pytest.raises(AnswerNotGenuine, match="unknown alipay_cert_sn") as refused:
            Alipay(structs.replace(settings, alipay_certificate=renewed), clock).query(attempt(clock))
    assert refused.value.severity == logging.ERROR


def test_the_platform_refuses_numbers_of_other_certificates(
    alipay_directory: Path, clock: Clock, tmp_path: Path
) -> None:
    make_alipay_keys(tmp_path / "other")
    with served(AlipaySandbox(alipay_directory, clock=clock)) as base:
        settings = alipay_settings(alipay_directory, f"{base}/gateway.do", certificates=True)
        root = (tmp_path / "other" / ROOT_CERTIFICATES).read_bytes()
        with pytest.raises(GatewayMisconfigured, match="cert-sn"):
            Alipay(structs.replace(settings, alipay_root_certificate=root), clock).query(attempt(clock))
