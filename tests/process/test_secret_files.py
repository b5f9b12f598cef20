"""Who may read a secret: its owner, and root's files a service's group."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tui.process.secret_files import open_to_others

ROOT, SERVICE, STRANGER = 0, 990, 1000


@pytest.mark.parametrize(
    ("owner", "user", "mode", "fits"),
    [
        (SERVICE, SERVICE, 0o600, True),
        (SERVICE, SERVICE, 0o400, True),
        (SERVICE, SERVICE, 0o640, False),
        (SERVICE, SERVICE, 0o604, False),
        (ROOT, SERVICE, 0o640, True),
        (ROOT, ROOT, 0o640, True),
        (ROOT, ROOT, 0o600, True),
        (ROOT, SERVICE, 0o660, False),
        (ROOT, ROOT, 0o644, False),
        (STRANGER, SERVICE, 0o600, False),
        (STRANGER, ROOT, 0o600, False),
    ],
)
def test_the_rule(monkeypatch: pytest.MonkeyPatch, owner: int, user: int, mode: int, fits: bool) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr(Path, "stat", lambda path: SimpleNamespace(st_uid=owner, st_mode=0o100000 | mode))
    assert (open_to_others(Path("data.key")) == "") is fits
