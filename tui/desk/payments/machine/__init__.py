"""The money's page of edges, pure: a bill, what happens to it, and what follows; see `table` for the page."""

from tui.desk.payments.machine.table import advance

__all__ = ["advance"]
