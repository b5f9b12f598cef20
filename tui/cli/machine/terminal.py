"""Locale, terminal, fonts, and how Chinese is typed."""

import locale
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tui.cli.machine.finding import Finding, answer
from tui.kiosk.settings import Language
from tui.kiosk.terminal.console_font import drawn_characters, draws_chinese
from tui.kiosk.terminal.tty import LOWER_HALF_BLOCK, is_linux_console
from tui.kiosk.text import _

INPUT_METHODS = frozenset({"fcitx5", "fcitx", "ibus-daemon"})
"""Names of processes."""
OUTPUT = 1
WIDE_CODE = 111, 40
"""Columns and rows for a payment code of two cells a module."""


def findings(environment: Mapping[str, str], language: Language) -> Iterator[Finding]:
    """All of them, in the order in which they bear on each other."""
    yield character_set()
    yield terminal(environment)
    yield from fonts(environment, language)
    yield typing()


def character_set() -> Finding:
    """Whether the locale exists and is one of UTF-8."""
    fix = _("设置LANG=C.UTF-8；其他语言环境先安装（Debian：dpkg-reconfigure locales）。")
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        named = locale.setlocale(locale.LC_CTYPE, "")
        charset = locale.nl_langinfo(locale.CODESET)
    except locale.Error as error:
        return Finding("locale", ok=False, detail=str(error), fix=fix)
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    ok = charset == "UTF-8"
    return Finding("locale", ok, f"{named} ({charset})", "" if ok else fix)


def terminal(environment: Mapping[str, str]) -> Finding:
    """What the terminal calls itself, how many colours it says it has, and its size."""
    if not os.isatty(OUTPUT):
        return Finding("terminal", None, _("输出不是终端，请在办理所用的终端中检测"))
    named = environment.get("TERM", "")
    if named in ("", "dumb"):
        return Finding("terminal", ok=False, detail=f"TERM={named}", fix=_("改用有全屏界面的终端，或加 --linear。"))
    width, height = os.get_terminal_size(OUTPUT)
    detail = _("{name}，{colours}种颜色，{width}x{height}").format(
        name=named, colours=colours(environment), width=width, height=height
    )
    if width < 80 or height < 24:
        return Finding("terminal", ok=False, detail=detail, fix=_("放大窗口或缩小字号，至少80列24行。"))
    return Finding("terminal", ok=True, detail=detail)


def colours(environment: Mapping[str, str]) -> int:
    """As the environment tells, else the description of the terminal (terminfo(5)); 8 where there is none."""
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return 1 << 24
    said = answer(("tput", "-T", environment.get("TERM", ""), "colors"))
    return max(int(said), 2) if said and said.isdecimal() else 8


def fonts(environment: Mapping[str, str], language: Language) -> Iterator[Finding]:
    """What a console's font lacks, or whether fontconfig finds a Chinese one for a display here."""
    if os.isatty(OUTPUT) and is_linux_console(environment):
        yield from console_font(drawn_characters(OUTPUT), os.get_terminal_size(OUTPUT), language)
    elif environment.get("WAYLAND_DISPLAY") or environment.get("DISPLAY"):
        found = answer(("fc-list", ":lang=zh-cn", "file"))
        fix = _("安装中文字体（Debian：apt install fontconfig fonts-noto-cjk）。")
        told = found.partition("\n")[0].rstrip(": ") if found else _("没有中文字体")
        yield Finding("fonts", bool(found), told, "" if found else fix)
    else:
        yield Finding("fonts", None, _("本机没有图形显示，字体由对方的终端决定"))


def console_font(font: frozenset[int] | None, size: os.terminal_size, language: Language) -> Iterator[Finding]:
    """A Linux console's own: Chinese where it is spoken, half blocks where the code has no room without them."""
    if font is None:
        yield Finding("fonts", None, _("控制台没有说明它的字体"))
        return
    ok = language is Language.ENGLISH or bool(draws_chinese(font))
    fix = _(
        "Linux控制台没有中文字形，只能显示英文：英文足够时把[kiosk] language设为en，"
        "中文请用cage与foot（assets/deploy/counter）。"
    )
    yield Finding("fonts", ok, _("控制台字体"), "" if ok else fix)
    if LOWER_HALF_BLOCK not in font and not (size.columns >= WIDE_CODE[0] and size.lines >= WIDE_CODE[1]):
        fix = _("二维码放不下：apt install console-setup-linux kbd，再setfont FullGreek-VGA32x16。")
        yield Finding("fonts", ok=False, detail=_("控制台字体没有半格字符（▄）"), fix=fix)


def typing() -> Finding:
    """An input method that runs here, or the keyboard on the screen with its dictionary."""
    running = sorted(_processes() & INPUT_METHODS)
    if running:
        return Finding("typing", ok=True, detail=", ".join(running))
    from tui.kiosk.pinyin.dictionary import load

    try:
        load()
    except OSError as error:
        fix = _("重新安装程序，或安装输入法（Debian：apt install fcitx5 fcitx5-chinese-addons）。")
        return Finding("typing", ok=False, detail=str(error), fix=fix)
    return Finding("typing", ok=True, detail=_("屏幕键盘（拼音）；没有运行中的输入法"))


def _processes() -> set[str]:
    """The names of this machine's processes; none where there is no /proc."""
    names = set()
    for place in Path("/proc").glob("[0-9]*/comm"):
        try:
            names.add(place.read_text(errors="replace").strip())
        except OSError:  # it has ended
            continue
    return names
