"""`ca-kiosk certs show`: certificates in all their parts, in words or as JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tui.cli.certs.held import Held, held, named, which
from tui.cli.certs.listing import Listed, rows
from tui.core.certificate import RENEWAL_WINDOW
from tui.core.details import Details
from tui.core.exits import Exit
from tui.core.frozen import frozen
from tui.core.text_safety import printable
from tui.kiosk.text import _
from tui.kiosk.text.certificate import token_name
from tui.kiosk.text.details import sections
from tui.kiosk.wiring import read_details
from tui.process.output import out, out_json


@frozen
class Shown:
    """One certificate in `certs show --json`; the names are a contract, new ones come at the end."""

    certificate: Listed
    """As in `certs --json`."""
    has_private_key: bool
    well_formed: bool
    """A strict parser accepts it; of another one is told what can be read."""
    details: Details


def show(fingerprint: str, config: Path | None, module: Path | None, as_json: bool) -> int:
    """Every certificate, or the one that is named."""
    found = held(config, module)
    chosen = named(found, fingerprint)
    now = datetime.now(UTC)
    if as_json:
        out_json(tuple(_shown(one, now) for one in chosen))
    elif chosen:
        out("\n\n".join("\n".join(lines(one, now)) for one in chosen))
    if chosen:
        return Exit.DONE
    return which(found)


def lines(one: Held, now: datetime) -> Iterator[str]:
    """One certificate in words."""
    token, certificate = one
    yield token_name(token)
    line = _("{label}：{value}")
    for section in sections(token, certificate, read_details(certificate.der), now, RENEWAL_WINDOW):
        yield f"  {section.title}"
        for fact in section.facts:
            value = printable(fact.value)
            yield "    " + (line.format(label=fact.label, value=value) if fact.label else value)


def _shown(one: Held, now: datetime) -> Shown:
    token, certificate = one
    listed = next(row for row in rows(token, now) if row.fingerprint == certificate.fingerprint)
    return Shown(listed, certificate.has_private_key, certificate.well_formed, read_details(certificate.der))
