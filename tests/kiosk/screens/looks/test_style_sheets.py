"""A screen's style sheets are there before its parts are: on Python 3.12 and later these are styled at once."""

from typing import Any

import pytest
from textual.app import App
from textual.screen import Screen

from tests.harness import people
from tests.harness.kiosk.stage import staged
from tui.journey.state import Step
from tui.kiosk.screens.certificate_code import CertificateCode


async def test_no_screen_or_dialogue_is_composed_before_its_sheets_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    register, made, early = App._register, set[str](), set[str]()

    def watched(app: App[Any], parent: Any, *widgets: Any, **more: Any) -> Any:
        for screen in (widget for widget in widgets if isinstance(widget, Screen) and widget.css_path):
            made.add(type(screen).__name__)
            early.update(str(path) for path in screen.css_path if not app.stylesheet.has_source(str(path), ""))
        return register(app, parent, *widgets, **more)

    monkeypatch.setattr(App, "_register", watched)
    async with staged(people.state(Step.WAITING)) as stage:
        for step in Step:
            await stage.show(people.state(step))
        stage.app.call_later(stage.app.push_screen, CertificateCode(("-----BEGIN CERTIFICATE-----",)))
        await stage.pilot.pause()
    assert {"SignInScreen", "QrScreen", "CertificateCode"} <= made
    assert early == set()
