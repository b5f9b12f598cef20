"""What a journey has reached, told once each."""

from tui.core.order import Application, ApplicationStatus, Attempt
from tui.journey.state import State, Step
from tui.kiosk.unattended.acts import SCANNABLE, Person
from tui.kiosk.unattended.report import Installed, Issued, Line, Paid, Pay, Report, Retired

PAID = frozenset({ApplicationStatus.ISSUING, ApplicationStatus.ISSUED, ApplicationStatus.INSTALLED})


class Milestones:
    """Looks at each state and reports what is new in it."""

    def __init__(self, report: Report, person: Person) -> None:
        self._report, self._person = report, person
        self._told: set[str] = set()
        """Kinds of lines and QR payloads."""

    def look(self, state: State) -> None:
        """Report what has been reached."""
        application = state.application
        if application is None:
            return
        number, attempt = application.business_no, application.attempt
        if state.step is Step.QR and attempt is not None and self._is_payable(attempt):
            self._told.discard("paid")  # taken back by its platform
            self._tell(attempt.qr, Pay(attempt.method, attempt.qr, attempt.amount_fen, number, attempt.expires_in))
        if application.status in PAID:
            self._tell("paid", Paid(number))
        if application.status in PAID - {ApplicationStatus.ISSUING}:
            self._tell("issued", Issued(number))
        new = state.renewed
        if new is not None and self._is_installed(application, state):
            self._tell("installed", Installed(number, new.serial, new.not_before, new.not_after))
        if state.retired:
            self._tell("retired", Retired(number, state.key_left))

    def _tell(self, kind: str, line: Line) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._report.tell(line)

    def _is_payable(self, attempt: Attempt) -> bool:
        wanted = attempt.method is self._person.answers.method and attempt.state in SCANNABLE
        return wanted and attempt.expires_in > 0 and bool(attempt.qr)

    def _is_installed(self, application: Application, state: State) -> bool:
        return application.status is ApplicationStatus.INSTALLED and self._person.means(state)
