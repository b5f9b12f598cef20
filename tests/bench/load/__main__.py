"""`python -m tests.bench.load [--product CA-KIOSK] [--json] renew|poll|fill …`; several products: one by one."""

import argparse
from pathlib import Path

from tests.bench.load.city import THIS, city
from tests.bench.load.figures import Polls, Renewals, as_json, polls_table, renewals_table
from tests.bench.load.fill import fill
from tui.core.payment_method import PaymentMethod

_WARMING = 10
"""Renewals that are not counted."""


def renewals(options: argparse.Namespace, product: Path) -> list[Renewals]:
    """One run, after a short one that fills pools and caches."""
    with city(product, options.setting) as here:
        plan = {"method": options.method, "poll": options.poll, "wait": options.wait}
        here.renew(_WARMING, min(options.kiosks, _WARMING), **plan)
        return [here.renew(options.count, options.kiosks, **plan)]


def filled(options: argparse.Namespace, product: Path) -> list[Renewals]:
    """One run for each size of the database."""
    with city(product, options.setting) as here:
        plan = {"method": options.method, "poll": options.poll, "wait": options.wait}
        here.renew(_WARMING, min(options.kiosks, _WARMING), **plan)
        found = []
        for size in options.sizes:
            fill(here.database, size)
            found.append(here.renew(options.count, options.kiosks, **plan))
        return found


def polls(options: argparse.Namespace, product: Path) -> list[Polls]:
    """One run."""
    with city(product, options.setting) as here:
        here.renew(_WARMING, _WARMING, poll=options.poll, wait=options.wait)
        found = here.poll(
            options.kiosks,
            options.seconds,
            applications=options.applications,
            renewing=options.renewing,
            poll=options.poll,
            wait=options.wait,
        )
        return [found]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--product", type=Path, action="append", help="a checkout's ca-kiosk; may be repeated")
    parser.add_argument("--setting", action="append", default=[], help="a line more for [desk], such as 'workers = 2'")
    parser.add_argument("--poll", type=float, default=2.0, help="seconds between two looks at an application")
    parser.add_argument(
        "--wait", type=float, default=0.0, help="seconds that the desk may hold its answer to such a look"
    )
    parser.add_argument("--method", type=PaymentMethod, default=PaymentMethod.ALIPAY)
    parser.add_argument("--json", action="store_true")
    what = parser.add_subparsers(dest="what", required=True)
    renew = what.add_parser("renew", help="what renewals cost and how many fit into a second")
    for command in (renew, what.add_parser("fill", help="the same beside so many finished applications")):
        command.add_argument("--kiosks", type=int, default=20)
        command.add_argument("--count", type=int, default=200)
        if command is not renew:
            command.add_argument("sizes", type=int, nargs="+")
    poll = what.add_parser("poll", help="how soon the desk answers while so many look")
    poll.add_argument("--kiosks", type=int, default=500)
    poll.add_argument("--seconds", type=float, default=30.0)
    poll.add_argument("--applications", type=int, default=50, help="that they look at")
    poll.add_argument("--renewing", type=int, default=2, help="kiosks that renew meanwhile")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    options = _arguments()
    products = [product.absolute() for product in options.product or [THIS]]
    if options.what == "poll":
        looked = [one for product in products for one in polls(options, product)]
        print(as_json(looked) if options.json else polls_table(looked))
        return
    measure = filled if options.what == "fill" else renewals
    found = [one for product in products for one in measure(options, product)]
    print(as_json(found) if options.json else renewals_table(found))


if __name__ == "__main__":
    main()
