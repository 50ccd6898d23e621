"""The files of the poison guard: one a message, and one that notes which messages broke off of late.

A message's file is empty while its sender waits to try again and nothing was broken off: the time of its last change is
that of the first attempt, and it takes no room but its name. Else it begins with a line of fields, then what was asked
when attempts broke off, and from `CRUMB` on what is being asked.

Guarantees: a file that can't be understood is one of a message that nothing is known of; sizes are bounded.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, replace

from qsfilter import own_folder

MAGIC = "qsfilter-attempts-1"
CRUMB = 2048
MOST_IN_CRUMB = 256
MOST_IN_HISTORY = 5
WAITING, EXAMINED = "waiting", "examined"
UNKNOWN_BOOT = "-"

DEATHS = "broken-off"
DEATHS_OLD = "broken-off.old"
LINE = 32
"""Bytes of a line there: ten digits of seconds, a blank, twenty of the key, a line end."""
MOST_DEATHS = 2048
"""Lines from which on the file is begun anew; the one before stays."""

MOST_FILES = 4096
"""In one of the 256 folders; above, the sweep forgets messages that merely wait."""
MOST_LOOKED_AT = 3 * MOST_FILES


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What one file says."""

    state: str = WAITING
    deaths: int = 0
    first: float = 0.0
    """When the first attempt began, in seconds since 1970."""
    boot: str = UNKNOWN_BOOT
    """Which start of the machine the last attempt belongs to."""
    history: tuple[str, ...] = ()
    crumb: str = ""

    def broken_off(self, boot: str) -> bool:
        """Whether the attempt before was broken off, though the machine went on; ask only when the lock is ours."""
        return self.state == EXAMINED and (self.boot == boot or UNKNOWN_BOOT in {self.boot, boot})

    def with_death(self, seen: str = "") -> Record:
        """Return the record with the last attempt counted; SEEN is what it died of, where the file does not say it."""
        asked = self.crumb or seen or "nothing was asked yet"
        return replace(self, deaths=self.deaths + 1, history=(*self.history, asked)[-MOST_IN_HISTORY:])

    def begun(self, boot: str) -> Record:
        """Return the record as it stands while the message is examined."""
        return replace(self, state=EXAMINED, boot=boot, crumb="")


def opened(folder: int, key: str) -> tuple[int, bool]:
    """Return a descriptor of the file of KEY, and whether it was made just now. Raises OSError."""
    name = f"{key[:2]}/{key}"
    made = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        return own_folder.opened_file(folder, name, made), True
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.mkdir(key[:2], 0o700, dir_fd=folder)
        return own_folder.opened_file(folder, name, os.O_RDWR | os.O_CREAT), True
    except FileExistsError:
        return own_folder.opened_file(folder, name, os.O_RDWR | os.O_CREAT), False


def read(descriptor: int, now: float, forget_seconds: float) -> Record:
    """Return what the file says; as of a message that is new where that is nothing, nonsense, or older than FORGET."""
    data = os.pread(descriptor, CRUMB + 2 * MOST_IN_CRUMB, 0)
    first = os.fstat(descriptor).st_mtime
    found = Record(first=first)
    if data:
        head, *history = data[:CRUMB].rstrip(b"\0").decode("ascii", "replace").splitlines() or [""]
        fields = head.split(" ")
        try:
            magic, state, deaths, began, boot = fields
            found = Record(
                state=state,
                deaths=int(deaths),
                first=float(began),
                boot=boot,
                history=tuple(history[:MOST_IN_HISTORY]),
                crumb=data[CRUMB:].partition(b"\n")[0].decode("ascii", "replace"),
            )
        except ValueError:
            magic = ""
        if magic != MAGIC or found.state not in {WAITING, EXAMINED} or not 0 <= found.deaths < 1 << 31:
            found = Record(first=now)
    if not now - forget_seconds <= found.first <= now:  # `nan` is none of these
        # From the future: the clock was set back. What is counted stays, and the time begins again.
        found = replace(found, first=now) if found.first > now else Record(first=now)
    return found


def write(descriptor: int, record: Record) -> None:
    """Write RECORD, with room for the crumb behind it. Raises OSError."""
    lines = [f"{MAGIC} {record.state} {record.deaths} {record.first:.3f} {record.boot}", *record.history]
    text = "".join(f"{line}\n" for line in lines).encode("ascii", "replace")
    os.pwrite(descriptor, text[: CRUMB - 1].ljust(CRUMB, b"\0") + b"\n", 0)


def write_waiting(descriptor: int, record: Record) -> None:
    """Write that the sender is to try again; the file is emptied where nothing was broken off. Raises OSError."""
    if record.deaths:
        write(descriptor, replace(record, state=WAITING))
    else:
        os.ftruncate(descriptor, 0)
        os.utime(descriptor, (record.first, record.first))


def write_crumb(descriptor: int, text: str) -> None:
    """Write what is asked next: one line, so that it need not be cleared before. Raises OSError."""
    crumb = text[:MOST_IN_CRUMB].encode("ascii", "backslashreplace")[:MOST_IN_CRUMB].replace(b"\n", b" ")
    os.pwrite(descriptor, crumb + b"\n", CRUMB)


def boot_id() -> str:
    """Return what tells this start of the machine from others; `UNKNOWN_BOOT` where the system does not say."""
    try:
        descriptor = os.open("/proc/sys/kernel/random/boot_id", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.read(descriptor, 64).decode("ascii", "replace").strip() or UNKNOWN_BOOT
        finally:
            os.close(descriptor)
    except OSError:
        return UNKNOWN_BOOT


def note_death(folder: int, key: str, now: float) -> None:
    """Note that an attempt at the message KEY was broken off. What fails is not noted."""
    with suppress(OSError):
        descriptor = own_folder.opened_file(folder, DEATHS, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, f"{int(now) % 10**10:010d} {key[:20]:20}\n".encode())
            full = os.fstat(descriptor).st_size >= MOST_DEATHS * LINE
        finally:
            os.close(descriptor)
        if full:
            os.rename(DEATHS, DEATHS_OLD, src_dir_fd=folder, dst_dir_fd=folder)


def deaths_of_others(folder: int, key: str, since: float, now: float) -> int:
    """Return how many messages other than KEY broke off SINCE then, up to NOW; 0 where that can't be read."""
    others = set()
    for name in (DEATHS, DEATHS_OLD):
        with suppress(OSError):
            descriptor = own_folder.opened_file(folder, name, os.O_RDONLY)
            try:
                data = os.pread(descriptor, 2 * MOST_DEATHS * LINE, 0)
            finally:
                os.close(descriptor)
            for line in data.splitlines():
                when, _, other = line.partition(b" ")
                if when.isdigit() and since <= int(when) <= now:  # later ones are of a clock that was set back
                    others.add(other.strip())
    return len(others - {key[:20].encode()})


def sweep(folder: int, part: str, before: float) -> None:
    """Forget messages in the folder PART whose file was not changed since BEFORE, and those past `MOST_FILES`."""
    with suppress(OSError):
        descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            with os.scandir(descriptor) as entries:
                for number, entry in enumerate(entries):
                    if number >= MOST_LOOKED_AT:
                        break
                    found = entry.stat(follow_symlinks=False)
                    if found.st_mtime < before or (number >= MOST_FILES and found.st_size == 0):
                        _forget(descriptor, entry.name)
        finally:
            os.close(descriptor)


def _forget(folder: int, name: str) -> None:
    """Remove the file NAME unless its message is being examined."""
    with suppress(OSError):
        descriptor = own_folder.opened_file(folder, name, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(name, dir_fd=folder)
        finally:
            os.close(descriptor)
