"""Which screen draws which step; a screen's module is imported when its step is first reached."""

from importlib import import_module

from tui.journey.state import Step, Trait
from tui.kiosk.screens.base import StepScreen


def screen_class(step: Step) -> type[StepScreen]:
    """The class that draws `step`: the one screen in the module of the step's name, or the one for all PINs."""
    module = "pin" if Trait.PIN in step.traits else step.value
    found = vars(import_module(f"tui.kiosk.screens.{module}")).values()
    kinds = (kind for kind in found if isinstance(kind, type) and issubclass(kind, StepScreen))
    return next(kind for kind in kinds if kind.__module__.endswith(f".{module}"))
