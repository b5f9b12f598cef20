"""`ca-kiosk certs export`: one certificate into a file; nothing but what is public leaves the token."""

from pathlib import Path

from tui.cli.certs.held import Held, held, named
from tui.core.certificate import Certificate
from tui.core.exits import Exit
from tui.core.text_safety import printable
from tui.kiosk.certificate_file import DER_SUFFIXES, PEM_SUFFIXES, write_new
from tui.kiosk.text import _
from tui.kiosk.text.dates import moment
from tui.process.output import say


def export(file: Path, fingerprint: str, config: Path | None, module: Path | None) -> int:
    """Write it; a file that exists already stays as it is."""
    suffix = file.suffix.lower()
    if suffix not in (*PEM_SUFFIXES, *DER_SUFFIXES):
        say(_("文件名须以.pem、.crt（PEM）或.der、.cer（DER）结尾。"))
        return Exit.USAGE
    found = held(config, module)
    chosen = _distinct(named(found, fingerprint))
    if len(chosen) != 1:
        say(_("请用--fingerprint指明一张证书：") if found else _("没有找到证书。"))
        for each in _distinct(found):
            say(f"{each.fingerprint}  {printable(each.name, 60)}  {moment(each.not_after)}")
        return Exit.USAGE if found else Exit.TOKEN
    try:
        write_new(file, chosen[0].der)
    except OSError as error:
        say(_("不能写入{file}：{error}").format(file=file, error=error.strerror or ""))
        return Exit.USAGE
    return Exit.DONE


def _distinct(found: tuple[Held, ...]) -> list[Certificate]:
    """Each certificate once, however many tokens hold a copy."""
    return list({certificate.fingerprint: certificate for _token, certificate in found}.values())
