"""Tell what is on the tokens now, as JSON or in words (`certs`)."""

from datetime import UTC, datetime

from tui.cli.certs import listing
from tui.core.exits import Exit, exit_of
from tui.core.token import Snapshot
from tui.process.output import out, out_json, say


def tell(snapshot: Snapshot, *, as_json: bool) -> Exit:
    """Print the tokens, and what is wrong with a module."""
    now = datetime.now(UTC)
    if as_json:
        out_json(listing.listed(snapshot, now))
    if snapshot.faults or not as_json:
        _tell_words(snapshot, now, as_json=as_json)
    return Exit.DONE if snapshot.tokens or not snapshot.faults else exit_of(snapshot.faults[0].failure)


def _tell_words(snapshot: Snapshot, now: datetime, *, as_json: bool) -> None:
    from tui.cli.certs.words import certificate_lines, fault_lines

    if not as_json:
        out("\n".join(certificate_lines(snapshot, now)))
        return
    for line in fault_lines(snapshot):
        say(line)
