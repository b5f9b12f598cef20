"""A watcher goes on, whatever breaks: without it no token and no desk would ever be seen again."""

import logging
from dataclasses import replace

import pytest

from tests.harness.deskclient.samples import SERVICE, application
from tests.harness.kiosk.ports_double import DeskScript, Listener, TokensDouble
from tui.core.failure import Reason
from tui.core.token import Snapshot
from tui.journey import commands as c
from tui.journey import events as e

BREAKS = [RecursionError("too deep"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), KeyError("张三"), MemoryError()]


@pytest.mark.parametrize("error", BREAKS, ids=lambda error: type(error).__name__)
def test_a_watcher_survives_any_exception(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    desk = DeskScript(status=[error, SERVICE], application=[error, application()])
    with Listener(TokensDouble((error, Snapshot())), desk) as kiosk:
        kiosk.runtime.run(c.WatchApplication("N1"))
        seen: dict[type[e.Event], e.Event] = {}
        while not {e.TokensSeen, e.ServiceSeen, e.ApplicationSeen} <= seen.keys():
            event = kiosk.events.get(timeout=10)
            seen[type(event)] = event
    failed = seen[e.Failed]
    assert isinstance(failed, e.Failed)
    assert (failed.failure.reason, failed.command) == (Reason.KIOSK_FAULT, "WatchTokens")
    assert failed.failure.detail.startswith(type(error).__name__)
    assert "张三" not in caplog.text


def test_a_watcher_survives_a_time_without_its_zone() -> None:
    timeless = replace(SERVICE, time=SERVICE.time.replace(tzinfo=None))
    with Listener(TokensDouble((Snapshot(),)), DeskScript(status=[timeless, SERVICE])) as kiosk:
        assert kiosk.until(e.DeskLost).failure.reason is Reason.KIOSK_FAULT
        assert kiosk.until(e.ServiceSeen) == e.ServiceSeen(SERVICE)
