"""The desk's application, made once for many towns."""

from litestar import Litestar

from tui.desk.context import Desk
from tui.desk.http.api import create_app
from tui.desk.http.sign_ins import SignIns
from tui.desk.http.waiters import Waiters


class OneApp:
    """The same application for one desk after another: to make it is two thirds of what a town costs."""

    def __init__(self) -> None:
        self._app: Litestar | None = None

    def __call__(self, desk: Desk) -> Litestar:
        """It serves this desk now, and no earlier one."""
        self._app = self._app or create_app(desk)
        state = {"desk": desk, "sign_ins": SignIns(), "waiters": Waiters()}
        assert state.keys() == set(self._app.state)
        self._app.state.update(state)
        return self._app
