"""One client's socket: requests in, answers out."""

import itertools
import socket
import struct
from contextlib import suppress

from tests.rig.pcsc import messages
from tests.rig.pcsc.connections import Connections
from tests.rig.pcsc.messages import BODIES, HEADER, LONGEST_APDU, WAIT, Code, Command, Disposition
from tests.rig.pcsc.reader import Refused
from tests.rig.pcsc.readers import Readers

_contexts = itertools.count(0x20001)


class _Hostile(Exception):  # noqa: N818 - the client is dropped
    """A request that no libpcsclite sends."""


class Client:
    """A connection from libpcsclite, which opens one for each SCARDCONTEXT and one for each SCardCancel."""

    def __init__(self, connection: socket.socket, readers: Readers, connections: Connections) -> None:
        self._socket = connection
        self._readers = readers
        self._connections = connections
        self._version = messages.VERSIONS[0]
        self._wants_to_wait = False
        """It takes the table next; registered before, it might take the news of a change for the table's size."""
        self._context = 0
        self._handles: list[int] = []

    def serve(self) -> None:
        """Answer until the other side goes or `drop` is called."""
        with self._socket, suppress(OSError, EOFError, _Hostile):
            while True:
                length, number = HEADER.unpack(self._receive(HEADER.size))
                try:
                    command = Command(number)
                    form = BODIES[command]
                except (ValueError, KeyError) as error:
                    raise _Hostile from error
                if length != form.size:
                    raise _Hostile
                self._answer(command, form, list(form.unpack(self._receive(length))))
        self._release()

    def drop(self) -> None:
        """End the connection."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _tell(self, code: Code) -> None:
        with suppress(OSError):
            self._socket.sendall(WAIT.pack(0, code))

    def _answer(self, command: Command, form: struct.Struct, fields: list[int | bytes]) -> None:
        match command:
            case Command.GET_READERS_STATE:
                self._socket.sendall(self._readers.described())
            case Command.GET_READERS_STATE_SIZE:
                self._socket.sendall(messages.SIZE.pack(messages.MAX_READERS))
            case Command.WAIT_READER_STATE_CHANGE if self._version >= messages.LATE_TABLE:
                self._wants_to_wait = True
            case Command.GET_READERS_STATE_ARRAY if not self._wants_to_wait:
                self._socket.sendall(self._readers.described())
            case Command.WAIT_READER_STATE_CHANGE | Command.GET_READERS_STATE_ARRAY:
                self._wants_to_wait = False
                self._readers.wait(self._context, self._socket.sendall, self._tell)
            case Command.STOP_WAITING_READER_STATE_CHANGE:
                # No answer when it was told of a change just now: it takes that for the answer.
                self._readers.stop_waiting(self._context, Code.SUCCESS)
            case Command.GET_READER_EVENTS:
                self._readers.show_events(self._socket.sendall)
            case _:
                reply, code = b"", Code.SUCCESS
                try:
                    reply = self._carry_out(command, fields)
                except Refused as refused:
                    code = refused.code
                fields[-1] = code
                self._socket.sendall(form.pack(*fields) + reply)

    def _carry_out(self, command: Command, fields: list[int | bytes]) -> bytes:
        """Fill the answer's fields in, and return what follows them; raise Refused."""
        match command, fields:
            case Command.VERSION, [int(major), int(minor), _]:
                if (major, minor) not in messages.VERSIONS:
                    fields[:2] = messages.VERSIONS[-1]
                    raise Refused(Code.SERVICE_STOPPED)
                self._version = major, minor
            case Command.ESTABLISH_CONTEXT, _:
                fields[1] = self._context = next(_contexts)
            case Command.RELEASE_CONTEXT, [context, _]:
                if context != self._context:
                    raise Refused(Code.INVALID_VALUE)
                self._release()
            case Command.CANCEL, [int(context), _]:
                if not self._readers.stop_waiting(context, Code.CANCELLED):
                    raise Refused(Code.INVALID_HANDLE)
            case Command.CONNECT, [_, bytes(name), int(share), int(protocols), _, _, _]:
                handle, protocol = self._connections.connect(name.split(b"\0")[0].decode(), share, protocols)
                self._handles.append(handle)
                fields[4:6] = handle, protocol
            case _, [int(handle), *_]:
                if handle not in self._handles:
                    raise _Hostile
                return self._carry_out_on(handle, command, fields)
        return b""

    def _carry_out_on(self, handle: int, command: Command, fields: list[int | bytes]) -> bytes:
        match command, fields:
            case Command.RECONNECT, [_, int(share), int(protocols), int(what), _, _]:
                fields[4] = self._connections.reconnect(handle, share, protocols, Disposition(what))
            case Command.DISCONNECT, [_, int(what), _]:
                self._connections.disconnect(handle, Disposition(what))
                self._handles.remove(handle)
            case Command.BEGIN_TRANSACTION, _:
                self._connections.begin(handle)
            case Command.END_TRANSACTION, [_, int(what), _]:
                self._connections.end(handle, Disposition(what))
            case Command.STATUS, _:
                self._connections.require_usable(handle)
            case Command.TRANSMIT, [_, int(protocol), _, int(length), _, _, int(room), _]:
                apdu, fields[6] = self._attached(length), 0
                reply = self._connections.transmit(handle, protocol, apdu)
                fields[6] = len(reply)
                if len(reply) > room:
                    raise Refused(Code.INSUFFICIENT_BUFFER)
                return reply
            case Command.CONTROL, [_, _, int(length), _, _, _]:
                self._attached(length)
                fields[4] = 0
                self._connections.control(handle)
            case Command.GET_ATTRIB, [_, int(attribute), _, _, _]:
                value = self._connections.attribute(handle, attribute)
                fields[2:4] = value, len(value)
            case Command.SET_ATTRIB, _:
                self._connections.require_usable(handle)
                raise Refused(Code.UNSUPPORTED_FEATURE)
        return b""

    def _attached(self, length: int) -> bytes:
        if length > LONGEST_APDU:
            raise _Hostile
        return self._receive(length)

    def _release(self) -> None:
        self._readers.forget(self._context)
        for handle in self._handles:
            self._connections.abandon(handle)
        self._handles.clear()
        self._context = 0
