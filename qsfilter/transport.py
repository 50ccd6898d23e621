"""The next hop: a qmail-queue program, or a maildir.

Guarantees: the queue program's own exit code is the answer; it reads the message and the envelope from files, never
from pipes that we would have to feed; it is started without a shell, and never signalled by us.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import maildir
from qsfilter.errors import DeliveryError
from qsfilter.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from mmap import mmap

    from qsfilter.edits import Head
    from qsfilter.model import Envelope

REMOVED = frozenset({b"IFS", b"CDPATH", b"ENV", b"BASH_ENV", b"QMAILMFTFILE", b"QMAILINJECT", b"QMAILQUEUE"})
"""Environment variables that the queue program never gets; all QSFILTER_* go as well."""
IN_MEMORY = 8 * MIB


def queue_environment(given: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """Return the environment GIVEN to us as the queue program gets it."""
    return {name: value for name, value in given.items() if name not in REMOVED and not name.startswith(b"QSFILTER_")}


def envelope_bytes(envelope: Envelope) -> bytes:
    """Write ENVELOPE as qmail-queue reads it: `F` sender NUL, `T` recipient NUL for each, and one NUL more."""
    recipients = b"".join(b"T" + recipient + b"\0" for recipient in envelope.recipients)
    return b"F" + envelope.sender + b"\0" + recipients + b"\0"


def anonymous_file(size: int) -> int:
    """Open a file without a name for SIZE bytes: in memory while small, else in the temporary directory."""
    if size <= IN_MEMORY:
        made = os.memfd_create("qsfilter", os.MFD_CLOEXEC)
        os.fchmod(made, 0o600)  # made with 0777, by which another user who gets a descriptor could open it for writing
        return made
    folder = os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108 - no name is made there
    return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)


def file_of(pieces: Iterable[bytes | memoryview], size: int) -> int:
    """Write PIECES, SIZE bytes in all, to an anonymous file; return its descriptor, at the start.

    Raises DeliveryError (53).
    """
    try:
        descriptor = anonymous_file(size)
        try:
            for piece in pieces:
                maildir.write_all(descriptor, piece)
            os.lseek(descriptor, 0, os.SEEK_SET)
        except BaseException:
            os.close(descriptor)
            raise
    except OSError as error:
        raise DeliveryError(f"can't write a temporary file: {error.strerror}", 53) from error
    return descriptor


def pieces(raw: bytes | mmap, head: Head) -> Iterable[bytes | memoryview]:
    """Give the message as it is handed over, in steps."""
    yield head.lines
    for start in range(head.offset, len(raw), maildir.STEP):
        yield raw[start : start + maildir.STEP]


@dataclass(frozen=True, kw_only=True)
class QmailQueue:
    """Hands over to a qmail-queue program, run as a child; the queue wrapper becomes the program instead."""

    program: tuple[str, ...] = ("/var/qmail/bin/qmail-queue",)
    """Path and arguments."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Run the program with the message on descriptor 0 and the envelope on 1, and return its exit code.

        Death by a signal is 71. Raises DeliveryError (120) where it can't be started.
        """
        opened: list[int] = []
        try:
            opened.append(file_of(pieces(raw, head), len(head.lines) + len(raw) - head.offset))
            written = envelope_bytes(envelope)
            opened.append(file_of([written], len(written)))
            actions = [(os.POSIX_SPAWN_DUP2, descriptor, number) for number, descriptor in enumerate(opened)]
            child = os.posix_spawn(
                self.program[0],
                self.program,
                queue_environment(os.environb),
                file_actions=actions,
                setsigdef=(signal.SIGPIPE, signal.SIGXFSZ),  # which Python ignores, and a child would inherit that
            )
        except OSError as error:
            raise DeliveryError(f"can't start {self.program[0]}: {error.strerror}", 120) from error
        finally:
            for descriptor in opened:
                os.close(descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code if code >= 0 else 71


@dataclass(frozen=True, kw_only=True)
class Maildir:
    """Delivers to a maildir, for small sites, tests and the demonstration; the sender stands in Return-Path."""

    path: str

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Store the message durably and return 0. Raises DeliveryError (53)."""
        maildir.make(self.path)
        sender = bytes(octet for octet in envelope.sender if 32 < octet < 127)
        now = time.time_ns()
        name = f"{now // 10**9}.M{now % 10**9 // 1000}P{os.getpid()}R{os.urandom(4).hex()}.qsfilter"
        maildir.write_durably(self.path, f"new/{name}", [b"Return-Path: <" + sender + b">\n", *pieces(raw, head)])
        return 0
