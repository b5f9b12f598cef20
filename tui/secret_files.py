"""Which files may hold a secret: PostgreSQL's rule for a server's private key."""

import os
from pathlib import Path

_OTHERS, _GROUP_BUT_READ = 0o077, 0o037


def open_to_others(path: Path) -> str:
    """Why other people may read or change the file, Chinese and English; empty when nobody may.

    It must belong to this process's user with mode 0600 or less, or to root with 0640 or less.

    :raises OSError: it cannot be looked at.
    """
    found = path.stat()
    if found.st_uid not in (0, os.geteuid()):
        return f"{path} 属于其他用户 / belongs to another user: chown"
    owned = found.st_uid == os.geteuid()
    if found.st_mode & (_OTHERS if owned else _GROUP_BUT_READ):
        mode = found.st_mode & 0o777
        return f"{path} 对其他用户开放 / is open to others ({mode:04o}): chmod {'600' if owned else '640'}"
    return ""
