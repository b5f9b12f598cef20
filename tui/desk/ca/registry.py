"""The kinds of CA that the desk can issue with: one line each."""

from collections.abc import Mapping
from typing import Any

from tui.desk.ca import local
from tui.desk.ca.kind import Kind
from tui.desk.ca.rules import CaRules

CAS: Mapping[str, Kind[Any]] = {
    "local": local.CA,
}


def kind_of(settings: CaRules) -> Kind[Any]:
    """The kind whose settings these are."""
    return CAS[str(settings.__struct_config__.tag)]
