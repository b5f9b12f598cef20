"""Secrets, foreign text, money and certificate values."""

import copy
import gc
import pickle
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.harness.people import NOW, OLD, certificate, token
from tui.core.certificate import CertificateState, find_token, refer
from tui.core.failure import Reason
from tui.core.order import yuan
from tui.core.secret import Password, Pin
from tui.core.text_safety import mask, masked, paragraphs, printable
from tui.journey.events import PinEntered, SignInSubmitted


def test_a_pin_shows_nothing_and_cannot_be_copied() -> None:
    pin = Pin(b"123456")
    assert "123456" not in repr(pin) + str(pin) + repr(PinEntered(pin)) + f"{pin}"
    assert "hunter22" not in repr(SignInSubmitted("a", Password(b"hunter22")))
    with pytest.raises(TypeError):
        pickle.dumps(pin)
    with pytest.raises(TypeError):
        copy.deepcopy(pin)
    with pytest.raises(TypeError):
        copy.copy(pin)


def test_wiping_overwrites_the_bytes_in_place() -> None:
    pin = Pin(b"123456")
    view = pin.reveal()
    pin.wipe()
    assert bytes(view) == bytes(6)
    assert not pin


def test_taking_leaves_the_first_holder_empty_and_wiped() -> None:
    pin = Pin(b"123456")
    view = pin.reveal()
    taken = pin.take()
    assert (bytes(taken.reveal()), len(pin), bytes(view)) == (b"123456", 0, bytes(6))


def test_a_forgotten_pin_is_wiped_when_collected() -> None:
    pin = Pin(b"123456")
    view = pin.reveal()
    del pin
    gc.collect()
    assert bytes(view) == bytes(6)


@given(st.text(max_size=12))
def test_typing_and_erasing_count_characters(text: str) -> None:
    typed = text.encode(errors="ignore").decode()
    password = Password()
    for character in typed:
        password.append(character.encode())
    assert len(password) == len(typed)
    for left in range(len(typed), 0, -1):
        assert len(password) == left
        password.erase_last()
    assert not password


@given(st.text(max_size=200))
def test_printable_text_has_no_control_characters(text: str) -> None:
    shown = printable(text)
    assert "\x1b" not in shown
    assert all(ord(c) >= 32 and c != "\x7f" and not 0x80 <= ord(c) < 0xA0 for c in shown)
    assert printable(shown) == shown


def test_of_two_tokens_with_one_certificate_the_named_one_is_meant() -> None:
    first, second = token(OLD, serial="S1"), token(OLD, serial="S2")
    assert find_token((first, second), refer(second, OLD)) is second
    assert find_token((first,), refer(second, OLD)) is first


def test_bidirectional_and_terminal_controls_are_removed() -> None:
    assert printable("a\u202eb\x1b[31mc\u200b\nd") == "ab[31mc d"
    assert paragraphs("第一\x07条\n\n第二条") == "第一条\n\n第二条"


def test_personal_data_is_masked_for_logs() -> None:
    assert masked("张三 11010519491231002X 13800138000 zhang@example.cn") == (
        "张三 110*************2X 138******00 z***@example.cn"
    )
    assert mask("abc") == "***"


@given(st.integers(-(10**12), 10**12))
def test_money_is_exact(fen: int) -> None:
    text = yuan(fen).removeprefix("¥ ")
    assert int(text.replace(".", "")) == fen
    assert len(text.split(".")[1]) == 2


def test_days_left_and_states() -> None:
    assert OLD.days_left(NOW) == 20
    assert OLD.state(NOW) is CertificateState.RENEWABLE
    assert certificate("x", 300).state(NOW) is CertificateState.VALID
    assert certificate("x", 300).state(NOW, timedelta(days=365)) is CertificateState.RENEWABLE
    assert certificate("x", 5).is_urgent(NOW)
    assert not OLD.is_urgent(NOW)
    assert not certificate("x", -1).is_urgent(NOW)


def test_reasons_have_distinct_codes_places_and_causes() -> None:
    assert len({reason.value for reason in Reason}) == len(Reason)
    assert all(reason.cause for reason in Reason)
