"""Runs commands against the ports on a thread of its own and answers with events."""

from tui.runtime.pace import Pace
from tui.runtime.ports import Ports
from tui.runtime.runtime import Runtime

__all__ = ["Pace", "Ports", "Runtime"]
