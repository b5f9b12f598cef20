"""Widgets of the screens: they draw core types and know no step, event or port."""
