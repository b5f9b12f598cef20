"""Tell, before anything more is asked of the person, whether the window has room for the payment code."""

from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen

from tui.core.failure import Money
from tui.kiosk.text import _
from tui.kiosk.text.labels import label
from tui.kiosk.widgets.qr import LOWER_HALF, QrCode, fitting, smallest, too_small
from tui.kiosk.widgets.words import Words

PANEL = 37
"""Least columns of the panel beside the code."""
FRAME = 3
"""Rows of title, rail and keys around the QR screen's body."""
USUAL = 33
"""Modules of one side of either platform's codes: version 4 at level M."""


def room(window: Size) -> Size:
    """The cells that the QR screen leaves to the code in this window."""
    return window - Size(PANEL, FRAME)


def least_window(half_blocks: bool) -> Size:
    """The smallest window whose QR screen shows a usual code."""
    return smallest(USUAL, half_blocks).size + Size(PANEL, FRAME)


class CodeRoom(Words):
    """Stands above the way to the code: hidden where the window will show one, else what is wrong and what helps."""

    class Changed(Message):
        """The window was resized, and `fits` is another."""

    def __init__(self, *, sample: bool = False) -> None:
        """With `sample`, show the glyph of which nobody knows whether the font has it."""
        super().__init__(id="code-room")
        self._sample = sample
        self._money = Money.NOT_TOUCHED
        self._said: tuple[Size, Money] | None = None
        self.fits = True
        """Whether a code would be shown in the window as it now is."""

    def on_mount(self) -> None:
        """A window's resizing is noticed while this is hidden, too."""
        self.screen.screen_layout_refresh_signal.subscribe(self, self._laid_out)

    def show(self, money: Money) -> None:
        """Look at the window; `money` is what can be said of it."""
        self._money = money
        window = self.app.size
        if (window, money) == self._said:
            return
        self._said = window, money
        drawing = fitting(USUAL, room(window), QrCode.half_blocks)
        self.fits = drawing is not None
        doubtful = self._sample and drawing is not None and not drawing.wide and QrCode.doubtful
        self.display = doubtful or not self.fits
        self.set_class(not self.fits, "-lacking")
        self.update(_sample() if doubtful else Content("") if self.fits else _lacking(window, money))

    def _laid_out(self, screen: Screen[object]) -> None:
        if self._said is not None:
            before = self.fits
            self.show(self._money)
            if self.fits is not before:
                self.post_message(self.Changed())


def _lacking(window: Size, money: Money) -> Content:
    """How large the window must be, why, and the way that is always open."""
    sentences = [" ".join(too_small(window, least_window(QrCode.half_blocks)))]
    if not QrCode.half_blocks and fitting(USUAL, room(window), half_blocks=True):
        sentences.append(_("这台终端没有可用的半块字符（U+2584），二维码要画得大一倍。"))
    elsewhere = _("也可以按F10结束办理，在另一台终端继续付款：申请已保存在续期服务中。")
    return Content("\n").join(map(Content, (*sentences, f"{elsewhere}{label(money)}")))


def _sample() -> Content:
    """A terminal whose font nobody knows: the person looks."""
    wide = least_window(half_blocks=False)
    question = _("右边是两个上白下黑的方块吗？ ")
    otherwise = _("如果不是，这里的字体显示不了二维码：请放大到{columns}列{rows}行，或在另一台终端付款。")
    blocks = (LOWER_HALF * 2, "#000000 on #ffffff")
    return Content.assemble(question, blocks, "\n", otherwise.format(columns=wide.width, rows=wide.height))
