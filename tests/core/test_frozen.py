"""What `frozen` makes is in all that its users see what `dataclass(frozen=True, slots=True)` makes."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

import msgspec
import pytest

from tui.core.frozen import frozen


class _Declared:
    """A certificate, say."""

    name: str
    secret: bytes = field(repr=False)
    days: int = 3
    tags: tuple[str, ...] = field(default_factory=tuple)


def _made(decorator: Callable[[type], type]) -> Any:
    kept = ("__annotations__", "__doc__", *_Declared.__annotations__)
    namespace = {name: value for name, value in vars(_Declared).items() if name in kept}
    return decorator(type("Declared", (), namespace))


Frozen, Known = _made(frozen), _made(dataclass(frozen=True, slots=True))


@frozen
class Point:
    """Importable, as `pickle` needs it."""

    x: int
    y: int = 0

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("left of the edge")


@frozen
class Other:
    """The same fields, and another thing."""

    x: int
    y: int = 0


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("a", b"b"), {}),
        (("a", b"b", 1, ("c",)), {}),
        (("a",), {"secret": b"b", "tags": ("d",)}),
        ((), {}),
        (("a",), {}),
        (("a", b"b", 1, (), 5), {}),
        (("a", b"b"), {"name": "twice"}),
        (("a", b"b"), {"nothing": 1}),
        (("a", b"b"), {"self": 1}),
    ],
)
def test_takes_and_shows_what_a_dataclass_does(values: tuple[object, ...], named: dict[str, object]) -> None:
    try:
        known = Known(*values, **named)
    except TypeError:
        with pytest.raises(TypeError):
            Frozen(*values, **named)
        return
    made = Frozen(*values, **named)
    assert repr(made) == repr(known).replace("_made.<locals>.", "")
    assert "secret" not in repr(made)
    assert hash(made) == hash(known)
    assert asdict(made) == asdict(known)
    assert made == Frozen(*values, **named)
    assert made != replace(made, days=99)
    assert msgspec.json.decode(msgspec.json.encode(made), type=Frozen) == made


def test_is_a_dataclass_with_slots() -> None:
    assert [f.name for f in fields(Frozen)] == [f.name for f in fields(Known)]
    assert Frozen.__slots__ == Known.__slots__
    assert Frozen.__match_args__ == Known.__match_args__
    assert is_dataclass(Frozen)
    assert not hasattr(Point(1), "__dict__")


def test_another_class_is_never_equal() -> None:
    assert {Point(1), Point(1), Other(1)} == {Other(1), Point(1)}


def test_nothing_changes_it() -> None:
    point = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del point.x
    with pytest.raises(FrozenInstanceError):
        point.z = 2  # type: ignore[attr-defined]


def test_is_copied_and_pickled() -> None:
    kept = pickle.dumps(Point(1, 2))
    assert pickle.loads(kept) == copy.deepcopy(Point(1, 2)) == Point(1, 2)  # noqa: S301 - its own


def test_checks_itself_as_soon_as_it_is_made() -> None:
    with pytest.raises(ValueError, match="edge"):
        Point(-1)
    with pytest.raises(ValueError, match="edge"):
        replace(Point(1), x=-1)
