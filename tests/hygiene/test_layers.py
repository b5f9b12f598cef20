"""The layers hold: by import-linter's contracts, and by what a fresh interpreter really loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("httpx", "cryptography", "PyKCS11", "qrcode", "litestar", "sqlalchemy", "msgspec", "uvicorn")


def _loaded(statement: str, depth: int = 1) -> set[str]:
    """Packages in a fresh interpreter after a statement, so deep."""
    names = f"{{'.'.join(name.split('.')[:{depth}]) for name in sys.modules}}"
    told = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nprint(*{names})"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(told.stdout.split())


def test_the_contracts_hold() -> None:
    words = [sys.executable, "-c", "import importlinter.cli as c, sys; sys.exit(c.lint_imports(no_cache=True))"]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_core_loads_no_library() -> None:
    loaded = _loaded("import pkgutil, tui.core, importlib\n" + _ALL_OF_CORE)
    assert not loaded & {*HEAVY, "textual", "rich"}


_ALL_OF_CORE = "for found in pkgutil.walk_packages(tui.core.__path__, 'tui.core.'): importlib.import_module(found.name)"


def test_the_way_to_the_first_screen_loads_nothing_heavy() -> None:
    loaded = _loaded(
        "import tui.cli.run, tui.cli.kiosk, tui.kiosk.app, tui.kiosk.wiring, tui.kiosk.settings, tui.process.logbook\n"
        "import tui.journey.flow\n"
        "from tui.kiosk.screens.registry import screen_class\n"
        "from tui.journey.state import Step\n"
        "screen_class(Step.WAITING)"
    )
    assert "textual" in loaded
    assert not loaded & set(HEAVY)


def test_the_first_screen_is_drawn_and_waited_at_without_orders_events_rules_parser_fields_and_dialogues() -> None:
    drawn = """
from pathlib import Path
import tui.cli.main, tui.cli.run, tui.cli.kiosk, tui.kiosk.wiring
from tui.token.launch import HeadStart, Module
from tui.kiosk.app import KioskApp
from tui.kiosk.screens.registry import screen_class
from tui.journey.state import Step
from tui.kiosk.runtime.runtime import Runtime

async def first(pilot):
    assert type(app.step_screen) is screen_class(Step.WAITING)
    await app._beat()
    assert 'tui.kiosk.screens.dialogue' not in sys.modules
    app.exit()

KioskApp._begin = lambda self: None
app = KioskApp(Runtime(lambda: None))
HeadStart([Module(Path('/nowhere'))]).close()
app.run(headless=True, auto_pilot=first)"""
    later = {
        *(
            "tui.cli.parser",
            "tui.cli.table",
            "tui.cli.command",
            "tui.core.order",
            "tui.core.application",
            "tui.core.token",
        ),
        *("tui.journey.events", "tui.journey.commands", "tui.journey.flow", "tui.journey.moves", "tui.journey.ports"),
        *("tui.core.token", "tui.token.proxy", "tui.token.protocol", "tui.deskclient"),
    }
    fields = {f"tui.kiosk.widgets.{name}" for name in ("line", "secret_field", "field", "document")}
    assert not _loaded(drawn, depth=4) & (later | fields)
    assert not _loaded(drawn) & {*HEAVY, "h11", "anyio", "httpcore"}


@pytest.mark.parametrize("show", ["tui.cli.kiosk._show(settings)", "tui.cli.counter._show(settings, fake)"])
def test_screens_come_without_palette_downloads_spelling_and_addresses(show: str) -> None:
    begun = f"""
class Fake:
    __getattr__ = __call__ = lambda self, *values: self

import tui.cli.kiosk, tui.cli.counter
from pathlib import Path
from tui.kiosk.settings import KioskSettings
fake = sys.modules['tui.kiosk.app'] = sys.modules['tui.kiosk.counter.app'] = sys.modules['tui.kiosk.run'] = Fake()
settings = KioskSettings(Path('/nowhere'), 'https://a', None, ())
{show}"""
    loaded = _loaded(begun, depth=2)
    assert "textual.app" in loaded
    assert not loaded & {"textual.command", "textual.types", "platformdirs", "shutil", "difflib", "ipaddress"}


@pytest.mark.parametrize("first", ["tui.cli.main", "tui.token.host.main"])
def test_dates_are_those_written_in_c(first: str) -> None:
    in_c = "_datetime" if sys.version_info < (3, 12) else "datetime"
    assert "_datetime" in _loaded(f"import {first}, datetime\nassert datetime.__name__ == '{in_c}'")


def test_the_adapters_come_without_what_describes_messages() -> None:
    begun = """
from threading import Event
from tui.kiosk.runtime.runtime import Runtime
built = Event()
def build():
    import tui.deskclient.exchange, tui.token.tokens
    built.set()
Runtime(build).start(lambda event: None)
built.wait()"""
    loaded = _loaded(begun, depth=2)
    assert "msgspec.json" in loaded
    assert not loaded & {"msgspec.inspect", "logging.handlers"}


def test_what_talks_to_the_desk_needs_no_client_library() -> None:
    loaded = _loaded("import tui.deskclient.exchange")
    assert "h11" in loaded
    assert not loaded & {"httpx", "httpcore", "anyio", "certifi", "email"}


def test_a_client_of_the_desk_that_was_not_asked_has_no_http() -> None:
    made = "from tui.deskclient.client import DeskClient\nDeskClient('https://a', None, '1')"
    assert "h11" not in _loaded(made)


def test_the_desk_loads_no_tool_of_migration_or_test() -> None:
    loaded = _loaded("import tui.desk.serve")
    assert "sqlalchemy" in loaded
    assert not loaded & {"alembic", "mako", "faker", "polyfactory", "pydantic", "jinja2", "textual"}


@pytest.mark.parametrize("words", [["--help"], ["renew", "--help"], ["sandbox", "pay", "--help"]])
def test_help_loads_neither_textual_nor_asyncio(words: list[str]) -> None:
    loaded = _loaded(
        f"import tui.cli.main, contextlib, io\nwith contextlib.suppress(SystemExit), "
        f"contextlib.redirect_stdout(io.StringIO()): tui.cli.main.main({words!r})"
    )
    assert not loaded & {*HEAVY, "textual", "asyncio"}


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (["certs", "--config", "/nowhere"], {"tui.desk", "tui.sandbox", "textual", "httpx"}),
        (["desk", "migrate", "--config", "/nowhere"], {"tui.kiosk", "tui.sandbox", "tui.token", "textual"}),
        (["sandbox", "fault", "--dir", "/nowhere", "reset"], {"tui.kiosk", "tui.token", "textual", "sqlalchemy"}),
    ],
    ids=lambda words: words[0] if isinstance(words, list) else "",
)
def test_a_command_imports_what_it_needs(words: list[str], needless: set[str]) -> None:
    run = f"import contextlib\nfrom tui.cli.main import main\nwith contextlib.suppress(SystemExit): main({words!r})"
    assert not _loaded(run, depth=2) & needless
