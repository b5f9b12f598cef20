"""The desk's parts built from its settings: the only place that decides which adapter is used."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from tui.core.payment_method import PaymentMethod
from tui.desk.ca.registry import kind_of
from tui.desk.context import Desk
from tui.desk.invoices.files import InvoiceFiles
from tui.desk.notifications.sms import SmsGateway
from tui.desk.notifications.smtp import Mailer
from tui.desk.payments.gateway import PaymentGateway
from tui.desk.platforms.nuonuo.platform import NuonuoPlatform
from tui.desk.platforms.registry import PLATFORMS
from tui.desk.settings import DeskSettings
from tui.desk.settings_reader import SettingsError
from tui.process.clock import utc_now
from tui.process.output import unusable


def build(settings: DeskSettings, engine: Engine, clock: Callable[[], datetime] = utc_now) -> Desk:
    """Every part that the settings name.

    :raises SettingsError: a key or certificate file that the settings name cannot be used.
    """
    try:
        ca = kind_of(settings.ca).open(settings.ca, clock)
        gateways = _gateways(settings)
        tax = NuonuoPlatform(settings.invoices, clock) if settings.invoices else None
        mail = Mailer(settings.mail) if settings.mail else None
        sms = SmsGateway(settings.sms) if settings.sms else None
        files = _files(settings)
    except OSError as error:
        raise SettingsError(unusable(error)) from error
    except ValueError as error:
        raise SettingsError(str(error)) from error
    return Desk(
        settings=settings,
        engine=engine,
        ca=ca,
        gateways=gateways,
        tax=tax,
        mail=mail,
        sms=sms,
        clock=clock,
        files=files,
    )


def _gateways(settings: DeskSettings) -> dict[PaymentMethod, PaymentGateway]:
    tables = {method: getattr(settings.payments, method.value) for method in PLATFORMS}
    return {method: PLATFORMS[method].open(table) for method, table in tables.items() if table is not None}


def _files(settings: DeskSettings) -> InvoiceFiles | None:
    invoices = settings.invoices
    if invoices is None or not invoices.file_hosts:
        return None
    return InvoiceFiles(invoices.file_hosts, invoices.deadline, invoices.ca_file)
