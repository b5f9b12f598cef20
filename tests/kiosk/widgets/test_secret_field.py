"""The secret field: what is typed goes into the secret and nowhere else."""

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen

from tui.core.secret import Pin, Secret
from tui.kiosk.screens.looks.app import PalettedApp
from tui.kiosk.settings import PaletteName
from tui.kiosk.widgets.secret_field import MAX_LENGTH, SecretField


class Sheet(Screen[None]):
    """One field."""

    def compose(self) -> ComposeResult:
        """The field."""
        yield SecretField(Pin)


class Form(PalettedApp):
    """With the field's sheet above the blank screen, which is not laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.show_in(PaletteName.AUTO)
        self.told: list[str] = []

    async def on_mount(self) -> None:
        """The sheet."""
        await self.push_screen(Sheet())

    @on(SecretField.Submitted)
    @on(SecretField.Changed)
    def note(self, message: SecretField.Told) -> None:
        """Keep what anybody could see of the message."""
        self.told.append(repr(message))

    @property
    def field(self) -> SecretField[Secret]:
        """The field."""
        return self.screen.query_one(SecretField)


async def test_typing_editing_and_taking() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press("tab", *"19中", "backspace", "left", "7", "enter")
        assert app.field.render().plain == "▪▪▪ "
        taken = app.field.take()
        assert isinstance(taken, Pin)
        assert bytes(taken.reveal()) == b"197"
        assert app.field.length == 0
        assert "197" not in "".join(app.told)
        assert app.told[-1].startswith("Submitted")


async def test_clearing_and_wiping() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press("tab", *"1234", "ctrl+u", "5")
        assert app.field.length == 1
        app.field.wipe()
        assert app.field.length == 0


async def test_a_paste_is_taken_without_control_characters_up_to_the_limit() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press("tab")
        app.field.post_message(events.Paste("12\r\n\x1b34"))
        await pilot.pause()
        assert bytes(app.field.take().reveal()) == b"1234"
        app.field.post_message(events.Paste("9" * 100_000))
        await pilot.pause()
        assert app.field.length == MAX_LENGTH


async def test_a_field_that_is_gone_holds_nothing() -> None:
    app = Form()
    async with app.run_test() as pilot:
        await pilot.press("tab", *"1234")
        field = app.field
        await field.remove()
        assert field.length == 0
