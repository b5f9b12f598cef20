"""Have a module imported when something of it is asked first: much of what libraries import is never asked here."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

_modules: Final[dict[str, Any]] = sys.modules


class _Later(type):
    """Stands for a class or a function: whoever calls it, or asks it for something, gets that of the real one."""

    real: Callable[[str], Any]

    def __call__(cls, *values: Any, **named: Any) -> Any:
        return cls.real(cls.__name__)(*values, **named)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.real(cls.__name__), name)


@contextmanager
def put_off(module: str, *names: str) -> Iterator[None]:
    """What is imported meanwhile gets this module no sooner than it asks something of it.

    `names` are those that it takes with `from`: they must be classes or functions. Any other brings the module at once.
    """
    if module in _modules:
        yield
        return
    stand_in = ModuleType(module)

    def real(name: str) -> Any:
        leave()
        __import__(module)
        return getattr(_modules[module], name)

    def asked(name: str) -> Any:
        if name == "__path__":  # `from` asks whether there are modules below it
            raise AttributeError(name)
        return _Later(name, (), {"real": staticmethod(real)}) if name in names else real(name)

    def leave() -> None:
        if _modules.get(module) is stand_in:
            del _modules[module]

    stand_in.__getattr__ = asked  # type: ignore[method-assign]  # PEP 562
    _modules[module] = stand_in
    try:
        yield
    finally:
        leave()
