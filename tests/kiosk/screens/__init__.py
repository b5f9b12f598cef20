"""Screens through Textual's Pilot."""
