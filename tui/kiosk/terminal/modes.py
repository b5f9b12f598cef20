"""What takes a terminal back from a full-screen program, as bytes; no import, so that anything may use it."""

ENTER = "\x1b[?1049h"
"""The alternate screen."""
LEAVE = "\x1b[H\x1b[2J\x1b[0m\x1b[?1049l\x1b[?25h"
"""Takes that back, and a hidden cursor; a terminal with one screen alone is left blank."""

RESET = "".join(
    f"\x1b[{mode}"
    for mode in (
        "?2026l",  # synchronised output
        "?1000l",  # mouse buttons
        "?1003l",  # mouse motion
        "?1015l",
        "?1006l",
        "?1016l",  # mouse in pixels
        "?2004l",  # bracketed paste
        "?1004l",  # focus reports
        "?2048l",  # resize reports
        "<u",  # kitty keyboard
        "?7h",  # line wrap
        "0m",
        "?1049l",  # alternate screen
        "?25h",  # cursor
    )
)
"""Takes back every mode that the driver or Textual sets."""

ERASE = "\x1b[0m\x1b[H\x1b[2J"
"""For the page that is left: a Linux console, which has no alternate screen, would go on showing it."""
ERASE_SCROLLBACK = "\x1b[3J"
BLANK = f"\x1b[!p\x1b[0m\x1b[r\x1b[H\x1b[2J{ERASE_SCROLLBACK}"
"""Soft reset (DECSTR), then no line left, on the screen or above it."""
ABANDONED = f"\x1b\\\x1b[<99u{RESET}{BLANK}"
"""After a program that ended anywhere: out of a string that was cut off, every kitty keyboard mode popped."""
