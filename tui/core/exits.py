"""Exit codes: a contract with other people's scripts."""

from enum import IntEnum

from tui.core.failure import Failure, Place, Reason


class Exit(IntEnum):
    """What a command ends with; 128 + n when signal n ended it."""

    DONE = 0
    NOT_GENUINE = 1
    """`desk verify`: the message is forged, broken or not signed."""
    USAGE = 2
    """Wrong arguments, settings or answers; an extra is not installed; no terminal; no place for the result."""
    REFUSED = 3
    """A rule says no: expired, too early, wrong account, a form field, an application that ended."""
    TOKEN = 4
    """No token, wrong PIN, a driver's fault."""
    DESK = 5
    """The desk or the network, or the CA behind it."""
    PAYMENT = 6
    """The payment did not come about; `desk reconcile`: bill and records differ."""
    FAULT = 70
    """A fault in this program."""
    FROZEN = 75
    """The terminal stopped reading, or nobody answered, and the idle time was over (EX_TEMPFAIL of sysexits.h)."""


LEGEND = """\
退出码 / exit codes:
  0   完成 / done
  1   desk verify：报文不可信、没有签名或有歧义 / not genuine, not signed, or ambiguous
  2   参数、设置、终端或输出有误 / usage, settings, terminal, output
  3   按规则不能办理：已过期、未到续期时间、账号不符等 / refused by rule
  4   CA、CA密码或驱动有误 / token, PIN or driver
  5   服务端或网络不可用 / desk or network
  6   支付未成；desk reconcile：账单有差异 / payment; desk reconcile: there are differences
  70  程序故障 / internal fault
  75  终端停止显示或逐行问答无人回答，且已超时 / the terminal stopped reading, or nobody answered, for the idle time
  128+n  被信号 n 结束 / ended by signal n"""

_BY_PLACE = {
    Place.TOKEN: Exit.TOKEN,
    Place.CERTIFICATE: Exit.REFUSED,
    Place.ACCOUNT: Exit.REFUSED,
    Place.FORM: Exit.REFUSED,
    Place.APPLICATION: Exit.REFUSED,
    Place.PAYMENT: Exit.PAYMENT,
    Place.ISSUING: Exit.DESK,
    Place.DESK: Exit.DESK,
    Place.KIOSK: Exit.REFUSED,
}
_BY_REASON = {Reason.SETTINGS_WRONG: Exit.USAGE, Reason.KIOSK_FAULT: Exit.FAULT}


def exit_of(failure: Failure) -> Exit:
    """The code that a command ends with after this failure."""
    return _BY_REASON.get(failure.reason, _BY_PLACE[failure.reason.place])
