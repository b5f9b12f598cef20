"""Runs commands against the ports on a thread of its own and answers with events."""
