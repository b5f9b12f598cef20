"""What the desk says in Chinese, for whoever reads English: marked as a translation, with the Chinese in reach."""

from typing import TYPE_CHECKING

from tui.core.order import FEE_NAME
from tui.core.text_safety import printable
from tui.kiosk.text import N_, _, language

if TYPE_CHECKING:
    from tui.core.order import Document, ServiceStatus

MARK = N_("以下是译文，仅供参考；以中文文本为准，SHA-256也是中文文本的。")
LACKING = N_("这份文本只有中文。")
FEE_ITEM = N_("证书服务费用")
assert FEE_ITEM == FEE_NAME  # noqa: S101 - the catalogue takes literals alone


def is_translated(document: "Document | None") -> bool:
    """Whether there is a translation for the language that is spoken."""
    return language() == "en" and document is not None and bool(document.english)


def reading(document: "Document", *, original: bool = False) -> str:
    """The text to be read, unsafe as it came: the translation under its mark, or the `original`."""
    if language() == "zh" or (original and document.english):
        return document.text
    return f"{_(MARK)}\n\n{document.english}" if document.english else f"{_(LACKING)}\n\n{document.text}"


def english_name(name: str, service: "ServiceStatus | None") -> str:
    """The English of a payee or fee item, by the desk or as it ships; empty where it has none, or in Chinese."""
    if language() == "zh":
        return ""
    told = dict(service.english) if service else {}
    return printable(told.get(name, ""), 60) or (_(FEE_ITEM) if name == FEE_NAME else "")
