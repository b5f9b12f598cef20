"""A certificate's text in codes: whole lines, balanced, never more than is held or scanned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_L

from tui.core.x509.pem import pem, pem_lines
from tui.kiosk.certificate_codes import CAPACITIES, MOST, texts
from tui.kiosk.matrix import modules


@pytest.mark.parametrize("version", [1, 6, 10, 14, 18])
def test_so_many_bytes_go_into_a_code_of_level_l(version: int) -> None:
    code = QRCode(error_correction=ERROR_CORRECT_L)
    code.add_data("a" * CAPACITIES[version - 1], optimize=0)
    assert code.best_fit() == version
    code.add_data("a", optimize=0)
    assert code.best_fit() == version + 1


@given(st.binary(min_size=1, max_size=5000), st.integers(1, len(CAPACITIES)))
def test_the_texts_are_the_file_and_each_fits_its_code(der: bytes, version: int) -> None:
    lines = pem_lines(der)
    found = texts(lines, version)
    assert len(found) <= MOST
    if found:
        assert "\n".join(found) + "\n" == pem(der).decode()
        assert max(map(len, found)) <= CAPACITIES[version - 1]
        counts = [text.count("\n") for text in found]
        assert max(counts[:-1], default=0) - min(counts[:-1], default=0) == 0


@pytest.mark.parametrize(
    ("size", "version", "codes"),
    [(600, 18, 2), (600, 6, 8), (750, 14, 3), (750, 6, 0), (1200, 18, 3), (1200, 14, 4), (1200, 6, 0), (60_000, 18, 0)],
)
def test_how_many_codes_a_certificate_takes(size: int, version: int, codes: int) -> None:
    found = texts(pem_lines((bytes(range(256)) * 235)[:size]), version)
    assert len(found) == codes
    assert all(len(modules(text, sturdy=False)) <= 17 + 4 * version for text in found[:1])
