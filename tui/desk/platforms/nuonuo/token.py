"""The Nuonuo access token: lives 24 hours, 50 may be fetched in 30 days, so one file keeps it for all desks."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tui.desk.invoices.tax_platform import TaxPlatformDown

_LIFE = timedelta(hours=24).total_seconds()
_MARGIN = 60.0
"""Seconds before its end in which a token is not used any more."""
_RATE, _SPAN = 5, timedelta(days=3).total_seconds()
"""So many fetches in any three days are 50 in 30 days, and a run of refusals does not cost the whole month's."""
_YOUNG = 600.0
"""A token that is refused within so many seconds of its fetch is not replaced: the next would be refused too."""


class Granted(msgspec.Struct, frozen=True):
    """The platform's answer to a fetch."""

    access_token: str
    expires_in: int
    """Seconds."""

    def __repr__(self) -> str:
        return "Granted(***)"


class _Kept(msgspec.Struct, frozen=True):
    access_token: str = ""
    expires_at: float = 0.0
    """Unix seconds."""
    fetched: tuple[float, ...] = ()
    """When tokens were fetched in the last days, Unix seconds."""

    def __repr__(self) -> str:
        return "_Kept(***)"


@dataclass(frozen=True, slots=True)
class TokenKeeper:
    """Hands out the kept token and fetches a new one where that is allowed; safe for threads and processes."""

    path: Path
    fetch: Callable[[], Granted]
    clock: Callable[[], datetime]

    def token(self, refused: str = "") -> str:
        """The kept token, or a new one when it has ended or is the one the platform `refused`.

        :raises TaxPlatformDown: it cannot be had, these days' fetches are used up, or the file cannot be written.
        """
        try:
            with _locked(self.path.with_name(f"{self.path.name}.lock")):
                return self._token(refused)
        except OSError as error:  # a fetch that leaves no trace would be repeated without end
            raise TaxPlatformDown(f"tax platform: the token's file: {error.strerror}") from error

    def _token(self, refused: str) -> str:
        kept, now = _read(self.path), self.clock().timestamp()
        if kept.access_token and kept.access_token != refused and now < kept.expires_at:
            return kept.access_token
        fetched = tuple(moment for moment in kept.fetched if now - moment < _SPAN)
        if len(fetched) >= _RATE:
            raise TaxPlatformDown(f"tax platform: {_RATE} tokens were fetched in three days")
        if refused and fetched and now - fetched[-1] < _YOUNG:
            raise TaxPlatformDown("tax platform: a new token is refused")
        fetched = (*fetched, now)
        _write(self.path, _Kept(fetched=fetched))
        granted = self.fetch()
        life = min(float(granted.expires_in), _LIFE) - _MARGIN
        _write(self.path, _Kept(granted.access_token, now + life, fetched))
        return granted.access_token


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.MsgspecError):
        return _Kept()


def _write(path: Path, kept: _Kept) -> None:
    """Replace the file in one act, readable by this user alone."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(kept))
    os.replace(draft, path)
