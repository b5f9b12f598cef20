"""Whether this desk's clock is that of PostgreSQL, by which desks that share it can tell whose is wrong."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select

from tui.desk.context import Desk
from tui.desk.storage.database import glancing

_LOG = logging.getLogger(__name__)
_AGREED = timedelta(seconds=5)
_TIME = select(func.clock_timestamp())


def compare(desk: Desk, before: datetime) -> None:
    """Say so where they differ: leases and codes of desks that disagree are ended by each other before their time.

    The server is asked after `before`, so that a slow one is not taken for a wrong one.
    """
    if desk.engine.dialect.name == "sqlite":
        return
    with glancing(desk.engine) as connection:
        theirs = connection.scalar(_TIME)
    after = desk.clock()
    if theirs is not None and not before - _AGREED < theirs < after + _AGREED:
        off = (after - theirs).total_seconds()
        _LOG.error("this desk's clock is %.0f seconds %s its database's", abs(off), "ahead of" if off > 0 else "behind")
