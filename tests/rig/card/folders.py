"""The commands on files: what is selected, and what whoever is logged in may do with it."""

from tests.rig.card.apdu import Command, Refused, Status
from tests.rig.card.files import AID, MASTER_FILE, File, Kind, Right
from tests.rig.card.state import CardState


class Selection:
    """The current folder and file of a powered card, and the PINs that were verified."""

    def __init__(self, state: CardState) -> None:
        self._state = state
        self._folders = [state.root]
        """From the master file to the current folder."""
        self.file = state.root
        self.verified: set[int] = set()

    def require(self, file: File, right: Right) -> None:
        """Raise Refused unless those who are logged in may do this."""
        condition = file.condition(right)
        if self._state.activated and condition and condition not in self.verified:
            raise Refused(Status.NOT_AUTHORISED)

    def key(self, right: Right) -> File:
        """The selected key, if this may be done with it."""
        if not self.file.is_key:
            raise Refused(Status.NOT_THIS_FILE)
        self.require(self.file, right)
        return self.file

    def select(self, command: Command) -> bytes:
        """SELECT (ISO/IEC 7816-4 11.2.2)."""
        match command.p1:
            case 0x00:
                chain = self._by_identifier(int.from_bytes(command.data or b"\x3f\x00"))
            case 0x03:
                chain = self._folders[:-1] or self._folders
            case 0x04:
                chain = self._by_name(command.data)
            case 0x08:
                chain = _descend([self._state.root], command.data)
            case 0x09:
                chain = _descend(self._folders, command.data)
            case _:
                raise Refused(Status.WRONG_P1_P2)
        self.file = chain[-1]
        self._folders = chain if self.file.kind is Kind.FOLDER else chain[:-1]
        return b"" if command.p2 == 0x0C else self.file.information(activated=self._state.activated)

    def find(self, fid: int) -> File:
        """The file with this identifier, seen from the current folder."""
        return self._by_identifier(fid)[-1]

    def list_files(self) -> bytes:
        """Identifiers of what lies in the current folder."""
        return b"".join(fid.to_bytes(2) for fid in self._folders[-1].children)

    def read(self, command: Command) -> bytes:
        """READ BINARY (11.3.3)."""
        content, offset = self._transparent(command, Right.READ)
        data = bytes(content[offset : offset + command.le])
        if len(data) < command.le < 256:
            raise Refused(Status.END_OF_FILE, data)
        return data

    def update(self, command: Command) -> bytes:
        """UPDATE BINARY (11.3.5)."""
        content, offset = self._transparent(command, Right.UPDATE)
        end = offset + len(command.data)
        if end > len(content):
            raise Refused(Status.WRONG_LENGTH)
        content[offset:end] = command.data
        return b""

    def create(self, command: Command) -> bytes:
        """CREATE FILE (ISO/IEC 7816-9); raise Refused(NO_ROOM) on a full card."""
        folder = self._folders[-1]
        made = File.described(command.data)
        self.require(folder, Right.CREATE_FOLDER if made.kind is Kind.FOLDER else Right.CREATE)
        if made.fid in folder.children:
            raise Refused(Status.FILE_EXISTS)
        if made.room > self._state.room:
            raise Refused(Status.NO_ROOM)
        folder.children[made.fid] = made
        self.file = made
        if made.kind is Kind.FOLDER:
            self._folders = [*self._folders, made]
        return b""

    def delete(self, command: Command) -> bytes:
        """DELETE FILE of the selected file."""
        gone = self.file
        self.require(gone, Right.DELETE)
        if gone is self._state.root:
            raise Refused(Status.NOT_THIS_FILE)
        if gone is self._folders[-1]:
            self._folders = self._folders[:-1]
        del self._folders[-1].children[gone.fid]
        self.file = self._folders[-1]
        return b""

    def _by_identifier(self, fid: int) -> list[File]:
        """Below the current folder, beside it or above it (ISO/IEC 7816-4 7.2.1)."""
        if fid == MASTER_FILE:
            return [self._state.root]
        for depth in range(len(self._folders), 0, -1):
            chain = self._folders[:depth]
            if fid in chain[-1].children:
                return [*chain, chain[-1].children[fid]]
        raise Refused(Status.FILE_NOT_FOUND)

    def _by_name(self, name: bytes) -> list[File]:
        root = self._state.root
        for child in root.children.values():
            if child.name == name:
                return [root, child]
        if name == AID:
            return [root]  # the applet answers to its name even without its folder
        raise Refused(Status.FILE_NOT_FOUND)

    def _transparent(self, command: Command, right: Right) -> tuple[bytearray, int]:
        if self.file.kind is not Kind.TRANSPARENT:
            raise Refused(Status.NO_CURRENT_FILE if self.file.kind is Kind.FOLDER else Status.NOT_THIS_FILE)
        self.require(self.file, right)
        offset = command.p1 << 8 | command.p2
        if offset > len(self.file.content):
            raise Refused(Status.WRONG_OFFSET)
        return self.file.content, offset


def _descend(chain: list[File], path: bytes) -> list[File]:
    """Follow a path of two-byte identifiers."""
    for step in range(0, len(path), 2):
        child = chain[-1].children.get(int.from_bytes(path[step : step + 2]))
        if child is None:
            raise Refused(Status.FILE_NOT_FOUND)
        chain = [*chain, child]
    return chain
