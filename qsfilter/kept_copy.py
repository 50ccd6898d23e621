"""Keeps one copy of a received message in a maildir, beside it a sidecar from which it can be queued again.

Guarantees: the sidecar is durable before the message appears; what is kept is byte for byte what was received; an
attempt replaces the copy of the one before, wherever a mail reader has put that, and removes nothing that is not
older than itself; while `alone` is held for a box, no copy in it is half written.
"""

from __future__ import annotations

import os
import time
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qsfilter import maildir
from qsfilter.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from qsfilter.model import Message, Report

SIDECARS = "sidecar"
WAIT_SECONDS = 10.0
_PAUSE_SECONDS = 0.01
Stamp = tuple[int, int]
"""Inode and time of last change of a file: another file of the same name has another stamp."""


def sidecar(report: Report, recipients: Iterable[bytes]) -> dict[str, object]:
    """Collect what every sidecar says; addresses in base64, because they are bytes."""
    message = report.message
    return {
        "version": 1,
        "key": report.key,
        "sender": coded(message.envelope.sender),
        "recipients": [coded(recipient) for recipient in recipients],
        "client": {"ip": message.client.ip, "host": message.client.host, "user": message.client.user},
        "size": message.root.blob.size,
        "sha256": message.root.blob.sha256,
        "config": report.config,
    }


def coded(address: bytes) -> str:
    """Write ADDRESS as a sidecar does."""
    return b64encode(address).decode("ascii")


def keep(box: str, name: str, message: Message, told: Mapping[str, object], others: Iterable[str] = ()) -> str:
    """Keep MESSAGE as `new/NAME` in the maildir BOX with the sidecar TOLD; return its path once both are durable.

    What an earlier attempt left under NAME in BOX or in the boxes OTHERS is removed then. Raises DeliveryError (53).
    """
    import json  # noqa: PLC0415 - most mail is not kept

    # Looked at before anything is written: two attempts at the same time must not each remove the other's.
    older = {path: stamp for place in (box, *others) for path, stamp in _earlier(place, name)}
    maildir.make(box, (SIDECARS,))
    text = json.dumps(told, indent=1).encode()
    with _locked(box, exclusive=False):
        maildir.write_durably(box, os.path.join(SIDECARS, f"{name}.json"), [text])
        where = maildir.write_durably(box, os.path.join("new", name), maildir.pieces_of(message.root.blob.base))
    for path, stamp in older.items():
        _remove(path, stamp)
    return where


def alone(box: str) -> AbstractContextManager[None]:
    """Within the block, no attempt writes a copy in the maildir BOX, which exists; keep it short, because they wait.

    Raises DeliveryError (71) where that can't be had within WAIT_SECONDS.
    """
    return _locked(box, exclusive=True)


@contextmanager
def _locked(box: str, *, exclusive: bool) -> Iterator[None]:
    """Hold a lock on the folder of sidecars; attempts share it. The kernel frees that of a process that dies."""
    import fcntl  # noqa: PLC0415 - most mail is not kept

    wanted = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    until = time.monotonic() + WAIT_SECONDS
    try:
        folder = os.open(os.path.join(box, SIDECARS), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise DeliveryError(f"can't lock {box}: {error.strerror}") from error
    try:
        while True:
            try:
                fcntl.flock(folder, wanted | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise DeliveryError(f"can't lock {box}: another process holds it") from None
                time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(folder)


def unwritable(box: str) -> str:
    """Return the folder in or above the maildir BOX that the user who asks can't write; empty if there is none."""
    for folder in ("tmp", "new", "cur", SIDECARS):
        existing = os.path.join(os.path.abspath(box), folder)
        while not os.path.lexists(existing):
            existing = os.path.dirname(existing)
        if not os.path.isdir(existing) or not os.access(existing, os.W_OK | os.X_OK):
            return existing
    return ""


def _earlier(box: str, name: str) -> Iterator[tuple[str, Stamp]]:
    """Yield the files of the copy NAME in BOX, the message's before the sidecar."""
    told = os.path.join(box, SIDECARS, f"{name}.json")
    if not os.path.exists(told):
        return  # so there is no copy; `cur`, which may be long, is read in a retry only
    try:
        read = [entry.path for entry in os.scandir(os.path.join(box, "cur")) if entry.name.partition(":")[0] == name]
    except OSError:
        read = []
    for path in (os.path.join(box, "new", name), *read, told):
        if stamp := _stamp(path):
            yield path, stamp


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _remove(path: str, stamp: Stamp) -> None:
    """Remove PATH if it is still the file that had STAMP."""
    try:
        if _stamp(path) == stamp:
            os.unlink(path)
    except OSError:
        return  # an older copy that stays is a duplicate, never a loss
