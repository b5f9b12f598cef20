"""Smart card devices on this machine's USB, as the kernel knows them: a reader that nobody drives is there too."""

import os
from typing import Final

_INTERFACES = "/sys/bus/usb/devices"
"""An entry for every device and for every interface of one (the kernel's Documentation/ABI/stable/sysfs-bus-usb).

A process that waits all day does without `pathlib`, whose modules take 0.7 MiB.
"""
_SMART_CARD: Final = "0b"
"""bInterfaceClass of CCID (USB's Device Class: Smart Card, 4.8)."""


def has_smart_card_device() -> bool:
    """Whether there is one."""
    try:
        names = os.listdir(_INTERFACES)
    except OSError:  # no USB at all
        return False
    return any(_class(name) == _SMART_CARD for name in names if ":" in name)


def _class(name: str) -> str:
    try:
        with open(f"{_INTERFACES}/{name}/bInterfaceClass", encoding="ascii") as told:
            return told.read().strip()
    except OSError:  # pulled out meanwhile
        return ""
