"""One connection to one clamd, in which it is asked about many contents at once (IDSESSION).

Guarantees: every wait ends at the deadline; an answer counts only for the command whose number it bears; after any
error the session is of no more use, and its owner closes it.

What clamd needs, and its manual does not say (tried with 1.4.6):

- One descriptor a packet, together with its command. Two in one packet lose both; one that comes with a stream, or with
  less than the whole command, is closed unread.
- VERSION while nothing is being scanned. Its answer is sent in two pieces, and another one can come between them:
  `2: 1: fd[12]: OK`.
- Over TCP, acknowledgements without delay. Each answer waits for that of the one before: 60 contents in 50 ms, not 9.
"""

from __future__ import annotations

import _socket  # not `socket`, see qsfilter.connecting
import os
import select
import time
from collections import deque
from typing import TYPE_CHECKING

from qsfilter_clamav import replies
from qsfilter_clamav.outbox import Outbox
from qsfilter_clamav.servers import connect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsfilter import Blob
    from qsfilter_clamav.replies import Reply, Version
    from qsfilter_clamav.servers import Server

IN_FLIGHT = 16
"""Contents that clamd is given before it has answered the first: more gain nothing, and each occupies a place in the
queue (MaxQueue, 100) that all its clients share."""
BYTES_IN_FLIGHT = 64 << 20
"""Their size in all, unless it is one: what is passed as a descriptor lies in memory until it is answered."""
LONGEST_REPLY = 4096
VERSION_SECONDS = 60.0
"""A session that is kept asks again for a version that is older: signatures may have been reloaded."""


class Session:
    """Speaks IDSESSION over one connection; `answers` holds what was answered to the last `ask`."""

    def __init__(
        self, server: Server, deadline: float, *, descriptors: bool = True, chunk: int = 1 << 20, version: bool = True
    ) -> None:
        """Connect to SERVER; DESCRIPTORS are passed where it is local, else contents are streamed in CHUNK bytes.

        Asks for the VERSION first, which some servers refuse. Raises OSError; DEADLINE is on `time.monotonic`.
        """
        self.server = server
        self.answers: dict[Blob, Reply] = {}
        self.version: Version | None = None
        self.goes_on = False
        """The server closes the connection for a reason that does not hold for the next one."""
        self.version_refused = False
        self._sound = True
        self._descriptors = descriptors and server.local
        self._chunk = chunk
        self._pid = os.getpid()
        self._numbers = 0
        self._waiting: dict[int, Blob | None] = {}
        """Number of a command → the content it was about, or None for VERSION."""
        self._asked_version = float("-inf") if version else float("inf")
        self._in = b""
        self._out = Outbox()
        self._out.command(b"zIDSESSION\0")
        self._socket = connect(server, deadline)
        self._poll = select.poll()
        self._poll.register(self._socket.fileno(), select.POLLIN)

    def close(self) -> None:
        """Close the connection; clamd drops what it has not begun to scan."""
        self._out.drop()
        self._socket.close()

    @property
    def usable(self) -> bool:
        """Whether it can be asked in this process: all is answered, and the server has not closed it meanwhile."""
        if self._pid != os.getpid() or not self._sound:
            return False
        try:
            if self._poll.poll(0):
                self._read()
        except replies.errors():
            return False
        return not any(self._waiting.values()) and not self._in

    def begin(self) -> None:
        """Send what opens the session, and VERSION where that is due; wait for no answer. Raises OSError."""
        if not self._waiting and time.monotonic() - self._asked_version > VERSION_SECONDS:
            self._asked_version = time.monotonic()
            self._out.command(b"zVERSION\0")
            self._expect(None)
        self._write()

    def learn(self, deadline: float) -> None:
        """Wait for the answer to VERSION. Raises clamd's errors and OSError."""
        self.begin()
        while None in self._waiting.values():
            self._exchange(deadline)

    def learn_again(self, deadline: float) -> Version | None:
        """Ask for the VERSION of this moment and return it; None where the server refuses. Raises as `learn`."""
        if self._asked_version == float("inf"):
            return None
        if not self._waiting:  # nobody has asked yet
            self._asked_version = float("-inf")
        self.learn(deadline)
        return self.version

    def ask(self, blobs: Iterable[Blob], deadline: float) -> None:
        """Have BLOBS scanned, each once; `answers` fills up. Raises clamd's errors and OSError."""
        self.answers = {}
        self.begin()
        todo = deque(blobs)
        while todo or self._waiting:
            while todo and not self._out and self._has_room(todo[0]):
                self._send(todo.popleft())
            self._exchange(deadline)

    def _has_room(self, blob: Blob) -> bool:
        flying = sum(waiting.size for waiting in self._waiting.values() if waiting is not None)
        return len(self._waiting) < IN_FLIGHT and (not flying or flying + blob.size <= BYTES_IN_FLIGHT)

    def _send(self, blob: Blob) -> None:
        if self._descriptors:
            self._out.descriptor(blob)
        else:
            self._out.stream(blob, self._chunk)
        self._expect(blob)
        self._write()

    def _expect(self, blob: Blob | None) -> None:
        self._numbers += 1
        self._waiting[self._numbers] = blob

    def _exchange(self, deadline: float) -> None:
        """Wait until something can be read, or sent if there is something to send, and do that."""
        seconds = deadline - time.monotonic()
        self._poll.modify(self._socket.fileno(), select.POLLIN | (select.POLLOUT if self._out else 0))
        if seconds <= 0 or not self._poll.poll(seconds * 1000):
            raise replies.lost("no answer in time")
        self._read()
        self._write()

    def _write(self) -> None:
        try:
            self._out.send(self._socket)
        except (BrokenPipeError, ConnectionResetError):
            # The server has closed the connection; its last answers, which may say why, are still to be read.
            self._out.drop()

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except BlockingIOError:
            return
        self._sound = False  # until all of this has been understood
        if not data:
            raise replies.lost("clamd has closed the connection")
        if not self.server.local:
            self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_QUICKACK, 1)  # the kernel forgets it each time
        *lines, self._in = (self._in + data).split(b"\0")
        if len(self._in) > LONGEST_REPLY:
            raise replies.doubt(self._in[:80].decode("latin-1"))
        for line in lines:
            self._take(line)
        self._sound = True

    def _take(self, line: bytes) -> None:
        number, text = replies.numbered(line)
        if number not in self._waiting:
            raise replies.doubt(f"{number}: {text}")
        blob = self._waiting[number]
        if blob is None:
            # EnableVersionCommand no, since 1.5
            self.version_refused = self.goes_on = text == "COMMAND UNAVAILABLE"
            self.version = None if self.version_refused else replies.version(text)
        else:
            reply = replies.read(text, descriptor=self._descriptors)
            if reply.status != replies.ERROR and self._out and number == self._numbers:
                raise replies.doubt(f"{number}: {text}")  # nobody can know that much of what is still being sent
            self.answers[blob] = reply
            self.goes_on |= reply.text == replies.TOO_LONG
        del self._waiting[number]
