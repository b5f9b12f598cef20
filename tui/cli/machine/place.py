"""The desk's TLS certificate, the clock's source, the log, the receipt printer and the units of systemd."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from tui.cli.machine.finding import PATIENCE, Finding, answer
from tui.core.exits import Exit
from tui.core.failure import KioskError
from tui.deskclient.trust import trust
from tui.kiosk.receipt.settings import PrinterSettings, usb_ids
from tui.kiosk.settings import KioskSettings
from tui.kiosk.text import _

FEW_DAYS: Final = 14
"""From here on the end of the desk's certificate is told as a fault: kiosks stop with it."""
USB_DEVICES = Path("/sys/bus/usb/devices")
SYSTEMD = Path("/run/systemd/system")
"""There while systemd runs (sd_booted(3))."""


def findings(settings: KioskSettings) -> Iterator[Finding]:
    """All of them."""
    yield desk_certificate(settings)
    yield time_source()
    yield log(settings.log)
    yield printer(settings.receipt.printer if settings.receipt else None)
    yield from units()


def desk_certificate(settings: KioskSettings) -> Finding:
    """Whether this machine believes it, and for how long yet."""
    place = urlsplit(settings.desk_url)
    host, port = place.hostname or "", place.port or 443
    try:
        tls = trust(settings.ca_file)
        with (
            socket.create_connection((host, port), PATIENCE) as plain,
            tls.wrap_socket(plain, server_hostname=host) as secured,
        ):
            held = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        fix = _("核对系统时间和[desk] ca_file；未设ca_file时安装ca-certificates。")
        return Finding("desk_certificate", ok=False, detail=error.verify_message, fix=fix, code=Exit.DESK)
    except KioskError as error:
        fix = _("[desk] ca_file应是PEM格式的证书。")
        return Finding("desk_certificate", ok=False, detail=error.failure.detail, fix=fix)
    except OSError as error:
        fix = _("核对[desk] url、DNS、网络和防火墙：必须能直接连接{host}:{port}。").format(host=host, port=port)
        return Finding("desk_certificate", ok=False, detail=error.strerror or str(error), fix=fix, code=Exit.DESK)
    days = int(ssl.cert_time_to_seconds(str(held["notAfter"])) - time.time()) // 86400
    detail = _("{host}的证书还有{days}天到期").format(host=host, days=days)
    if days < FEW_DAYS:
        fix = _("请续期服务的管理者更换TLS证书。")
        return Finding("desk_certificate", ok=False, detail=detail, fix=fix, code=Exit.DESK)
    return Finding("desk_certificate", ok=True, detail=detail)


def time_source() -> Finding:
    """Whether the clock follows others, as timedatectl(1) knows."""
    said = answer(("timedatectl", "show", "--property=NTPSynchronized", "--value"))
    if said not in ("yes", "no"):
        no_systemd = _("没有systemd，无从得知时钟是否自动校准")
        silent = _("timedatectl没有应答，无从得知时钟是否自动校准")
        return Finding("time_source", None, silent if SYSTEMD.exists() else no_systemd)
    if said == "yes":
        return Finding("time_source", ok=True, detail=_("时钟自动校准"))
    fix = _("启用自动校时：apt install systemd-timesyncd，timedatectl set-ntp true。")
    return Finding("time_source", ok=False, detail=_("时钟没有自动校准"), fix=fix)


def log(path: Path | None) -> Finding:
    """Whether the log can be written, or its folder made; nothing is."""
    if path is None:
        return Finding("log", ok=True, detail=_("不写日志"))
    place = path if path.exists() else next(folder for folder in path.absolute().parents if folder.exists())
    right = os.W_OK if place == path else os.W_OK | os.X_OK
    if os.access(place, right) and place.is_dir() is (place != path):
        return Finding("log", ok=True, detail=str(path))
    fix = _("让本用户可以写入{folder}，或更改[kiosk] log。").format(folder=path.parent)
    return Finding("log", ok=False, detail=str(path), fix=fix)


def printer(settings: PrinterSettings | None) -> Finding:
    """Whether it is there; nothing is printed."""
    if settings is None:
        return Finding("printer", None, _("没有设置[receipt] printer"))
    told = settings.place.geturl()
    try:
        import escpos  # noqa: F401
    except ModuleNotFoundError:
        return Finding("printer", ok=False, detail=told, fix="pip install 'ca-renewal-kiosk[printer]'")
    trouble = _away(settings.place)
    return Finding("printer", trouble is None, told, trouble or "")


def _away(place: SplitResult) -> str | None:
    """What to do about the printer; None where it is there."""
    match place.scheme:
        case "tcp":
            try:
                socket.create_connection((place.hostname or "", place.port or 9100), PATIENCE).close()
            except OSError:
                return _("打印机没有应答：检查电源、网线和地址。")
        case "usb":
            if usb_ids(place) not in set(_plugged_in()):
                return _("USB上没有这台打印机：检查电源和连线，用lsusb核对编号。")
        case _:
            if not os.path.exists(place.path):
                return _("没有这个设备文件：检查电源和连线。")
            if not os.access(place.path, os.R_OK | os.W_OK if place.scheme == "serial" else os.W_OK):
                return _("本用户无权写入此设备：加入lp组（打印机）或dialout组（串口）。")
    return None


def _plugged_in() -> Iterator[tuple[int, int]]:
    for device in USB_DEVICES.glob("*/idVendor"):
        with suppress(OSError):  # pulled out meanwhile
            yield int(device.read_text(), 16), int(device.with_name("idProduct").read_text(), 16)


def units() -> Iterator[Finding]:
    """The state of each unit of the kiosk's name; one line where there is none."""
    said = answer(("systemctl", "list-units", "--all", "--plain", "--no-legend", "ca-kiosk*"))
    if not SYSTEMD.exists() or said is None:
        yield Finding("unit", None, _("没有运行systemd"))
        return
    if not said:
        yield Finding("unit", None, _("没有ca-kiosk的systemd单元"))
    for line in said.splitlines():
        name, _loaded, active, state, *_about = line.split()
        fix = _("查看原因：journalctl -b -u {name}").format(name=name) if active != "active" else ""
        yield Finding("unit", active == "active", f"{name} {active} ({state})", fix)
