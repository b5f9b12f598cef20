"""The phone, up before it is needed: `phone.py TOWN` pays each code, or each application's, on standard input.

For each it prints the monotonic clock when the platform had answered that the money is there.
"""

import sys
import time
from pathlib import Path

from tui.sandbox.wallet import pay, pay_application


def main() -> None:
    """Until standard input ends."""
    for line in sys.stdin:
        what = line.strip()
        (pay if "://" in what else pay_application)(Path(sys.argv[1]), what)
        print(time.monotonic(), flush=True)


if __name__ == "__main__":
    main()
