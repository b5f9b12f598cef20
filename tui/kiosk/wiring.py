"""Choose the adapter behind each port, here and nowhere else; heavy imports happen where they are used."""

from typing import TYPE_CHECKING

from tui import __version__
from tui.kiosk.settings import KioskSettings, ModuleSettings

if TYPE_CHECKING:
    from tui.core.details import Details
    from tui.core.token import Snapshot
    from tui.journey.ports import DeskPort, SelfCheckPort
    from tui.kiosk.ports import Outlets
    from tui.kiosk.runtime.desk_time import DeskTime
    from tui.kiosk.runtime.pace import Pace
    from tui.kiosk.runtime.ports import Ports
    from tui.kiosk.runtime.runtime import Runtime
    from tui.kiosk.runtime.self_check import Asked
    from tui.token.launch import HeadStart, Module
    from tui.token.tokens import Tokens


def head_start(modules: tuple[ModuleSettings, ...]) -> "HeadStart":
    """The drivers' processes, started now, before the program has imported its screens; to be closed in any case."""
    from tui.token.launch import HeadStart

    return HeadStart(_modules(modules))


def branched(modules: tuple[ModuleSettings, ...], *, orders_come: bool = False) -> "HeadStart":
    """The same for a command that has read no secret yet and has no thread: its processes are branched off it."""
    from tui.token.branch import Branch
    from tui.token.launch import HeadStart

    return HeadStart(_modules(modules), lambda: Branch(orders_come=orders_come))


def runtime(settings: KioskSettings, started: "HeadStart | None" = None, pace: "Pace | None" = None) -> "Runtime":
    """A runtime whose ports are opened on its own thread once it is started."""
    from tui.kiosk.runtime.runtime import Runtime

    def build() -> "Ports":
        from tui.kiosk.runtime.desk_time import DeskTime
        from tui.kiosk.runtime.ports import Ports

        token_port, desk_port, time = tokens(settings.modules, started), desk(settings), DeskTime()
        return Ports(token_port, desk_port, checks(settings, desk_port, time), time)

    return Runtime(build, pace=pace)


def import_ports() -> None:
    """Import what the runtime's thread would import itself, but half as fast beside a thread that imports too."""
    import tui.deskclient.client
    import tui.deskclient.exchange
    import tui.kiosk.runtime.self_check
    import tui.token.tokens  # noqa: F401


def glance(modules: tuple[ModuleSettings, ...], started: "HeadStart") -> "Snapshot | None":
    """What these processes see first, without an event loop; None where `tokens` is to be asked."""
    from tui.token.glance import glance as seen

    return seen(_modules(modules), started)


def tokens(modules: tuple[ModuleSettings, ...], started: "HeadStart | None" = None) -> "Tokens":
    """The tokens of these modules."""
    from tui.token.tokens import Tokens

    return Tokens(_modules(modules), head_start=started)


def read_details(certificate: bytes) -> "Details":
    """What a certificate (DER) says, for a command without a journey."""
    from tui.token.x509.details import read_details as read

    return read(certificate)


def desk(settings: KioskSettings) -> "DeskPort":
    """The desk over HTTPS.

    :raises DeskError: SETTINGS_WRONG, the CA file holds no certificate.
    """
    from tui.deskclient.client import DeskClient

    return DeskClient(settings.desk_url, settings.ca_file, __version__)


def outlets(settings: KioskSettings) -> "Outlets":
    """Where receipts of this place go."""
    if (receipt := settings.receipt) is None:
        return ()
    from tui.kiosk.receipt.folder import Folder
    from tui.kiosk.receipt.printer import Printer

    paper = (Printer(receipt.printer),) if receipt.printer else ()
    return (*paper, Folder(receipt.folder)) if receipt.folder else paper


def checks(settings: KioskSettings, desk_port: "Asked", time: "DeskTime") -> "SelfCheckPort":
    """环境检测 of this place."""
    from tui.kiosk.runtime.self_check import SelfCheck

    paths = tuple(str(module.path) for module in settings.modules)
    return SelfCheck(desk_port, paths, __version__, time)


def _modules(modules: tuple[ModuleSettings, ...]) -> "tuple[Module, ...]":
    from tui.token.launch import Module

    return tuple(Module(module.path, module.environment) for module in modules)
