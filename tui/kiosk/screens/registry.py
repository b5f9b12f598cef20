"""Which screen draws which step; a screen's module is imported when its step is first reached."""

from importlib import import_module

from tui.journey.state import Step
from tui.kiosk.screens.base import StepScreen

SHARED = {Step.LOOK_PIN: "pin", Step.REQUEST_PIN: "pin", Step.INSTALL_PIN: "pin", Step.RETIRE_PIN: "pin"}
"""Modules that draw several steps; every other step is drawn by the one screen in the module of its name."""


def screen_class(step: Step) -> type[StepScreen]:
    """The class that draws `step`."""
    module = SHARED.get(step, step.value)
    found = vars(import_module(f"tui.kiosk.screens.{module}")).values()
    kinds = (kind for kind in found if isinstance(kind, type) and issubclass(kind, StepScreen))
    return next(kind for kind in kinds if kind.__module__.endswith(f".{module}"))
