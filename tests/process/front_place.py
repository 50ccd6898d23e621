"""What the tests of the front stand on: fronts built once a module, and a service that says whatever a test wants."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from qsfilter.queue.front import Settings, build
from qsfilter.queue.protocol import read_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Self

LINES = b"X-QSFilter: clean;\n id=0123456789abcdef\n"


class Asked(NamedTuple):
    """One request, read without the code that the service has for it, which takes it, too."""

    message: bytes
    envelope: bytes
    records: dict[bytes, bytes]
    head: tuple[bytes, int, int, int]
    """Magic, version, 0, length."""
    flags: tuple[int, ...]
    """Of the two descriptors, as F_GETFL has them."""
    modes: tuple[int, ...]
    """Of the two files."""


Says = bytes | float
"""Bytes to send, or seconds to wait; `UNTIL_IT_HANGS_UP` is what it says."""
UNTIL_IT_HANGS_UP = math.inf


def answer(
    deed: int = 1,
    code: int = 0,
    *,
    text: bytes = b"",
    lines: bytes = b"",
    envelope: bytes = b"",
    offset: int = 0,
    magic: bytes = b"qsfilter",
    version: int = 1,
    lengths: tuple[int, int, int] | None = None,
) -> bytes:
    """Write an answer, right or wrong; LENGTHS instead of the true ones."""
    text_length, lines_length, envelope_length = lengths or (len(text), len(lines), len(envelope))
    head = struct.pack(">8sHBBIIIQ", magic, version, deed, code, text_length, lines_length, envelope_length, offset)
    return head + text + lines + envelope


@dataclass
class Service:
    """Listens at PATH and gives every message the same answer: `says`, which a test may replace."""

    path: str
    backlog: int = 8
    says: Callable[[Asked], Iterable[Says]] = lambda asked: [answer(lines=LINES)]
    asked: list[Asked] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Listen, and answer in a thread."""
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(self.path)
        self._listening.listen(self.backlog)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and leave no socket behind."""
        self._listening.shutdown(socket.SHUT_RDWR)  # wakes accept
        self._thread.join(30)
        self._listening.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def say(self, *pieces: Says) -> None:
        """Answer with PIECES from now on, then close the connection."""
        self.says = lambda _asked: pieces

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
                found = take(connection)
                self.asked.append(found)
                for piece in self.says(found):
                    if isinstance(piece, bytes):
                        connection.sendall(piece)
                    elif piece == UNTIL_IT_HANGS_UP:
                        connection.settimeout(60)
                        connection.recv(1)
                        self.hung_up.set()
                    else:
                        time.sleep(piece)


def take(connection: socket.socket) -> Asked:
    """Read one request, which must come with its two descriptors."""
    data, descriptors, _, _ = socket.recv_fds(connection, 1 << 17, 4)
    head = struct.unpack(">8sHHI", data[:16])
    while len(data) < 16 + head[3]:
        data += connection.recv(1 << 17)
    message, envelope = descriptors
    read_request(data[16:], (message, envelope))
    records = dict(record.split(b"=", 1) for record in data[16:].split(b"\0")[:-1])
    try:
        return Asked(
            message=_read(message, int(records[b"offset"]), int(records[b"size"])),
            envelope=_read(envelope, 0, int(records[b"envelope"])),
            records=records,
            head=head,
            flags=tuple(fcntl.fcntl(number, fcntl.F_GETFL) for number in descriptors),
            modes=tuple(os.fstat(number).st_mode & 0o777 for number in descriptors),
        )
    finally:
        for number in descriptors:
            os.close(number)


def _read(descriptor: int, start: int, size: int) -> bytes:
    found = b""
    while piece := os.pread(descriptor, size - len(found), start + len(found)):
        found += piece
    return found


class Fronts:
    """Fronts that ask at one socket and become one queue program, whichever the link `queue` points to."""

    def __init__(self, folder: Path) -> None:
        """Build them in FOLDER."""
        self.folder = folder
        self.socket = str(folder / "socket")
        self.queue = folder / "queue"
        self._built: dict[str, str] = {}

    def settings(self, **other: Any) -> Settings:  # noqa: ANN401 - fields of Settings
        """Return settings, with OTHER fields."""
        usual: dict[str, Any] = {
            "queue": (str(self.queue),),
            "socket": self.socket,
            "reply": "plain",
            "fallback": (),
            "seconds": 20.0,
            "envelope_bytes": 16 << 20,
        }
        return Settings(**{**usual, **other})

    def built(self, **other: Any) -> str:  # noqa: ANN401 - as above
        """Return the path of a front with OTHER settings, built when it is first asked for."""
        key = repr(sorted(other.items()))
        if key not in self._built:
            path = str(self.folder / f"front-{len(self._built)}")
            build(self.settings(**other), path)
            self._built[key] = path
        return self._built[key]

    def become(self, program: str) -> None:
        """Let every front become PROGRAM."""
        self.queue.unlink(missing_ok=True)
        self.queue.symlink_to(program)
