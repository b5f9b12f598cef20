"""The sandbox's platforms and mailbox in a process of their own: `python -m tests.bench.load.gateways FOLDER`.

Their books are kept in memory: on disk they grow with every renewal, and it is the desk that is measured.
"""

import socket
import sys
from itertools import count
from pathlib import Path

from tui.sandbox.files import SERVICES, make_keys, write_settings
from tui.sandbox.gateways.all import Gateways
from tui.sandbox.gateways.common.ledger import Ledger
from tui.sandbox.gateways.tax.ledger import TaxLedger
from tui.sandbox.mailbox import Mailbox

_invoices = count(1)


def main() -> None:
    """Serve until standard input ends; one line tells that everything listens."""
    folder = Path(sys.argv[1])
    Ledger._write = lambda self: None  # type: ignore[method-assign]
    TaxLedger._number = lambda self, now: f"{now:%y}442{next(_invoices):015d}"  # type: ignore[method-assign]
    make_keys(folder)
    listeners = {name: socket.create_server(("127.0.0.1", 0), backlog=1024) for name in SERVICES}
    for listener in listeners.values():
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ports = {name: int(listener.getsockname()[1]) for name, listener in listeners.items()}
    write_settings(folder, ports)
    for name in ("desk", "smtp"):
        listeners.pop(name).close()
    gateways, tls = Gateways(folder, listeners), folder / "tls"
    mailbox = Mailbox(folder / "mail", ports["smtp"], (tls / "server.pem", tls / "server.key"))
    gateways.start()
    mailbox.start()
    print(flush=True)
    sys.stdin.read()
    mailbox.stop()
    gateways.stop()


if __name__ == "__main__":
    main()
