"""Runs commands against the ports on a thread of its own and answers with events."""

from tui.runtime.pace import Pace
from tui.runtime.runtime import Runtime
from tui.runtime.worker import Ports

__all__ = ["Pace", "Ports", "Runtime"]
