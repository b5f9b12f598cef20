"""The renewal as one durable workflow (DBOS): it reads like the manual and continues where a desk stopped."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID, StepOptions
from sqlalchemy import select
from sqlalchemy.engine import make_url

from tui.core.order import ApplicationStatus
from tui.desk.context import Desk
from tui.desk.invoices.service import invoice
from tui.desk.progress import Progress
from tui.desk.renewals.issuing import issue, status_of
from tui.desk.settings import DeskSettings
from tui.desk.storage.database import reading
from tui.desk.storage.records import ApplicationRecord

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
QUEUE = "renewals"
_NAME = "renewal"
NEWS = "news"
VERSION = "1"
"""Changes only with the order of steps below; a workflow is resumed by the version that began it."""
_POLL = 0.2
"""Seconds between two looks for news and for new workflows where the database cannot notify (SQLite)."""
_RECHECK = 3600.0
"""Seconds after which a waiting workflow looks at the database by itself, should a signal have been lost."""
_ATTEMPTS = 1000
"""Of one step: after 1, 2, 4, … seconds, then hourly for six weeks; DBOS cannot compute 2.0 ** 1024."""


class Workflows:
    """The workflow runtime; the `Signals` of the desk's rules."""

    def __init__(self, settings: DeskSettings) -> None:
        self._settings = settings
        self._runtime: DBOS | None = None
        self._renewal: Callable[[str], Awaitable[None]] | None = None

    def launch(self, desk: Desk) -> None:
        """Start the runtime, resume what was under way, begin what a crash kept from beginning."""
        self._runtime = DBOS(config=_configuration(self._settings))
        logging.getLogger("dbos").setLevel(logging.ERROR)

        async def renewal(business_no: str) -> None:
            await renew(desk, business_no)

        self._renewal = DBOS.workflow(name=_NAME)(renewal)
        DBOS.launch()
        DBOS.register_queue(QUEUE, polling_interval_sec=_POLL)
        self.revive()
        with reading(desk.engine) as db:
            under_way = ApplicationRecord.status.in_(
                (ApplicationStatus.ENTERED, ApplicationStatus.ISSUING, ApplicationStatus.ISSUED)
            )
            just_now = ApplicationRecord.installed_at > desk.clock() - timedelta(days=1)
            numbers = list(db.scalars(select(ApplicationRecord.business_no).where(under_way | just_now)))
        for business_no in numbers:
            self.wake(business_no)

    def stop(self) -> None:
        """End the runtime; workflows under way continue at the next launch."""
        # DBOS closes its event loop before its queue threads end: one that has just claimed a workflow would find none.
        for event in self._runtime.background_thread_stop_events if self._runtime else ():
            event.set()
        for thread in threading.enumerate():
            if thread.name.startswith("queue-worker-"):
                thread.join(10.0)
        DBOS.destroy(destroy_registry=True)
        self._renewal = None

    def begin(self, business_no: str) -> None:
        """Start the renewal's workflow, or leave the one that has this number."""
        if self._renewal is None:
            raise RuntimeError("workflows are not launched")
        # By the queue, not directly: only queued coroutines stay pending when the runtime is stopped.
        with SetWorkflowID(business_no):
            DBOS.enqueue_workflow(QUEUE, self._renewal, business_no)

    def wake(self, business_no: str) -> None:
        """Tell the workflow that its application has changed; a crash may have kept it from beginning."""
        self.begin(business_no)
        DBOS.send(business_no, None, NEWS)

    def revive(self) -> None:
        """Begin again what ended in an error: DBOS resumes no such workflow, and every act is safe to repeat."""
        for ended in DBOS.list_workflows(name=_NAME, status="ERROR", load_input=False, load_output=False):
            _LOG.error("the workflow of %s ended in an error and begins again", ended.workflow_id)
            DBOS.delete_workflow(ended.workflow_id)
            self.begin(ended.workflow_id)


async def renew(desk: Desk, business_no: str) -> None:
    """Order is made → money → certificate → proof → invoice; may begin again at any of them."""
    # Again, because a platform may take its money back before the certificate is made.
    while await _change(desk, business_no, ApplicationStatus.ENTERED) is ApplicationStatus.ISSUING:
        await _until_settled("issue", issue, desk, business_no)
    if await _change(desk, business_no, ApplicationStatus.ISSUED) is ApplicationStatus.INSTALLED:
        await _until_settled("invoice", invoice, desk, business_no)


async def _change(desk: Desk, business_no: str, from_status: ApplicationStatus) -> ApplicationStatus:
    """Wait until the application has left a status."""
    while (status := await _step("status", status_of, desk, business_no)) is from_status:
        await DBOS.recv_async(NEWS, _RECHECK)
    return status


async def _until_settled(name: str, act: Callable[[Desk, str], Progress], desk: Desk, business_no: str) -> Progress:
    """Repeat an act until it is done or over, after 2, 4, 8, … seconds, at most an hour."""
    tries = 0
    while (progress := await _step(name, act, desk, business_no)) is Progress.LATER:
        tries += 1
        await DBOS.sleep_async(min(2.0**tries, 3600.0))
    return progress


async def _step(name: str, act: Callable[[Desk, str], T], desk: Desk, business_no: str) -> T:
    """One recorded step, tried until it works; the blocking act runs in a thread. Only number and answer are stored."""

    async def run() -> T:
        return await asyncio.to_thread(act, desk, business_no)

    options = StepOptions(name=name, retries_allowed=True, max_attempts=_ATTEMPTS, should_retry=_try_again)
    return await DBOS.run_step_async(options, run)


def _try_again(error: BaseException) -> bool:
    """Always: a locked database, a lost connection, even a defect must not strand a paid application."""
    _LOG.error("a step of the workflow failed and is tried again", exc_info=error)
    return True


def _configuration(settings: DeskSettings) -> DBOSConfig:
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=f"{(url.database or '').removesuffix('.db')}-workflows.db")
    return DBOSConfig(
        name="desk",
        system_database_url=url.render_as_string(hide_password=False),
        executor_id=settings.executor,
        application_version=VERSION,
        log_level="ERROR",
        enable_otlp=False,
        notification_listener_polling_interval_sec=_POLL,
    )
