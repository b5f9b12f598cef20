"""Prints where every payment scenario ends at each platform: `python -m tests.bench.scenarios`."""

import logging

from tests.harness.desk.scenarios import table

if __name__ == "__main__":
    logging.disable()
    print(table())
