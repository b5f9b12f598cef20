"""BER that relying parties read, written as DER."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.odd_certificates import GOOD, der
from tui.core.x509.der import elements
from tui.core.x509.shortest import shortest

ABC = der(0x04, b"abc")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"", b""),
        (ABC + ABC, ABC + ABC),
        (b"\x04\x81\x03abc", ABC),
        (b"\x04\x82\0\x03abc", ABC),
        (b"\x04\x89" + bytes(8) + b"\x03abc", ABC),
        (b"\x30\x80" + ABC + b"\0\0", der(0x30, ABC)),
        (b"\x30\x81\x06\x04\x82\0\x02ab", der(0x30, der(0x04, b"ab"))),
        (b"\x30\x80\xa0\x80\0\0\0\0", der(0x30, der(0xA0))),
        (der(0x24, der(0x04, b"ab"), der(0x04, b"c")), ABC),
        (b"\x24\x80" + der(0x24, der(0x04, b"ab")) + der(0x04, b"c") + b"\0\0", ABC),
        (reduce(lambda inner, _: der(0x24, inner), range(6), ABC), ABC),
        (der(0x2C, der(0x0C, b"ab"), der(0x0C, b"c")), der(0x0C, b"abc")),
        (b"\x04\x81\x80" + bytes(128), b"\x04\x81\x80" + bytes(128)),
        (GOOD, GOOD),
    ],
)
def test_what_is_meant_is_written_in_one_way(written: bytes, meant: bytes) -> None:
    assert shortest(written) == meant


@pytest.mark.parametrize(
    "broken",
    [
        b"\x04",
        b"\x04\x03ab",
        b"\x04\x80ab\0\0",
        b"\x30\x80" + ABC,
        ABC + b"\x04",
        der(0x30, b"\x04"),
        der(0x24, b"ab"),
        der(0x24, ABC, b"\0\0"),
        reduce(lambda inner, _: der(0x24, inner), range(7), ABC),
        b"\x04\xff" + b"\xff" * 127,
        b"\x1f\x81\x01\x00",
        b"\x30\x80" * 40,
        der(0x25),
        der(0x22, der(0x02, b"\1")),
        der(0x23, der(0x03, b"\0a"), der(0x03, b"\0b")),
    ],
)
def test_what_is_no_row_of_elements_is_told(broken: bytes) -> None:
    with pytest.raises(ValueError, match="element"):
        shortest(broken)


def test_whatever_is_within_itself_is_no_fault() -> None:
    deep = b""
    for _ in range(2000):
        deep = der(0x30, deep)
    with pytest.raises(ValueError, match="element"):
        shortest(deep)


@given(st.binary(max_size=80), st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_any_bytes_are_written_as_der_or_refused(row: bytes, at: int, change: int) -> None:
    damaged = bytearray(GOOD)
    damaged[at] ^= change
    for value in (row, bytes(damaged)):
        try:
            written = shortest(value)
        except ValueError:
            continue
        assert shortest(written) == written
        elements(written)
