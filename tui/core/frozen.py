"""Make frozen, slotted dataclasses whose methods all share: `dataclass` compiles six for each, in half a millisecond.

A command imports a hundred of them before it does anything.
"""

from collections.abc import Iterator
from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from typing import Any, Final, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_set: Final = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """The class as `dataclass(frozen=True, slots=True)` makes it.

    Of `field` it supports `default`, `default_factory` and `repr`.

    Where there is a `__post_init__` it is called.
    """
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, method in _SHARED.items():
        if name not in vars(cls):
            setattr(made, name, method)
    return made


def _init(self: Any, /, *values: object, **named: object) -> None:
    fields = self.__dataclass_fields__
    if len(values) > len(fields):
        raise TypeError(f"{type(self).__name__} has {len(fields)} fields, not {len(values)}")
    for name, value in zip(fields, values, strict=False):
        _set(self, name, value)
    for name in list(fields)[len(values) :]:
        _set(self, name, named.pop(name) if name in named else _default(self, name))
    if named:
        raise TypeError(f"{type(self).__name__} has no field {min(named)}, or it is given twice")
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _default(self: Any, name: str) -> object:
    declared = self.__dataclass_fields__[name]
    if declared.default_factory is not MISSING:
        return declared.default_factory()
    if declared.default is MISSING:
        raise TypeError(f"{type(self).__name__} lacks {name}")
    return declared.default


def _values(self: Any) -> Iterator[object]:
    return (getattr(self, name) for name in self.__dataclass_fields__)


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, of in self.__dataclass_fields__.items() if of.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _eq(self: Any, other: object) -> bool:
    return tuple(_values(self)) == tuple(_values(other)) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(tuple(_values(self)))


def _setattr(self: Any, name: str, value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(self: Any, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[object]:
    return list(_values(self))


def _setstate(self: Any, state: list[object]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        _set(self, name, value)


_SHARED: Final = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
