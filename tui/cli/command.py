"""How a command is declared: its words, its options, what runs it, and when that is imported."""

from collections.abc import Callable
from typing import Any

from tui.cli.found import found
from tui.core.frozen import frozen


@frozen
class Option:
    """An option, or an argument where its words have no dashes."""

    words: str
    """`--name`, `--name VALUE` or `ARGUMENT`."""
    about: str
    """Chinese first, then English."""
    into: str = ""
    """The parameter that takes the value, where it has another name."""
    kind: Callable[[str], Any] | None = None
    """Makes the value of the word; ValueError and ArgumentTypeError are the person's mistakes."""
    default: Any = None
    required: bool = False
    """Of an option; an argument may be left out where it is `optional`."""
    optional: bool = False
    choices: tuple[str, ...] | str = ()
    """The words that may be given, or `module:name` of them, imported where they are asked for."""
    gives: Any = None
    """Makes it a switch with this value."""
    repeated: bool = False
    """May be given more than once; the values are a list."""
    inherited: bool = False
    """May be given before the command too, and undoes that only where it is given again."""

    @property
    def flag(self) -> str:
        """`--name`; empty for an argument."""
        return self.words.partition(" ")[0] if self.words.startswith("-") else ""

    @property
    def metavar(self) -> str | None:
        """What help calls the value; None for its choices."""
        return self.words.removeprefix(self.flag).strip() or None

    @property
    def parameter(self) -> str:
        """The name of the parameter that takes the value."""
        return self.into or (self.flag or self.words).lstrip("-").replace("-", "_").lower()


@frozen
class OneOf:
    """Options that exclude each other."""

    options: tuple[Option, ...]
    required: bool = False


@frozen
class Command:
    """One command."""

    name: str
    """The words after `ca-kiosk`; empty for the kiosk itself."""
    about: str
    """Chinese first, then English."""
    does: str
    """`module:function`; its parameters are the options', its result is the exit code."""
    options: tuple[Option | OneOf, ...] = ()
    extra: str = ""
    """The extra of the package that it needs."""
    full_screen: bool = False
    """Hides its memory after the first paint: what hides it takes some milliseconds to load."""
    logs: bool = False
    """Its log goes to standard error."""
    more: str = ""
    """`module:name` of a text that its help goes on with."""

    @property
    def each(self) -> tuple[Option, ...]:
        """All options, also those that exclude each other."""
        groups = (item.options if isinstance(item, OneOf) else (item,) for item in self.options)
        return tuple(option for group in groups for option in group)

    def run(self, values: dict[str, Any]) -> int:
        """Import what does it, and do it with what the options gave."""
        function: Callable[..., int] = found(self.does)
        return function(**{option.parameter: values[option.parameter] for option in self.each})


@frozen
class Group:
    """Commands with the same first word."""

    name: str
    about: str
