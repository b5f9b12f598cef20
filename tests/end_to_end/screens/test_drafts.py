"""A form that was being filled comes back at another terminal; nothing of it stays at the first."""

from pathlib import Path

from tests.harness.end_to_end.sandbox import Sandbox
from tests.harness.end_to_end.stage import at_counter, new_token, on_the_desk_database
from tui.core.form.fields import ApplicationForm
from tui.desk.renewals.half_filled import HalfFilledRecord
from tui.desk.storage.database import reading
from tui.journey.state import Step


async def test_left_in_the_middle_and_gone_on_with_elsewhere(sandbox: Sandbox, tmp_path: Path) -> None:
    token = new_token(sandbox, tmp_path)
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.FORM)
        assert person.form_on_screen() == ApplicationForm()
        await person.fill_form()
        await person.press("backspace")
        typed = person.form_on_screen()
        await person.press("f10", "tab", "enter")
        await person.until(Step.WAITING)
        assert typed.id_number not in repr(person.app.state)
        assert person.app.state.form == ApplicationForm()
    async with at_counter(sandbox, token) as person:
        await person.walk_to(Step.FORM)
        assert person.form_on_screen() == typed
        await person.walk_to(Step.REQUEST_PIN)
    with on_the_desk_database(sandbox) as engine, reading(engine) as db:
        assert db.unit.query(HalfFilledRecord).count() == 0
