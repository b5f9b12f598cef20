"""Read the attributes of objects (C_GetAttributeValue, PKCS#11 v2.40 5.7)."""

from collections.abc import Iterator
from typing import Any

import PyKCS11
from PyKCS11 import PyKCS11Error

from tui.core.failure import Reason
from tui.token.host import faults


def values(session: Any, handle: Any, *attributes: int) -> list[bytes]:
    """Several attributes in one call; one that the object lacks is empty."""
    return [bytes(value or b"") for value in session.getAttributeValue(handle, attributes, allAsBinary=True)]


def is_empty(session: Any, handle: Any, attribute: int) -> bool:
    """Whether the object has the attribute and nothing in it; a driver that keeps it to itself says no such thing."""
    (value,) = session.getAttributeValue(handle, (attribute,), allAsBinary=True)
    return value is not None and not bytes(value)


def told(session: Any, handle: Any, attribute: int) -> bytes:
    """An attribute that drivers need not know: whatever such a driver answers, it is empty."""
    try:
        return values(session, handle, attribute)[0]
    except PyKCS11Error as error:
        if faults.failure(error).reason is Reason.TOKEN_REMOVED:
            raise
        return b""


def each(
    session: Any, kind: int, *attributes: int, matching: tuple[tuple[int, bytes], ...] = ()
) -> Iterator[list[bytes]]:
    """These attributes of every object of a class (CKO_)."""
    for handle in session.findObjects([(PyKCS11.CKA_CLASS, kind), *matching]):
        yield values(session, handle, *attributes)
