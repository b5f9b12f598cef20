"""Counter mode: a small supervisor shows strangers a program of its own for each of them, and nobody gets below it.

The supervisor and what it imports know the standard library alone: it is a few MB for as long as the counter is open.
"""
