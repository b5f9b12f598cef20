"""Argon2id hashes: their cost, and those that another library made, or that are none."""

from base64 import b64decode

import pytest
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tui.desk.crypto.passwords import PasswordHasher

HASHER = PasswordHasher(passes=2, memory=64)


@pytest.mark.parametrize(("memory", "passes", "lanes"), [(64, 2, 1), (64, 3, 1), (128, 2, 1), (64, 2, 4), (256, 3, 4)])
def test_what_another_library_hashed_is_verified_by_its_own_cost(memory: int, passes: int, lanes: int) -> None:
    other = Argon2id(salt=b"01234567", length=24, iterations=passes, lanes=lanes, memory_cost=memory)
    stored = other.derive_phc_encoded("密码".encode())
    assert HASHER.verify(stored, "密码")
    assert not HASHER.verify(stored, "密")
    assert HASHER.is_outdated(stored) == ((memory, passes, lanes) != (64, 2, 1))


def test_another_library_verifies_what_is_hashed_here() -> None:
    first, second = HASHER.hash("密码"), HASHER.hash("密码")
    assert first != second
    Argon2id.verify_phc_encoded("密码".encode(), first)
    with pytest.raises(InvalidKey):
        Argon2id.verify_phc_encoded(b"another", first)


@pytest.mark.parametrize("stored", ["", "$argon2id$broken", "plain", "x" * 200, "$2b$12$" + "x" * 53])
def test_what_is_no_hash_fits_no_password(stored: str) -> None:
    assert not HASHER.verify(stored, stored)
    assert HASHER.of_nothing(stored).startswith("$argon2id$v=19$m=64,t=2,p=1$")


@pytest.mark.parametrize("like", ["", "$argon2id$v=19$m=256,t=3,p=4$MDEyMzQ1Njc$" + "A" * 32])
def test_the_hash_of_nothing_costs_as_much_as_what_it_is_like(like: str) -> None:
    nothing = HASHER.of_nothing(like)
    with pytest.raises(InvalidKey):  # and not ValueError, which comes at once
        Argon2id.verify_phc_encoded(b"x", nothing)
    if like:
        assert nothing.rsplit("$", 2)[0] == like.rsplit("$", 2)[0]
        assert len(nothing) == len(like)
        assert len(b64decode(nothing.rsplit("$", 1)[1])) == 24
