"""Words about a PIN that is to come into force."""

from tui.core.pin_rules import PinFlaw, PinRule
from tui.kiosk.text import N_, _

FLAWS = {
    PinFlaw.TOO_SHORT: N_("新密码太短。"),
    PinFlaw.TOO_LONG: N_("新密码太长。"),
    PinFlaw.UNTYPABLE: N_("新密码只能用键盘上的数字、字母和符号，不能有空格。"),
    PinFlaw.ONE_CHARACTER: N_("新密码不能全是同一个字符。"),
    PinFlaw.SEQUENCE: N_("新密码不能是123456这样连续的。"),
    PinFlaw.UNCHANGED: N_("新密码与原密码相同。"),
    PinFlaw.DIFFERENT: N_("两次输入的新密码不一致。"),
}


def rule_words(rule: PinRule) -> str:
    """The rule, said before anything is typed."""
    if rule.longest and rule.longest < MUCH:
        words = _("新密码{shortest}至{longest}位，不能全是同一个字符，也不能是123456这样连续的。")
    else:
        words = _("新密码至少{shortest}位，不能全是同一个字符，也不能是123456这样连续的。")
    return words.format(shortest=rule.shortest, longest=rule.longest)


MUCH = 64
"""A longest length from which on nobody needs to be told."""
