"""What `ca-kiosk desk verify` does; it needs neither settings nor a database."""

import json
import sys
from pathlib import Path

from tui.core.exits import Exit
from tui.core.payment_method import PaymentMethod
from tui.desk.platforms.common.platform import Dispute, Kind
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.platforms.verify import Verdict, charset_of, judge
from tui.process.output import out, say, unusable


def verify(channel: str, kind: str, trust: Path, message: str, *, method: str, charset: str) -> int:
    """Print one JSON object; ``message`` names a file, or is ``-`` for standard input."""
    try:
        charset = charset_of(charset)
    except ValueError:
        return _usage(f"--charset {charset}: 只支持 / must be one of utf-8, gbk, gb2312, gb18030")
    try:
        dispute = Dispute(Kind(kind), trust.read_bytes(), method, charset)
        read = PLATFORMS[PaymentMethod(channel)].reader(dispute)
        body = sys.stdin.buffer.read() if message == "-" else Path(message).read_bytes()
    except OSError as error:
        return _usage(unusable(error))
    except ValueError:
        return _usage(f"--trust {trust}: 不是该渠道的公钥或证书 / no key or certificate of this channel")
    verdict = judge(read, body)
    out(as_json(verdict))
    return Exit.DONE if verdict.genuine else Exit.NOT_GENUINE


def as_json(verdict: Verdict) -> str:
    """One line in which nothing can steer a terminal: what does not print stands as an escape of JSON."""
    told = {"genuine": verdict.genuine, "reason": verdict.reason, "fields": dict(verdict.fields)}
    text = json.dumps(told, ensure_ascii=False)
    return "".join(mark if mark.isprintable() else json.dumps(mark)[1:-1] for mark in text)


def _usage(text: str) -> int:
    say(text)
    return Exit.USAGE
