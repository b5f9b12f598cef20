"""A certificate that is looked into again and again is read once; what is long, or cannot be read, is not kept."""

import pytest

from tests.harness.desk.town import Town
from tui.core.x509.parts import Parts, dissect
from tui.desk.crypto import certificates
from tui.desk.crypto.certificates import open_certificate, read_certificate, remembered
from tui.desk.refusals import Refused


def test_a_certificate_is_cut_up_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_up = list[bytes]()

    def noted(der: bytes) -> Parts:
        cut_up.append(der)
        return dissect(der)

    monkeypatch.setattr(certificates, "dissect", noted)
    person = town.person()
    for _ in range(3):
        assert open_certificate(person.certificate).serial
        assert read_certificate(person.certificate).der == person.certificate
        assert town.desk.ca.recognises(person.certificate)
        assert town.desk.ca.flaw(person.certificate) == ""
    assert cut_up.count(person.certificate) == 1


def test_what_cannot_be_read_is_refused_each_time() -> None:
    for _ in range(2):
        with pytest.raises(Refused):
            read_certificate(b"0")


def test_what_is_long_is_not_kept() -> None:
    looked = list[int]()

    @remembered
    def length(der: bytes) -> None:
        looked.append(len(der))

    for size in (8192, 8192, 8193, 8193):
        length(b"0" * size)
    assert looked == [8192, 8193, 8193]
