"""Whether whoever comes back to the first screen is the one who left it: language and contrast stay theirs then."""

from tui.journey.events import BackPressed, Event
from tui.journey.state import State, Trait


def is_there_still(before: State, event: Event) -> bool:
    """They have looked at something, or begun, and go back by one; no visit has ended."""
    aside = before.step.stage == 1 or Trait.BESIDE in before.step.traits
    return aside and not before.signed_in and isinstance(event, BackPressed)
