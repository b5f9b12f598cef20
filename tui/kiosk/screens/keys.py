"""Every function key of the program, each with one act; Esc is F3, and F1 leaves the help that it opened."""

from typing import Final

from tui.core.frozen import frozen
from tui.kiosk.text import LANGUAGE_NAMES, N_


@frozen
class Key:
    """One key of a screen: bound, shown in the key line, and clickable there."""

    key: str
    """Textual key names, separated by commas; the first one is shown."""
    label: str
    """Source Chinese."""
    action: str
    """The screen's `action_<name>`; `offers` says when it is there."""

    def called(self, label: str) -> "Key":
        """The same act in the words of one screen's button."""
        return Key(self.key, label, self.action)


HELP: Final = Key("f1", N_("帮助"), "help")
KEYBOARD: Final = Key("f2", N_("键盘"), "keyboard")
"""Shown where something can be typed."""
BACK: Final = Key("f3,escape", N_("返回"), "back")
CERTIFICATES: Final = Key("f4", N_("我的证书"), "certificates")
SELF_CHECK: Final = Key("f5", N_("环境检测"), "self_check")
RETRY: Final = Key("f6", N_("重试"), "retry")
"""Once more; offered while a failure is shown, if the screen knows no better."""
LANGUAGE: Final = Key("f7", LANGUAGE_NAMES, "language")
"""On the first screen of all that follows, on a translated text of that text alone."""
EARLIER: Final = Key("f8", N_("查看或继续上次续期"), "finish_paid")
CONTRAST: Final = Key("f9", N_("高对比度"), "contrast")
END: Final = Key("f10", N_("结束办理"), "end")
PHONE: Final = Key("f12", N_("演示付款"), "phone")
KEYS: Final = (HELP, KEYBOARD, BACK, CERTIFICATES, SELF_CHECK, RETRY, LANGUAGE, EARLIER, CONTRAST, END, PHONE)
"""What no key of these does has a button on its screen."""
