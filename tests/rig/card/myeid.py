"""A MyEID 4.5 card as OpenSC's driver knows it: files, PINs, keys, signatures."""

import copy
import secrets
from collections.abc import Callable

from tests.rig.card import keys
from tests.rig.card.apdu import Command, Refused, Status, tlvs
from tests.rig.card.files import File, Kind, Right
from tests.rig.card.folders import Selection
from tests.rig.card.pins import SIZE, PinRecord
from tests.rig.card.state import CardState

VERSION = bytes((4, 5, 5))
_CAPABILITIES = bytes.fromhex("01 0009 1000 0000 0000 0180")
"""Version, RSA and ECC, longest RSA, DES, AES and ECC key in bits."""
_ERASE, _INFORMATION, _FILE_LIST, _CAPABILITY_LIST = 0xE0, 0xA0, 0xA1, 0xAA
_LAST_PIN = 14
_WRITING = {0x46, 0xD6, 0xDA, 0xE0, 0xE4}
"""Instructions that the card counts as changes."""

KeySource = Callable[[Kind, int], keys.PrivateKey]
"""Makes a key of this kind and size in bits."""


class MyEid:
    """The card: `port.Card`, prompt and obedient."""

    def __init__(self, state: CardState | None = None, make_key: KeySource = keys.generate) -> None:
        self.state = state or CardState()
        self._make_key = make_key
        self._chain = self._waiting = b""
        self._actions: dict[int, Callable[[Command], bytes]] = {
            0x20: self._verify,
            0x22: self._set_environment,
            0x24: self._change_pin,
            0x2A: self._sign,
            0x2C: self._unblock_pin,
            0x2E: self._log_out,
            0x44: self._activate,
            0x46: self._generate,
            0x84: lambda command: secrets.token_bytes(command.le),
            0xA4: lambda command: self._selection.select(command),  # noqa: PLW0108 - each reset makes a new one
            0xB0: lambda command: self._selection.read(command),  # noqa: PLW0108
            0xC0: lambda _: self._waiting,
            0xCA: self._get_data,
            0xD6: lambda command: self._selection.update(command),  # noqa: PLW0108
            0xDA: self._put_data,
            0xE0: lambda command: self._selection.create(command),  # noqa: PLW0108
            0xE4: lambda command: self._selection.delete(command),  # noqa: PLW0108
        }
        self._reset()

    @property
    def atr(self) -> bytes:
        """T=1 and the historical bytes by which OpenSC knows the card."""
        content = b"\x85\x01MyEID"
        check = 0
        for byte in content:
            check ^= byte
        return b"\x3b" + content + bytes([check])

    def snapshot(self) -> CardState:
        """A copy of everything that the card keeps."""
        return copy.deepcopy(self.state)

    @property
    def logged_in(self) -> frozenset[int]:
        """References of the PINs that are verified."""
        return frozenset(self._selection.verified)

    def power_on(self) -> bytes:
        """Reset."""
        self._reset()
        return self.atr

    def power_off(self) -> None:
        """Nobody is logged in any more."""
        self._reset()

    def transmit(self, apdu: bytes) -> bytes:
        """Carry out a command."""
        try:
            command = Command.parse(apdu)
            self._chain += command.data
            if command.chained:
                return Status.OK.to_bytes(2)
            command, self._chain = command.with_data(self._chain), b""
            if command.ins not in self._actions:
                raise Refused(Status.WRONG_INSTRUCTION)
            data = self._actions[command.ins](command)
            self.state.changes += command.ins in _WRITING
            return self._answer(data, command.le)
        except Refused as refused:
            self._chain = b""
            return refused.reply

    def _reset(self) -> None:
        self._selection = Selection(self.state)
        self._chain = b""
        self._waiting = b""
        self._algorithm = keys.RAW
        self._signer: File | None = None

    def _answer(self, data: bytes, le: int) -> bytes:
        """Up to 256 bytes; the rest waits for GET RESPONSE."""
        self._waiting = data[256:]
        if self._waiting and le:
            return data[:256] + (Status.MORE_DATA + min(len(self._waiting), 256) % 256).to_bytes(2)
        return data[:le] + Status.OK.to_bytes(2)

    def _pin(self, command: Command) -> PinRecord:
        if command.p2 not in self.state.pins:
            raise Refused(Status.DATA_NOT_FOUND)
        return self.state.pins[command.p2]

    def _verify(self, command: Command) -> bytes:
        record = self._pin(command)
        if command.data:
            self._check_pin(command.p2, record, command.data)
        elif command.p2 not in self._selection.verified:
            raise Refused(record.state())
        return b""

    def _check_pin(self, reference: int, record: PinRecord, value: bytes) -> None:
        self._selection.verified.discard(reference)
        record.check(value)
        self._selection.verified.add(reference)

    def _change_pin(self, command: Command) -> bytes:
        old, new = _two_pins(command)
        record = self._pin(command)
        self._check_pin(command.p2, record, old)
        record.value = new
        return b""

    def _unblock_pin(self, command: Command) -> bytes:
        self._pin(command).unblock(*_two_pins(command))
        return b""

    def _log_out(self, command: Command) -> bytes:
        self._selection.verified -= {command.p2} if command.p2 else set(self.state.pins)
        return b""

    def _generate(self, command: Command) -> bytes:
        file = self._selection.key(Right.GENERATE)
        file.components = keys.components(self._make_key(file.kind, file.size))
        return b""

    def _set_environment(self, command: Command) -> bytes:
        fields = dict(tlvs(command.data))
        self._algorithm = int.from_bytes(fields.get(0x80, b""))
        self._signer = self._selection.find(int.from_bytes(fields[0x81])) if 0x81 in fields else None
        return b""

    def _sign(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0x9E, 0x9A):
            raise Refused(Status.WRONG_P1_P2)
        file = self._signer or self._selection.file
        if not file.is_key:
            raise Refused(Status.NOT_THIS_FILE)
        self._selection.require(file, Right.USE)
        return keys.sign(file, self._algorithm, command.data)

    def _activate(self, command: Command) -> bytes:
        self.state.activated = True
        return b""

    def _get_data(self, command: Command) -> bytes:
        if command.p1 != 0x01:
            raise Refused(Status.WRONG_P1_P2)
        if command.p2 == _INFORMATION:
            return b"MyEID" + VERSION + self.state.serial + (self.state.changes & 0xFFFF).to_bytes(2)
        if command.p2 == _FILE_LIST:
            return self._selection.list_files()
        if command.p2 == _CAPABILITY_LIST:
            return _CAPABILITIES
        return keys.public_value(self._selection.file, command.p2)

    def _put_data(self, command: Command) -> bytes:
        """Erase the card, add a PIN, or load one number of the selected key."""
        what, data = command.p2, command.data
        if command.p1 != 0x01:
            raise Refused(Status.WRONG_P1_P2)
        if what == _ERASE:
            self._selection.require(self.state.root, Right.DELETE)
            self.state.erase(data[2:8])
            self._reset()
        elif 1 <= what <= _LAST_PIN:
            if self.state.activated:
                raise Refused(Status.NOT_AUTHORISED)
            self.state.pins[what] = PinRecord.described(data)
        else:
            self._selection.key(Right.UPDATE).components[what] = int.from_bytes(data)
        return b""


def _two_pins(command: Command) -> tuple[bytes, bytes]:
    if len(command.data) != 2 * SIZE:
        raise Refused(Status.WRONG_LENGTH)
    return command.data[:SIZE], command.data[SIZE:]
