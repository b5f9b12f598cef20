"""Find the files that ship with the program: `assets/` of a checkout, `tui/assets/` once installed."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]

ASSETS = _PACKAGE / "assets" if (_PACKAGE / "assets").is_dir() else _PACKAGE.parent / "assets"
"""Directory of styles, texts and templates."""
