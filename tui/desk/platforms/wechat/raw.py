"""Messages as they are kept for a dispute: the headers that prove them, an empty line, the body."""

import re

import msgspec

from tui.desk.payments.gateway import AnswerNotGenuine, Message
from tui.desk.platforms.wechat.messages import is_proved
from tui.desk.platforms.wechat.trust import WechatTrust

_HEADER = re.compile(rb"([A-Za-z0-9-]+):[ \t]*([^\r\n]*?)[ \t]*\r?\n")
_START = re.compile(rb"[^\r\n:]*HTTP/[^\r\n]*\r?\n")
_EMPTY = re.compile(rb"\r?\n")


def read_raw(message: bytes, trust: WechatTrust) -> Message:
    """Whatever its age; a notice's resource stays sealed.

    :raises AnswerNotGenuine: signed by somebody else, or not JSON.
    """
    headers, at = dict[str, str](), 0
    if start := _START.match(message):
        at = start.end()
    while line := _HEADER.match(message, at):
        headers[line[1].decode("ascii").lower()] = line[2].decode("latin-1")
        at = line.end()
    if headers and (end := _EMPTY.match(message, at)):
        at = end.end()
    body = message[at:]
    claims = _claims(body)
    try:
        return Message(claims, signed=is_proved(body, headers, trust, None))
    except AnswerNotGenuine as error:
        raise AnswerNotGenuine(str(error), claims) from error


def _claims(body: bytes) -> dict[str, object]:
    if not body:
        return {}  # 204
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise AnswerNotGenuine("body is not a JSON object") from error
