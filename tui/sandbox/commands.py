"""Run `ca-kiosk sandbox up`, `token`, `pay` and `fault`; heavy imports happen where they are used."""

from pathlib import Path
from typing import Literal

from tui.core.exits import Exit
from tui.process.output import out, say, unusable
from tui.process.paths import absolute
from tui.process.secret_files import open_to_others


def up(directory: Path) -> int:
    """Stay until SIGTERM, SIGINT or SIGHUP; one JSON line (`sandbox.json`'s content) tells that all is ready."""
    import msgspec

    from tui.sandbox.desk_process import DeskFailed
    from tui.sandbox.environment import Environment, EnvironmentFailed, until_signalled

    try:
        with until_signalled() as wait, Environment(directory) as environment:
            out(msgspec.json.encode(environment.addresses).decode())
            wait()
    except DeskFailed as error:
        return _say(error, Exit.DESK)
    except EnvironmentFailed as error:
        return _say(error, Exit.USAGE)
    except OSError as error:
        return _say(unusable(error), Exit.USAGE)
    return Exit.DONE


def token(
    directory: Path,
    module: Path,
    pin_file: Path,
    *,
    token_label: str | None = None,
    slot: int | None = None,
    days_left: int = 20,
    cn: str | None = None,
    key: Literal["rsa2048", "ec256"] = "rsa2048",
) -> int:
    """Make a key in the token and a certificate with `days_left` days left; prints its fingerprint."""
    from tui.process.pin_file import read_pin
    from tui.sandbox.files import COMPANY
    from tui.sandbox.provision import provision_token
    from tui.sandbox.token import TokenRefused

    try:
        if why := open_to_others(pin_file):
            return _say(why, Exit.USAGE)
        secret = read_pin(pin_file)  # which wipes what it revealed when it is let go
        pin = str(secret.reveal(), "utf-8")
        fingerprint = provision_token(
            absolute(directory),
            absolute(module),
            pin,
            token_label=token_label,
            slot=slot,
            days_left=days_left,
            cn=cn or COMPANY,
            key=key,
        )
    except TokenRefused as error:
        return _say(f"CA 不可用 / the token cannot be used: {error}", Exit.TOKEN)
    except UnicodeDecodeError:
        return _say(f"{pin_file}: 密码不是 UTF-8 / the PIN is not UTF-8", Exit.USAGE)
    except OSError as error:
        return _say(unusable(error), Exit.USAGE)
    out(fingerprint)
    return Exit.DONE


def pay(directory: Path, *, qr: str | None = None, business_no: str | None = None) -> int:
    """Pay a code, or the code that the desk shows now for an application; says on stderr what went wrong on command."""
    from tui.desk.settings_reader import SettingsError
    from tui.sandbox.faults import ABOUT
    from tui.sandbox.wallet import WalletRefused, pay_application
    from tui.sandbox.wallet import pay as pay_code

    try:
        if qr is not None:
            played = pay_code(directory, qr)
        elif business_no is not None:
            played = pay_application(directory, business_no)
        else:
            return _say("须给出 --qr 或业务单号 / --qr or BUSINESS_NO is needed", Exit.USAGE)
    except WalletRefused as error:
        return _say(f"付款没有成功 / not paid: {error}", Exit.PAYMENT)
    except SettingsError as error:
        return _say(error, Exit.USAGE)
    except OSError as error:
        return _say(unusable(error), Exit.USAGE)
    for fault in played:
        _say(f"{fault}: {ABOUT[fault]}", Exit.DONE)
    return Exit.DONE


def fault(directory: Path, name: str, *, channel: str | None = None, count: int = 1) -> int:
    """Arm a fault at the platforms that can play it, or end all; prints as JSON what is armed at each."""
    import msgspec

    from tui.sandbox.faults import CHANNELS, CLEAR, Fault, channels_of
    from tui.sandbox.wallet import WalletRefused, arm

    able = CHANNELS if name == CLEAR else channels_of(Fault(name))
    asked = able if channel is None else (channel,)
    if not set(asked) <= set(able):
        told = ", ".join(able)
        return _say(f"{name}: 能演示它的渠道只有 {told} / is played by {told} alone", Exit.USAGE)
    try:
        armed = {one: arm(directory, one, name, count) for one in asked}
    except WalletRefused as error:
        return _say(f"没有设好 / not armed: {error}", Exit.PAYMENT)
    except OSError as error:
        return _say(unusable(error), Exit.USAGE)
    out(msgspec.json.encode(armed).decode())
    return Exit.DONE


def _say(what: Exception | str, code: Exit) -> int:
    say(what)
    return code
