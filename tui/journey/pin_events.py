"""What a person does at 修改CA密码; part of `tui.journey.events`."""

from dataclasses import dataclass

from tui.core.secret import Pin


@dataclass(frozen=True, slots=True)
class PinChangeOpened:
    """修改CA密码."""


@dataclass(frozen=True, slots=True)
class NewPinEntered:
    """确定 at 修改CA密码; empty Pins where the token has its own PIN pad."""

    old: Pin
    new: Pin
