"""The journey line by line, for screen readers and plain terminals: no colour, no cursor, one question a line.

The flow, the runtime and the ports are the full screen's; each step has a dialogue here as it has a screen there.
"""
