"""Choose the adapter behind each port, here and nowhere else; heavy imports happen where they are used."""

from typing import TYPE_CHECKING

from tui import __version__
from tui.journey.ports import DeskPort, SelfCheckPort
from tui.kiosk.runtime.ports import Ports
from tui.kiosk.runtime.runtime import Runtime, utc_now
from tui.kiosk.settings import KioskSettings, ModuleSettings

if TYPE_CHECKING:
    from tui.token.tokens import Tokens


def runtime(settings: KioskSettings) -> Runtime:
    """A runtime whose ports are opened on its own thread once it is started."""

    def build() -> Ports:
        token_port, desk_port = tokens(settings.modules), desk(settings)
        return Ports(token_port, desk_port, checks(settings, desk_port))

    return Runtime(build)


def tokens(modules: tuple[ModuleSettings, ...]) -> "Tokens":
    """The tokens of these modules."""
    from tui.token.proxy import Module
    from tui.token.tokens import Tokens

    return Tokens(tuple(Module(module.path, module.environment) for module in modules))


def desk(settings: KioskSettings) -> DeskPort:
    """The desk over HTTPS.

    Raises `DeskError` (SETTINGS_WRONG) when the CA file holds no certificate.
    """
    from tui.deskclient.client import DeskClient

    return DeskClient(settings.desk_url, settings.ca_file, __version__)


def checks(settings: KioskSettings, desk_port: DeskPort) -> SelfCheckPort:
    """环境检测 of this place."""
    from tui.kiosk.runtime.self_check import SelfCheck

    paths = tuple(str(module.path) for module in settings.modules)
    return SelfCheck(desk_port, paths, __version__, utc_now)
