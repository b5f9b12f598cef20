"""Name what somebody does at the terminal."""

from textual import events


def act_of(event: events.Event) -> str:
    """What somebody did, the same words for the same act; "" for what comes by itself."""
    match event:
        case events.Key():
            return event.key
        case events.MouseDown():
            return f"click {event.screen_offset}"
        case events.MouseScrollDown() | events.MouseScrollUp() | events.Paste():
            return type(event).__name__
        case _:
            return ""
