"""Opens a folder and files in it that belong to this process's user alone.

Guarantees: what another user owns or can write is refused; a symbolic link, a pipe or a device in the place of a file
is not opened; what is made is 0700 and 0600 whatever the umask. The folders above are the site's to protect.
"""

from __future__ import annotations

import errno
import os
import stat

WRITABLE_BY_OTHERS = 0o022


def opened(path: str) -> int:
    """Return a descriptor of the folder PATH, which is made (0700, with those above it) where it is missing.

    Raises OSError: PermissionError where it is another user's or others can write there.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        _make(os.path.abspath(path))
        descriptor = os.open(path, flags)
    return _checked(descriptor, path)


def opened_file(folder: int, name: str, flags: int) -> int:
    """Return a descriptor of the file NAME below the descriptor FOLDER, opened with FLAGS. Raises OSError."""
    # Not blocking, because opening a pipe would wait for its other end.
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    return _checked(os.open(name, flags, 0o600, dir_fd=folder), name, file=True)


def require_own(found: os.stat_result, name: str, *, file: bool = True) -> None:
    """Raise PermissionError where what is FOUND at NAME is not ours alone, or no regular file where FILE says so."""
    if file and not stat.S_ISREG(found.st_mode):
        raise PermissionError(errno.EPERM, "this is no regular file", name)
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, f"this belongs to user {found.st_uid}, and we are {os.geteuid()}", name)
    if found.st_mode & WRITABLE_BY_OTHERS:
        raise PermissionError(errno.EPERM, f"others can write this (mode {found.st_mode & 0o7777:04o})", name)
    if file and found.st_nlink > 1:
        raise PermissionError(errno.EPERM, "this file has another name", name)


def _checked(descriptor: int, name: str, *, file: bool = False) -> int:
    try:
        require_own(os.fstat(descriptor), name, file=file)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _make(path: str) -> None:
    missing = []
    while not os.path.isdir(path):
        if os.path.lexists(path):
            raise NotADirectoryError(errno.ENOTDIR, "this is no folder", path)
        missing.append(path)
        path = os.path.dirname(path)
    for folder in reversed(missing):
        try:
            os.mkdir(folder, 0o700)
        except FileExistsError:
            continue  # another process was faster
