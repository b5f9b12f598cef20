"""What a person does at 修改CA密码; part of `tui.journey.events`."""

from tui.core.frozen import frozen
from tui.core.secret import Pin


@frozen
class PinChangeOpened:
    """修改CA密码."""


@frozen
class NewPinEntered:
    """确定 at 修改CA密码; empty Pins where the token has its own PIN pad."""

    old: Pin
    new: Pin
