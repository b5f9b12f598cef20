"""Tell whether a file may hold a secret, by PostgreSQL's rule for a server's private key."""

import os
from errno import EISDIR
from pathlib import Path
from stat import S_ISDIR

_OTHERS, _GROUP_BUT_READ = 0o077, 0o037


def open_to_others(path: Path) -> str:
    """Why other people may read or change the file, Chinese and English; empty when nobody may.

    It must belong to root with mode 0640 or less, so that a service's group may read it, or to this process's user with
    0600 or less.

    :raises OSError: it cannot be looked at.
    """
    found = path.stat()
    if S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if found.st_uid not in (0, os.geteuid()):
        return f"{path} 属于其他用户 / belongs to another user: chown"
    of_root = found.st_uid == 0
    if found.st_mode & (_GROUP_BUT_READ if of_root else _OTHERS):
        mode = found.st_mode & 0o777
        return f"{path} 对其他用户开放 / is open to others ({mode:04o}): chmod {'640' if of_root else '600'}"
    return ""
