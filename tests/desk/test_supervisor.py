"""Workers are kept at work; what passes by itself is waited for."""

import os
import signal
import threading

import pytest

from tui.desk.supervisor import Supervisor


def end_all() -> None:
    """Told to the main thread alone: no other blocks the signal."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


def test_a_system_without_a_process_to_give_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    def fork() -> int:
        asked.append("fork")
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", fork)
    Supervisor(2, lambda: asked.append("prepare"), lambda: None).run(end_all)
    assert asked == ["prepare", "fork"] * 2
