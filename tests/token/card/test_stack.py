"""The virtual card in pcscd and OpenSC, seen with their own tools."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tests.harness.token.support import PATIENCE, openssl
from tests.rig.card.apdu import Status
from tests.rig.card.manners import Pull, UnrulyCard
from tests.rig.card.pcscd import MODULE, Reader, private_pcscd
from tests.rig.card.provision import KEY_ID, LABEL, PIN, PUK, Shelf
from tests.rig.open_files import open_files
from tests.rig.softhsm import KeyKind, issue, subject

CREATE_FILE = 0xE0
KINDS: dict[KeyKind, str] = {
    "rsa2048": "rsa:2048",
    "rsa3072": "rsa:3072",
    "ec256": "EC:prime256v1",
    "ec384": "EC:secp384r1",
}
"""Kind to what `pkcs11-tool --key-type` calls it."""


def pkcs11(reader: Reader, *arguments: str) -> str:
    """What `pkcs11-tool` prints."""
    return reader.run("pkcs11-tool", "--module", str(MODULE), *arguments)


def signed_in(reader: Reader, *arguments: str, pin: str = PIN) -> str:
    """What `pkcs11-tool` prints after login."""
    return pkcs11(reader, "--login", "--pin", pin, *arguments)


def refused(reader: Reader, *arguments: str, pin: str = PIN) -> str:
    """The CKR_ name with which `pkcs11-tool` fails after or at login."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        signed_in(reader, *arguments, pin=pin)
    return _reason(str(caught.value.stderr))


def _reason(printed: str) -> str:
    return next(line for line in printed.splitlines() if "CKR_" in line).split("CKR_")[1].split(" ")[0]


def generate(kind: KeyKind, key_id: str = "02") -> tuple[str, ...]:
    """Arguments that make `pkcs11-tool` generate a pair."""
    return "--keypairgen", "--key-type", KINDS[kind], "--id", key_id, "--label", "new", "--usage-sign"


def key_files(card: UnrulyCard) -> list[dict[int, int]]:
    """The numbers in each key file of the card."""
    return [file.components for file in card.card.state.root.walk() if file.is_key]


def until(condition: Callable[[], bool]) -> None:
    """Ask again until it is so; pcscd looks at its reader every 0.4 seconds and tells nobody when."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline


def flags(reader: Reader) -> set[str]:
    """What a new process reads of the token's PIN."""
    (line,) = re.findall(r"token flags +: (.*)", pkcs11(reader, "--list-slots"))
    return {"final user PIN try", "user PIN locked", "user PIN count low"} & set(line.split(", "))


def object_counts(reader: Reader) -> tuple[int, ...]:
    """Private keys, public keys, certificates."""
    listed = signed_in(reader, "--list-objects")
    return tuple(listed.count(f"{kind} Object") for kind in ("Private Key", "Public Key", "Certificate"))


def test_what_is_listed(reader: Reader, shelf: Shelf) -> None:
    card, certificate = shelf.take("rsa2048")
    with reader.holding(card):
        slots = pkcs11(reader, "--list-slots")
        assert re.search(r"^  token label +: 测试供应商$", slots, re.MULTILINE)
        assert slots.count("(empty)") == 1
        assert object_counts(reader) == (1, 1, 1)
        assert "MyEID 4.5.5" in reader.run("opensc-tool", "--name")
        assert "测试供应商有限公司" in reader.run("pkcs15-tool", "--dump")
        pem = reader.run("pkcs15-tool", "--read-certificate", KEY_ID)
        assert x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER) == certificate


@pytest.mark.parametrize("kind", KINDS)
def test_the_provisioned_key_signs(reader: Reader, shelf: Shelf, tmp_path: Path, kind: KeyKind) -> None:
    card, certificate = shelf.take(kind)
    with reader.holding(card):
        _sign_and_verify(reader, tmp_path, kind, KEY_ID, x509.load_der_x509_certificate(certificate).public_key())


@pytest.mark.parametrize("kind", KINDS)
def test_a_generated_key_signs(reader: Reader, shelf: Shelf, tmp_path: Path, kind: KeyKind) -> None:
    card, _ = shelf.take(kind)
    with reader.holding(card):
        signed_in(reader, *generate(kind))
        assert object_counts(reader) == (2, 2, 1)
        public = load_pem_public_key(reader.run("pkcs15-tool", "--read-public-key", "02").encode())
        assert public == shelf.key(kind).public_key()
        _sign_and_verify(reader, tmp_path, kind, "02", public)


@pytest.mark.parametrize("kind", ["rsa2048", "ec256", "ec384"])
def test_a_card_makes_keys_of_its_own(reader: Reader, shelf: Shelf, kind: KeyKind) -> None:
    card, _ = shelf.take(kind)
    card.manners.ready_keys.clear()
    with reader.holding(card):
        signed_in(reader, *generate(kind))
        signed_in(reader, *generate(kind, "03"))
        assert object_counts(reader) == (3, 3, 1)
    numbers = [frozenset(key.values()) for key in key_files(card)]
    assert len(set(numbers)) == 3


def _sign_and_verify(reader: Reader, folder: Path, kind: KeyKind, key_id: str, public: PublicKeyTypes) -> None:
    (folder / "data").write_bytes(b"data")
    (folder / "pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    how = ("SHA256-RSA-PKCS",) if kind.startswith("rsa") else ("ECDSA-SHA256", "--signature-format", "openssl")
    files = "--input-file", str(folder / "data"), "--output-file", str(folder / "signature")
    signed_in(reader, "--sign", "--id", key_id, *files, "--mechanism", *how)
    openssl("dgst", "-sha256", "-verify", "pem", "-signature", "signature", "data", folder=folder)


def test_a_certificate_is_written_and_read_back(reader: Reader, shelf: Shelf, tmp_path: Path) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        signed_in(reader, *generate("ec256"))
        public = shelf.key("ec256").public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        written = issue(shelf.ca, subject("新证书"), public)
        (tmp_path / "written").write_bytes(written)
        what = "--type", "cert", "--id", "02"
        signed_in(reader, "--write-object", str(tmp_path / "written"), *what, "--label", "新证书")
        pkcs11(reader, "--read-object", *what, "--output-file", str(tmp_path / "read"))
        assert (tmp_path / "read").read_bytes() == written
        assert object_counts(reader) == (2, 2, 2)


def test_wrong_pins_count_down_to_the_lock(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        assert refused(reader, "--list-objects", pin="12") == "PIN_LEN_RANGE"
        seen = [(flags(reader), refused(reader, "--list-objects", pin="000000")) for _ in range(3)]
        assert seen == [
            (set(), "PIN_INCORRECT"),
            (set(), "PIN_INCORRECT"),
            ({"final user PIN try"}, "PIN_INCORRECT"),
        ]
        assert flags(reader) == {"user PIN locked"}
        assert refused(reader, "--list-objects") == "PIN_LOCKED"
        reader.run("pkcs15-tool", "--unblock-pin", "--auth-id", "01", "--puk", PUK, "--new-pin", "654321")
        assert flags(reader) == set()
        assert refused(reader, "--list-objects") == "PIN_INCORRECT"
        assert signed_in(reader, "--list-objects", pin="654321")


def test_the_right_pin_gives_the_tries_back(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        for _ in range(2):
            refused(reader, "--list-objects", pin="000000")
        assert signed_in(reader, "--list-objects")
        assert flags(reader) == set()
        assert card.card.state.pins[1].left == 3


def test_a_full_card_says_so(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("rsa2048")
    card.card.state.capacity -= card.card.state.room
    with reader.holding(card):
        assert refused(reader, *generate("rsa2048")) == "DEVICE_MEMORY"
        assert object_counts(reader) == (1, 1, 1)


def test_what_is_pulled_and_plugged_is_seen(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        reader.slots[0].pull()
        until(lambda: pkcs11(reader, "--list-slots").count("(empty)") == 2)
        reader.slots[1].plug(card)
        reader.await_card(1)
        assert LABEL in pkcs11(reader, "--list-slots")
        reader.slots[1].pull()


def test_pulled_while_it_makes_a_key(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("rsa2048")
    card.manners.generation = 60.0
    with reader.holding(card):
        environment = {**os.environ, **dict(reader.environment)}
        command = "pkcs11-tool", "--module", str(MODULE), "--login", "--pin", PIN, *generate("rsa2048")
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as tool:
            assert card.generating.wait(PATIENCE)
            reader.slots[0].pull()
            _, printed = tool.communicate(timeout=PATIENCE)
        assert tool.returncode
        assert _reason(printed) == "GENERAL_ERROR"
    assert sorted(map(len, key_files(card))) == [0, 7]
    card.manners.generation = 0.0
    with reader.holding(card):
        assert object_counts(reader) == (1, 1, 1)
        signed_in(reader, *generate("rsa2048"))
        assert object_counts(reader) == (2, 2, 1)


@pytest.mark.parametrize("takes_effect", [False, True])
def test_pulled_at_a_chosen_command_and_back(reader: Reader, shelf: Shelf, takes_effect: bool) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        card.arm(Pull(1, instruction=CREATE_FILE, takes_effect=takes_effect, returns_after=0.0))
        assert refused(reader, *generate("ec256")) == "GENERAL_ERROR"
        assert len(key_files(card)) == (2 if takes_effect else 1)
        reader.await_card()
        assert object_counts(reader) == (1, 1, 1)


def test_the_log_tells_commands_and_no_pin(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        before = card.count
        signed_in(reader, "--list-objects")
        listed = card.log[before:]
    assert card.count > before
    assert any(line == "0020000108" + "*" * 16 + " > 9000" for line in listed)
    assert PIN.encode().hex() not in "".join(card.log)


def test_what_needs_a_pin_needs_it(shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    card.power_on()
    assert card.transmit(bytes.fromhex("00A4080C 04 5015 4403"))[-2:] == Status.OK.to_bytes(2)
    assert card.transmit(bytes.fromhex("00B00000 01"))[-2:] == Status.OK.to_bytes(2)
    update = bytes.fromhex("00D60000 01 30")
    assert card.transmit(update) == Status.NOT_AUTHORISED.to_bytes(2)
    verify = bytes.fromhex("00200001 08") + PIN.encode().ljust(8, b"\xff")
    assert card.transmit(verify) == Status.OK.to_bytes(2)
    assert card.transmit(update) == Status.OK.to_bytes(2)
    card.power_on()
    card.transmit(bytes.fromhex("00A4080C 04 5015 4403"))
    assert card.transmit(update) == Status.NOT_AUTHORISED.to_bytes(2)


def test_two_daemons_do_not_meet(reader: Reader, shelf: Shelf) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card), private_pcscd() as other:
        assert pkcs11(other, "--list-slots").count("(empty)") == 2
        assert pkcs11(reader, "--list-slots").count("(empty)") == 1


def test_nothing_is_written_at_home(reader: Reader, shelf: Shelf, tmp_path: Path) -> None:
    card, _ = shelf.take("ec256")
    with reader.holding(card):
        reader.run("env", f"HOME={tmp_path}", "pkcs11-tool", "--module", str(MODULE), "--list-objects")
    assert list(tmp_path.iterdir()) == []


def test_the_daemon_ends_with_the_program() -> None:
    program = """
import os
from tests.rig.card.pcscd import private_pcscd
with private_pcscd() as reader:
    print(reader.daemon, reader.directory, flush=True)
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, check=False, text=True)
    assert done.returncode == -signal.SIGKILL
    daemon, directory = done.stdout.split()
    until(lambda: not Path(f"/proc/{daemon}/exe").exists())
    shutil.rmtree(directory)


def test_it_listens_on_no_network(reader: Reader) -> None:
    sockets = open_files(reader.daemon)
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/{reader.daemon}/net/{table}").read_text().splitlines()[1:]
        assert not {f"socket:[{row.split()[9]}]" for row in rows} & sockets
