"""Smart card devices on this machine's USB, as the kernel knows them: a reader that nobody drives is there too."""

from pathlib import Path
from typing import Final

_INTERFACES = Path("/sys/bus/usb/devices")
"""An entry for every device and for every interface of one (the kernel's Documentation/ABI/stable/sysfs-bus-usb)."""
_SMART_CARD: Final = "0b"
"""bInterfaceClass of CCID (USB's Device Class: Smart Card, 4.8)."""


def has_smart_card_device() -> bool:
    """Whether there is one."""
    return any(_class(place) == _SMART_CARD for place in _INTERFACES.glob("*:*/bInterfaceClass"))


def _class(place: Path) -> str:
    try:
        return place.read_text().strip()
    except OSError:  # pulled out meanwhile
        return ""
