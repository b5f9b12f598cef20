"""Statements and transactions of whole renewals on PostgreSQL: `python -m tests.bench.statements`."""
