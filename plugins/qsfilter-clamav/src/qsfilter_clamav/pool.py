"""The servers in their order, the session that is kept between messages, and what to do when one fails.

Guarantees: all attempts share one deadline; a server that hangs leaves the others their share of it; an OK from a
session that said anything doubtful does not count.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter_clamav import replies
from qsfilter_clamav.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsfilter import Blob
    from qsfilter_clamav.replies import Reply, Version
    from qsfilter_clamav.servers import Server

OPENINGS = 4
"""Connections to one server for one message: a kept one may be stale, and some answers close it."""
AVOID_SECONDS = 30.0
"""How long a server that failed is asked after the others."""


class Pool:
    """Asks the first server that answers; may be used by several threads."""

    def __init__(self, servers: tuple[Server, ...], *, descriptors: bool = True, chunk: int = 1 << 20) -> None:
        """Ask SERVERS in their order; for DESCRIPTORS and CHUNK see Session. Nothing is opened yet."""
        self.servers = servers
        self.version: Version | None = None
        """The last that a server told."""
        self._descriptors = descriptors
        self._chunk = chunk
        self._kept: list[Session] = []
        """At most one, and another for each thread that is just giving one back."""
        self._failed: dict[Server, float] = {}
        """When each server failed, on `time.monotonic`, unless it has answered since."""
        self._mute: set[Server] = set()
        """Servers that refuse VERSION."""

    def __del__(self) -> None:
        """Close what is kept."""
        for session in self._kept:
            session.close()

    def open(self, deadline: float) -> None:
        """Connect to the first server that is there and ask for its version, waiting for no answer.

        Where none is there, nothing happens. DEADLINE is on `time.monotonic`, here and below.
        """
        for server in self._order():
            try:
                session = self._session(server, deadline)
            except OSError:
                continue
            self._kept.append(session)
            with suppress(OSError):  # which the first message would meet as well
                session.begin()
            return

    def learn(self, deadline: float) -> Version | None:
        """Return the version that was asked for, waiting for it until DEADLINE; None if no server has told one."""
        if self.version is None and self._kept:
            session = self._kept.pop()
            try:
                session.learn(deadline)
            except replies.errors():
                # Not in time, perhaps; then it comes with the answers to the next message.
                if not session.usable:
                    session.close()
                    return None
            finally:
                self._note(session)
            self._kept.append(session)
        return self.version

    def ask(self, blobs: Iterable[Blob], deadline: float) -> tuple[dict[Blob, Reply], list[str]]:
        """Have each of BLOBS scanned; return the answers, and what went wrong with each server that failed.

        A content without an answer was not scanned.
        """
        todo = tuple(blobs)
        answers: dict[Blob, Reply] = {}
        troubles: list[str] = []
        order = self._order()
        for index, server in enumerate(order):
            if len(answers) == len(todo):
                break
            now = time.monotonic()
            share = max(0.0, deadline - now) / (len(order) - index)
            trouble = self._try(server, todo, answers, now + share)
            if trouble:
                troubles.append(f"{server}: {trouble}")
                self._failed[server] = time.monotonic()
            else:
                self._failed.pop(server, None)
        return answers, troubles

    def _order(self) -> list[Server]:
        since = time.monotonic() - AVOID_SECONDS
        return sorted(self.servers, key=lambda server: self._failed.get(server, since) > since)

    def _session(self, server: Server, deadline: float) -> Session:
        return Session(
            server, deadline, descriptors=self._descriptors, chunk=self._chunk, version=server not in self._mute
        )

    def _take(self, server: Server) -> Session | None:
        """Take out the session that was kept, if it is one with SERVER and still good."""
        while self._kept:
            session = self._kept.pop()
            if session.server is server and session.usable:
                return session
            session.close()
        return None

    def _try(self, server: Server, blobs: tuple[Blob, ...], answers: dict[Blob, Reply], until: float) -> str:
        """Ask SERVER about those of BLOBS that have no answer; return what went wrong, or an empty text."""
        trouble = ""
        for _ in range(OPENINGS):
            kept = self._take(server)
            try:
                session = kept or self._session(server, until)
            except OSError as error:
                return _text(error)
            try:
                trouble = _ask(session, blobs, answers, until)
            except BaseException:  # the core's timer, above all
                session.close()
                raise
            self._note(session)
            if not trouble:
                self._kept.append(session)
                break
            session.close()
            if kept is None and not session.goes_on:
                break
        return trouble

    def _note(self, session: Session) -> None:
        self.version = session.version or self.version
        if session.version_refused:
            self._mute.add(session.server)


def _ask(session: Session, blobs: tuple[Blob, ...], answers: dict[Blob, Reply], until: float) -> str:
    """Ask SESSION about those of BLOBS that have no answer; add what counts, and return what went wrong."""
    left = [blob for blob in blobs if blob not in answers]
    trouble, doubted = "", False
    try:
        session.ask(left, until)
    except replies.errors() as error:
        trouble, doubted = _text(error), replies.is_doubt(error)
    for blob, reply in session.answers.items():
        if reply.about_server:
            trouble = reply.text
        elif not doubted or reply.status != replies.OK:
            answers[blob] = reply
        if reply.text == replies.TOO_LONG:
            # So it would be for each that is no shorter, at the price of a connection.
            for other in left:
                if other.size >= blob.size:
                    answers.setdefault(other, reply)
    return trouble


def _text(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
