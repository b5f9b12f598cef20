"""A certificate in a file: named by letters and digits alone, in the form of its ending, written over nothing."""

import resource
from pathlib import Path

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.odd_certificates import GOOD
from tests.harness.people import certificate
from tui.core.certificate import Certificate
from tui.kiosk.certificate_file import keep, proposed, save

HELD = certificate("../../网证通\x1b[31m 公司", der=GOOD)


def test_both_forms_are_read_by_others(tmp_path: Path) -> None:
    parsed = x509.load_der_x509_certificate(GOOD)
    assert x509.load_pem_x509_certificate(save(tmp_path, HELD, ".pem").read_bytes()) == parsed
    assert x509.load_der_x509_certificate(save(tmp_path, HELD, ".cer").read_bytes()) == parsed
    assert {file.name for file in tmp_path.iterdir()} == {"网证通31m公司-20261213.pem", "网证通31m公司-20261213.cer"}


def test_the_same_certificate_is_written_once_and_another_one_beside_it(tmp_path: Path) -> None:
    first = save(tmp_path, HELD, ".cer")
    assert save(tmp_path, HELD, ".cer") == first
    other = save(tmp_path, certificate("../../网证通\x1b[31m 公司", der=b"other"), ".cer")
    assert (other.name, other.read_bytes()) == ("网证通31m公司-20261213-2.cer", b"other")
    assert first.read_bytes() == GOOD


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in keep(tmp_path / "nowhere", HELD, ".cer")
    assert keep(tmp_path, HELD, ".cer") == f"已保存：{tmp_path / '网证通31m公司-20261213.cer'}"


def test_nothing_is_left_of_a_file_that_a_disk_does_not_take_whole(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(GOOD) - 1, before[1]))
    try:
        said = keep(tmp_path, HELD, ".cer")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (said, list(tmp_path.iterdir())) == (f"不能写入{tmp_path}：File too large", [])


@given(st.text(max_size=80), st.booleans())
def test_whatever_the_holder_is_called_it_is_a_name_of_one_file(name: str, readable: bool) -> None:
    held: Certificate = certificate("x", common_name=name, subject=name, readable=readable)
    file = proposed(held, ".cer")
    assert Path(file).name == file
    assert not file.startswith(".")
    assert file.isprintable()
    assert len(file.encode()) < 255
