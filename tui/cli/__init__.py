"""The commands: one table, their exit codes, and what they print."""
