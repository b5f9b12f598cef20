"""The phone, up before it is needed: `phone.py TOWN` pays each application whose number comes on standard input.

For each it prints the monotonic clock when the platform had answered that the money is there.
"""

import sys
import time
from pathlib import Path

from tui.sandbox.wallet import pay_application


def main() -> None:
    """Until standard input ends."""
    for line in sys.stdin:
        pay_application(Path(sys.argv[1]), line.strip())
        print(time.monotonic(), flush=True)


if __name__ == "__main__":
    main()
