"""What is believed of the environment."""

from tui.process.environment import clean_environment


def test_what_would_change_the_screen_is_left_out() -> None:
    assert clean_environment({"TERM": "xterm", "TEXTUAL_DRIVER": "x", "PYTHONIOENCODING": "ascii"}) == {"TERM": "xterm"}
    assert clean_environment({"TERM": "xterm"}) is None
