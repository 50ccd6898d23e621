"""Writes down what the postmaster did with quarantined mail: one JSON object a line, in a log of bounded size.

Guarantees: a line is durable when `note` returns; a log that is full is put aside as `.1` and begun anew, so that no
more than `KEPT` full ones lie there; of several processes none writes into what another has put aside, and none waits
for longer than `WAIT_SECONDS`.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from contextlib import suppress

from qsfilter import maildir

LOG = "released.log"
"""Below the quarantine."""
LARGEST = 10_000_000
"""Bytes of one log."""
KEPT = 5
WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.01


def note(path: str, what: str, **told: object) -> None:
    """Append to the log of the quarantine PATH that WHAT was done, by whom and when, with what is TOLD.

    Raises OSError.
    """
    line = json.dumps({"time": stamp(), "what": what, **who(), **told}).encode() + b"\n"
    place = os.path.join(path, LOG)
    until = time.monotonic() + WAIT_SECONDS
    while not _noted(place, line, until):
        if time.monotonic() >= until:
            raise TimeoutError(f"others keep {place} busy")


def _noted(place: str, line: bytes, until: float) -> bool:
    """Append LINE to the log at PLACE; False where it was, or has now been, put aside."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(place, flags, 0o600)
    try:
        give_to_owner(descriptor, os.path.dirname(place))
        _lock(descriptor, until)
        mine = os.fstat(descriptor)
        if not _is_at(place, mine):
            return False
        if mine.st_size and mine.st_size + len(line) > LARGEST:
            _put_aside(place)
            return False
        maildir.write_all(descriptor, line)
        os.fsync(descriptor)
        return True
    finally:
        os.close(descriptor)


def _lock(descriptor: int, until: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(PAUSE_SECONDS)


def _is_at(place: str, mine: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.stat(place, follow_symlinks=False), mine)
    except FileNotFoundError:
        return False


def _put_aside(place: str) -> None:
    """Rename the log at PLACE and those before it; its lock is held."""
    for number in range(KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            os.rename(f"{place}.{number}", f"{place}.{number + 1}")
    os.rename(place, f"{place}.1")


def stamp() -> str:
    """Return the time as the log has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def who() -> dict[str, object]:
    """Say who runs this process: uid, its user's name, and who logged in, as far as the machine knows."""
    import pwd  # noqa: PLC0415 - nobody but a person's command asks

    uid = os.getuid()
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    try:
        login = os.getlogin()
    except OSError:  # as under cron
        login = ""
    return {"uid": uid, "user": user, "login": login or os.environ.get("SUDO_USER", "")}


def give_to_owner(descriptor: int, path: str) -> None:
    """Let what root makes belong to the owner of the quarantine PATH, who could not read it otherwise.

    Raises PermissionError for a file that has another name, too: he may have linked one of root's there.
    """
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
        raise PermissionError(errno.EPERM, "a file of it has another name", path)
    if os.geteuid() == 0:
        owner = os.stat(path)
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
