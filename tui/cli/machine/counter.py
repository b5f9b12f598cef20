"""What `assets/deploy/counter` closes of the machine around a counter: keys of the kernel, and other consoles."""

from collections.abc import Iterator
from pathlib import Path

from tui.cli.machine.finding import Finding, answer
from tui.cli.machine.place import SYSTEMD
from tui.kiosk.settings import Mode
from tui.kiosk.text import _

SYSRQ = Path("/proc/sys/kernel/sysrq")
"""0 where the kernel takes no magic keys (Documentation/admin-guide/sysrq.rst)."""
_SHOW = ("systemctl", "show", "--value", "--property")
_LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")


def findings(mode: Mode) -> Iterator[Finding]:
    """One a way out; none but at a counter."""
    if mode is not Mode.COUNTER:
        return
    yield magic_keys()
    if not SYSTEMD.exists():
        yield Finding("ways_out", None, _("没有运行systemd"))
        return
    yield three_keys()
    yield consoles()


def magic_keys() -> Finding:
    """Alt+SysRq reaches the kernel, whatever program has the screen."""
    try:
        ok = SYSRQ.read_text().strip() == "0"
    except OSError as error:
        return Finding("ways_out", None, error.strerror or "")
    fix = _("把assets/deploy/counter/sysctl.conf装到/etc/sysctl.d，再systemctl restart systemd-sysctl。")
    return Finding("ways_out", ok, "SysRq", "" if ok else fix)


def three_keys() -> Finding:
    """Ctrl+Alt+Del restarts the machine from a console, and often in two seconds also where that is masked.

    That is systemd-system.conf(5), CtrlAltDelBurstAction.
    """
    if answer((*_SHOW, "UnitFileState", "ctrl-alt-del.target")) != "masked":
        return Finding("ways_out", ok=False, detail="Ctrl+Alt+Del", fix="systemctl mask ctrl-alt-del.target")
    burst = answer((*_SHOW, "CtrlAltDelBurstAction"))
    if burst != "none":
        fix = _("把assets/deploy/counter/system.conf装到/etc/systemd/system.conf.d，再重新启动电脑。")
        return Finding("ways_out", ok=False, detail=f"CtrlAltDelBurstAction={burst or ''}", fix=fix)
    return Finding("ways_out", ok=True, detail="Ctrl+Alt+Del")


def consoles() -> Finding:
    """Alt+F2 and its like lead to a console; it must offer no sign-in."""
    offered = answer(("busctl", "get-property", *_LOGIND, "NAutoVTs"))
    running = answer(("systemctl", "list-units", "--plain", "--no-legend", "--state=active", "getty@*"))
    if gettys := " ".join(line.split()[0] for line in (running or "").splitlines()):
        detail = _("控制台可以登录：{units}").format(units=gettys)
        return Finding("ways_out", ok=False, detail=detail, fix=f"systemctl mask --now {gettys}")
    if offered is None or running is None:
        return Finding("ways_out", None, _("systemd没有说明控制台能否登录"))
    if offered != "u 0":
        fix = _("把assets/deploy/counter/logind.conf装到/etc/systemd/logind.conf.d，再重新启动电脑。")
        return Finding("ways_out", ok=False, detail=f"logind NAutoVTs={offered.removeprefix('u ')}", fix=fix)
    return Finding("ways_out", ok=True, detail=_("控制台不能登录"))
