"""What `ca-kiosk sandbox fault --help` says of the faults."""

from tui.sandbox.faults import ABOUT, CLEAR, only


def _legend() -> str:
    alone = {fault: f" [{' '.join(channels)}]" for fault, channels in only().items()}
    lines = [f"  {fault:<18} {about}{alone.get(fault, '')}" for fault, about in ABOUT.items()]
    return "\n".join(["NAME:", *lines, f"  {CLEAR:<18} 全部取消 / end all"])


LEGEND = _legend()
"""Every name with its line, and the platforms that can play it where not all can."""
