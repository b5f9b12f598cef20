"""What the tests of the kiosk's program share."""

from tests.harness.kiosk.style_sheets import _style_sheets_parsed_once

__all__ = ["_style_sheets_parsed_once"]
