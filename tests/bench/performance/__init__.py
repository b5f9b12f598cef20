"""One table of what the program costs beside its references: `python -m tests.bench.performance`."""
