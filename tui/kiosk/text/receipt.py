"""Words about the receipt's ways out."""

from tui.core.receipt import OutletKind, OutletTrouble
from tui.kiosk.text import N_, _

OFFERED = {OutletKind.PRINTER: N_("打印收据"), OutletKind.FOLDER: N_("保存收据")}
DELIVERED = {
    OutletKind.PRINTER: N_("收据已送到打印机，请取走。"),
    OutletKind.FOLDER: N_("收据已保存，个人信息已打码。"),
}
TROUBLE = {
    OutletTrouble.AWAY: N_("打印机没有响应，收据没有打印。续期已经完成，不受影响；可以请工作人员检查打印机后再试。"),
    OutletTrouble.PAPER_OUT: N_("打印机缺纸或上盖打开，收据没有打印。续期已经完成，不受影响；请工作人员装纸后再试。"),
    OutletTrouble.UNFIT: N_("本终端的打印设置有误，收据没有打印。续期已经完成，不受影响；请通知工作人员。"),
    OutletTrouble.FULL: N_("收据没有保存：文件夹不能写入。续期已经完成，不受影响；请通知工作人员。"),
}


def outlet_words(kind: OutletKind) -> str:
    """What the way out is called."""
    return _(OFFERED[kind])


def delivered_words(kind: OutletKind) -> str:
    """That it has arrived."""
    return _(DELIVERED[kind])


def trouble_words(trouble: OutletTrouble) -> str:
    """That it has not, and that nothing is lost."""
    return _(TROUBLE[trouble])
