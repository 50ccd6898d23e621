"""What is to be sent to clamd: commands, contents as streams, descriptors.

Guarantees: nothing here waits; a content that is streamed is not copied unless it is small; every descriptor that was
taken in is closed, sent or not.
"""

from __future__ import annotations

import _socket  # not `socket`, see qsfilter.connecting
import os
import sys
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter import Blob
    from qsfilter_clamav.servers import Socket

SMALL = 1 << 16
"""A content up to this size is copied, so that it goes out together with its command."""
NONE = -1


class Outbox:
    """A queue of bytes, some with a descriptor."""

    def __init__(self) -> None:
        self._queue: deque[tuple[bytes | memoryview, int]] = deque()

    def __bool__(self) -> bool:
        """Whether something has still to be sent."""
        return bool(self._queue)

    def command(self, command: bytes) -> None:
        """Queue COMMAND with its end."""
        self._queue.append((command, NONE))

    def descriptor(self, blob: Blob) -> None:
        """Queue a descriptor on BLOB, and the command that scans what it is on. Raises OSError."""
        # The second NUL is the byte that carries the descriptor; both have to be in one packet with it, and no other.
        self._queue.append((b"zFILDES\0\0", blob.fd()))

    def stream(self, blob: Blob, chunk: int) -> None:
        """Queue BLOB in chunks of CHUNK bytes, each behind its length, and the empty chunk that ends it."""
        start, stop = blob.span
        content = memoryview(blob.base)
        pieces: list[bytes | memoryview] = [b"zINSTREAM\0"]
        for place in range(start, stop, chunk):
            piece = content[place : min(stop, place + chunk)]
            pieces += [len(piece).to_bytes(4), piece]
        pieces.append(bytes(4))
        if blob.size <= SMALL:
            pieces = [b"".join(pieces)]
        self._queue += [(piece, NONE) for piece in pieces]

    def send(self, to: Socket) -> None:
        """Send as much as the kernel takes. Raises OSError, but not for a full buffer."""
        while self._queue:
            data, descriptor = self._queue[0]
            try:
                if descriptor == NONE:
                    sent = to.send(data, _socket.MSG_NOSIGNAL)
                else:
                    rights = descriptor.to_bytes(4, sys.byteorder)
                    passed = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, rights)]
                    sent = to.sendmsg([data], passed, _socket.MSG_NOSIGNAL)
            except BlockingIOError:
                return
            self._queue.popleft()  # before it is closed: a timer may ring here, and nothing may be closed twice
            if descriptor != NONE:
                os.close(descriptor)
            if sent < len(data):
                self._queue.appendleft((data[sent:], NONE))

    def drop(self) -> None:
        """Forget everything."""
        while self._queue:
            _, descriptor = self._queue.popleft()
            if descriptor != NONE:
                os.close(descriptor)
