"""Desks in processes of their own, on one database, with the sandbox's platforms."""

import hashlib
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Engine

from tests.harness.desk.town import Person
from tui.desk.renewals.accounts import bind_certificate
from tui.sandbox.environment import Environment
from tui.sandbox.files import ACCOUNT, PASSWORD
from tui.sandbox.provision import issue

_PATIENCE = 60.0


@dataclass(slots=True)
class Served:
    """One desk process."""

    config: Path
    process: "subprocess.Popen[str]"
    url: str


@contextmanager
def serving(config: Path) -> Iterator[Served]:
    """`desk serve` until the block ends."""
    with (config.parent / f"{config.stem}.log").open("a") as log:
        command = [sys.executable, "-m", "tui", "desk", "serve", "--config", str(config)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True)
    assert process.stderr is not None
    url = process.stderr.readline().strip()
    drain = threading.Thread(target=process.stderr.read, daemon=True)
    drain.start()
    try:
        yield Served(config, process, url)
    finally:
        process.terminate()
        process.wait(_PATIENCE)
        drain.join()
        process.stderr.close()


def configured(town: Environment, database: str, name: str, *lines: str) -> Path:
    """The sandbox's desk.toml with this database, a name of its own and more lines in [desk], on a free port."""
    text = (town.directory / "desk.toml").read_text()
    mine = "\n".join((f'database = "{database}"', f'executor = "{name}"', *lines))
    text = re.sub(r"^database = .*$", mine, text, flags=re.MULTILINE)
    text = re.sub(r"^port = \d+$", "port = 0", text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^public_url = .*\n", "", text, flags=re.MULTILINE)
    config = town.directory / f"{name}.toml"
    config.write_text(text)
    config.chmod(0o600)
    return config


def client_of(town: Environment, url: str) -> httpx.Client:
    """Somebody who talks to this desk."""
    tls = ssl.create_default_context(cafile=town.addresses.ca_file)
    return httpx.Client(base_url=url, verify=tls, trust_env=False, timeout=20)


def arrive(town: Environment, engine: Engine, url: str, ending: ExitStack) -> Person:
    """Somebody whose certificate ends in 20 days, signed in at this desk."""
    old, new = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    der = issue(town.directory / "ca", old.public_key(), "张三", 20).public_bytes(Encoding.DER)
    bind_certificate(engine, ACCOUNT, hashlib.sha256(der).hexdigest())
    client = ending.enter_context(client_of(town, url))
    return Person(cast(Any, client), old, der, new).sign_in(ACCOUNT, PASSWORD)
