"""Find the private key of a public key. CKA_ID is neither unique nor complete: it only orders the search."""

from collections import Counter
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason, TokenError
from tui.core.frozen import frozen
from tui.token.host import faults, key_objects
from tui.token.host.key_objects import PrivateKeyObject
from tui.token.host.public_keys import PublicKey

Trial = Callable[[Any], None]
"""Let the private key with this handle sign, and verify it; raise what the token answers, or SIGNATURE_FALSE."""
TRIALS: Final = 8
"""Keys that are tried at most: a person waits meanwhile, and a key may ask for its PIN each time."""
_NOT_THIS_ONE: Final = frozenset({Reason.SIGNATURE_FALSE, Reason.TOKEN_UNSUPPORTED, Reason.TOKEN_FAULT})
"""Answers to a trial after which the next key is tried; any other is the end."""


class Standing(IntEnum):
    """What speaks for a private key, the surest first."""

    CERTAIN = 0
    """Its own modulus or public key is the one."""
    LIKELY = 1
    """The one public key object with its CKA_ID, which no other private key has, is the one."""
    POSSIBLE = 2
    """Nothing is known."""
    DOUBTFUL = 3
    """The one public key object with its CKA_ID is another key."""


@frozen
class Belonging:
    """The private keys of one public key, for deleting."""

    keys: tuple[PrivateKeyObject, ...]
    complete: bool
    """False when another key may be one too: it refused to sign, or there were too many to try."""


def find(session: Any, public_key: PublicKey, hint: bytes, trial: Trial) -> PrivateKeyObject:
    """The private key of a public key: the one that says so itself, else the one whose trial signature verifies.

    `hint` is the certificate's CKA_ID, whose key is tried first.

    :raises TokenError: KEY_MISSING, or what the likeliest answered.
    """
    standings = ranked(session, public_key, hint)
    met: Exception | None = None
    for standing, key in standings[:TRIALS]:
        if standing is Standing.CERTAIN:
            return key
        if standing is Standing.DOUBTFUL and standings[0][0] is Standing.LIKELY:
            break
        refused = _refusal(trial, key)
        if refused is None:
            return key
        if standing is Standing.LIKELY or not isinstance(refused, TokenError):
            met = met or refused
    raise met or faults.fault(Reason.KEY_MISSING)


def belonging(session: Any, public_key: PublicKey, trial: Trial) -> Belonging:
    """All private keys of a public key, each either by its own word or by its signature; never by CKA_ID."""
    found, complete, trials = [], True, 0
    for standing, key in ranked(session, public_key, b""):
        if standing is Standing.CERTAIN:
            found.append(key)
            continue
        trials += 1
        refused = _refusal(trial, key) if trials <= TRIALS else faults.fault(Reason.TOKEN_UNSUPPORTED)
        if refused is None:
            found.append(key)
        elif not (isinstance(refused, TokenError) and refused.failure.reason is Reason.SIGNATURE_FALSE):
            complete = False
    return Belonging(tuple(found), complete)


def ranked(session: Any, public_key: PublicKey, hint: bytes) -> list[tuple[Standing, PrivateKeyObject]]:
    """The private keys that may be the one, the surest first; a key that must not sign only where it says so itself."""
    private = key_objects.private_keys(session)
    public = key_objects.public_keys(session)
    private_ids = Counter(key.key_id for key in private)
    public_ids = Counter(key.key_id for key in public)
    neighbours = {key.key_id: key.key for key in public if key.key_id and public_ids[key.key_id] == 1}
    found = []
    for key in private:
        own_word = key.is_of(public_key)
        neighbour = neighbours.get(key.key_id) if private_ids[key.key_id] == 1 else None
        if own_word:
            found.append((Standing.CERTAIN, key))
        elif own_word is None and key.signs:
            standing = Standing.LIKELY if neighbour == public_key else Standing.DOUBTFUL
            found.append((Standing.POSSIBLE if neighbour is None else standing, key))
    return sorted(found, key=lambda ranking: (ranking[0], not ranking[1].signs, ranking[1].key_id != hint))


def _refusal(trial: Trial, key: PrivateKeyObject) -> PyKCS11Error | TokenError | None:
    """Why this is not the key, as far as the token tells; None when its signature verifies."""
    try:
        trial(key.handle)
    except PyKCS11Error as error:
        if faults.failure(error).reason not in _NOT_THIS_ONE:
            raise
        return error
    except TokenError as error:
        if error.failure.reason not in _NOT_THIS_ONE:
            raise
        return error
    return None
