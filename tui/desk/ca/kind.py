"""What the folder of a kind of CA offers to the desk, under the name CA."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from tui.desk.ca.port import CertificateAuthority
from tui.desk.ca.rules import CaRules

R = TypeVar("R", bound=CaRules)


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """One kind of CA."""

    settings: type[R]
    """Table [ca] with what this kind needs; its tag is the `kind`."""
    open: Callable[[R, Callable[[], datetime]], CertificateAuthority]
    """The adapter.

    :raises ValueError: a key or certificate cannot be used; the text names its file.
    :raises OSError: one cannot be read.
    """
    issued: Callable[[R], Path | None]
    """Where it keeps what it has issued already, if it has: a new database would not know of it."""
