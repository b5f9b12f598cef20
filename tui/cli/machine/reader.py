"""Drivers that can be loaded, the service of the readers, and whether this user may use it."""

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tui.cli.machine.finding import PATIENCE, Finding
from tui.core.exits import Exit
from tui.core.pcsc import LIBRARY, NO_READERS, NO_SERVICE, NOT_ALLOWED, SYSTEM_SCOPE
from tui.kiosk.settings import ModuleSettings
from tui.kiosk.text import _

SOCKET = "/run/pcscd/pcscd.comm"
FORWARDED = "p11-kit-client"
READERLESS = (FORWARDED, "softhsm", "tpm2_pkcs11")
"""Parts of the names of drivers that use no reader of this machine."""
ADDRESS = "P11_KIT_SERVER_ADDRESS"

_LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1]).C_GetFunctionList"


def findings(modules: Sequence[ModuleSettings], environment: Mapping[str, str]) -> Iterator[Finding]:
    """One a driver; then the readers' service where a driver needs it."""
    for module in modules:
        yield driver(module, environment)
        if FORWARDED in module.path.name:
            yield forwarded({**environment, **dict(module.environment)})
    if sys.platform == "linux" and any(not _needs_no_reader(module) for module in modules):
        yield from readers(environment)


def _needs_no_reader(module: ModuleSettings) -> bool:
    return any(part in module.path.name for part in READERLESS)


def driver(module: ModuleSettings, environment: Mapping[str, str]) -> Finding:
    """Load it in a process of its own: a driver may do what it likes with the process that loads it."""
    path = module.path
    if not path.is_file():
        fix = _("安装此驱动，或更正kiosk.toml中[[token.modules]]的path。")
        return Finding("driver_file", ok=False, detail=_("{path}不存在").format(path=path), fix=fix, code=Exit.TOKEN)
    words = (sys.executable, "-I", "-c", _LOAD, str(path))
    set_here = {**environment, **dict(module.environment)}
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=PATIENCE, env=set_here, check=False
        )
    except subprocess.TimeoutExpired:
        said = _("{seconds}秒内没有加载完成").format(seconds=int(PATIENCE))
    else:
        if done.returncode == 0:
            return Finding("driver_file", ok=True, detail=str(path))
        last = done.stderr.strip().rpartition("\n")[2].removeprefix(f"OSError: {path}: ")
        said = last or f"exit {done.returncode}"
    fix = _("安装它缺少的库（ldd {path}），并确认与本机处理器相符。").format(path=path)
    return Finding("driver_file", ok=False, detail=f"{path}: {said}", fix=fix, code=Exit.TOKEN)


def forwarded(environment: Mapping[str, str]) -> Finding:
    """The socket at which the person's own machine offers a token (p11-kit's remote module)."""
    default = Path(environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}") / "p11-kit/pkcs11"
    named = environment.get(ADDRESS) or f"unix:path={default}"
    place = Path(named.removeprefix("unix:path=").partition(";")[0])
    try:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(PATIENCE)
            asked.connect(str(place))
    except OSError as error:  # a line that broke leaves its socket behind
        detail = f"{named} ({error.strerror or error})"
    else:
        return Finding("forwarded", ok=True, detail=named)
    fix = _("在插着CA的电脑上运行p11-kit server，并用ssh -R转发到此处（assets/deploy/ssh）。")
    return Finding("forwarded", ok=False, detail=detail, fix=fix, code=Exit.TOKEN)


def readers(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The service, the right to it, and the readers that it knows; asked by the library that drivers ask."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        fix = _("安装读卡器服务（Debian：apt install pcscd libccid）。")
        yield Finding("pcscd", ok=False, detail=str(error), fix=fix, code=Exit.TOKEN)
        return
    context = ctypes.c_long()
    code = library.SCardEstablishContext(SYSTEM_SCOPE, None, None, ctypes.byref(context)) & 0xFFFFFFFF
    if code:
        yield unreachable(code, Path(environment.get("PCSCLITE_CSOCK_NAME") or SOCKET))
        return
    try:
        yield Finding("pcscd", ok=True, detail="pcsc-lite")
        yield _known(library, context)
    finally:
        library.SCardReleaseContext(context)


def unreachable(code: int, at: Path) -> Finding:
    """Why the service gives no context: polkit's or the file's no, or it is not there."""
    if code == NOT_ALLOWED or (at.exists() and not os.access(at, os.R_OK | os.W_OK)):
        fix = _("本用户无权使用读卡器：安装polkit规则assets/deploy/counter/50-ca-kiosk.rules。")
    elif code == NO_SERVICE:
        fix = _("启动读卡器服务：systemctl enable --now pcscd.socket；容器中请挂载 /run/pcscd。")
    else:
        fix = _("查看读卡器服务的日志：journalctl -u pcscd。")
    return Finding("pcscd", ok=False, detail=f"0x{code:08X} {at}", fix=fix, code=Exit.TOKEN)


def _known(library: ctypes.CDLL, context: ctypes.c_long) -> Finding:
    size = ctypes.c_ulong()
    code = library.SCardListReaders(context, None, None, ctypes.byref(size)) & 0xFFFFFFFF
    names = ctypes.create_string_buffer(size.value + 1)
    if not code:
        code = library.SCardListReaders(context, None, names, ctypes.byref(size)) & 0xFFFFFFFF
    if code not in (0, NO_READERS):
        return unreachable(code, Path(SOCKET))
    told = [name.decode(errors="replace") for name in names.raw.split(b"\0") if name]
    if told:
        return Finding("reader", ok=True, detail=", ".join(told))
    fix = _("插入CA；仍没有读卡器时用lsusb核对，并安装libccid或厂商的读卡器驱动。")
    return Finding("reader", ok=False, detail=_("没有读卡器"), fix=fix, code=Exit.TOKEN)
