"""Which terminals erase in colour: tmux and GNU screen are the same by name and not the same."""

import pytest

from tui.kiosk.terminal.painting.capabilities import erases_in_colour


@pytest.mark.parametrize(
    ("environment", "erases"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "screen.xterm-256color"}, False),
        ({"TERM": "screen-256color-bce", "STY": "1.kiosk"}, True),
        ({"TERM": "xterm-256color", "STY": "1.kiosk"}, False),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "tmux"}, True),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "screen", "TERM_PROGRAM": "tmux", "STY": "1.kiosk"}, False),
        ({"TERM": "vt100"}, False),
        ({}, False),
    ],
    ids=repr,
)
def test_erasing_in_colour(environment: dict[str, str], erases: bool) -> None:
    assert erases_in_colour(environment) is erases
