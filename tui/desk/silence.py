"""Whether a connection that rests can be used again, asked of the system and not of the peer."""

from select import POLLIN, poll
from typing import Any


def is_silent(connection: Any) -> bool:
    """Whether the peer has said nothing since its last answer, a good-bye among it; takes what has a `fileno`."""
    watched = poll()
    watched.register(connection, POLLIN)
    return not watched.poll(0)
