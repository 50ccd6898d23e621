"""The servers, the sessions that are kept between messages, and what to do when one fails.

Guarantees: all attempts share one deadline; a server that hangs leaves the others their share of it; an OK from a
session that said anything doubtful does not count.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter_clamav import replies
from qsfilter_clamav.asked import Asked
from qsfilter_clamav.health import Health
from qsfilter_clamav.session import Session

if TYPE_CHECKING:
    from qsfilter import Blob
    from qsfilter.context import Cache
    from qsfilter_clamav.choice import Choice
    from qsfilter_clamav.remembered import Remembered
    from qsfilter_clamav.replies import Reply, Version
    from qsfilter_clamav.servers import Server
    from qsfilter_clamav.shown import Shown

OPENINGS = 4
"""Connections to one server for one message: a kept one may be stale, and some answers close it."""
TRIAL_SECONDS = 2.0
"""The most that a server may take to tell its version that failed the last time, where there is another one."""
MOST_KEPT = 4
"""Sessions with one server that are kept; one thread needs one."""
WORTH = 1 << 18
"""Bytes that need not be sent if a server has shown to open what they are in, so that one message pays for that. A
process that lives for more than one message has it shown anyway."""
NOTHING: frozenset[str] = frozenset()


class Pool:
    """Asks the first server that answers; may be used by several threads."""

    def __init__(
        self,
        servers: tuple[Server, ...],
        *,
        descriptors: bool = True,
        chunk: int = 1 << 20,
        health: Health | None = None,
    ) -> None:
        """Ask SERVERS in the order of HEALTH; for DESCRIPTORS and CHUNK see Session. Nothing is opened yet."""
        self.version: Version | None = None
        """The last that a server told."""
        self._health = Health(servers) if health is None else health
        self._descriptors = descriptors
        self._chunk = chunk
        self._messages = 0
        self._kept: dict[Server, list[Session]] = {server: [] for server in servers}
        self._shown: dict[Server, Shown] = {}
        self._mute: set[Server] = set()
        """Servers that refuse VERSION."""

    def __del__(self) -> None:
        """Close what is kept."""
        for sessions in self._kept.values():
            for session in sessions:
                session.close()

    def open(self, deadline: float) -> None:
        """Connect to the first server that is there and ask for its version, waiting for no answer.

        Where none is there, nothing happens. DEADLINE is on `time.monotonic`, here and below.
        """
        for server in self._health.order():
            try:
                session = self._session(server, deadline)
            except OSError:
                continue
            with suppress(OSError):  # which the first message would meet as well
                session.begin()
            self._keep(session)
            return

    def learn(self, deadline: float) -> Version | None:
        """Return the version that was asked for, waiting for it until DEADLINE; None if no server has told one."""
        kept = [sessions for sessions in self._kept.values() if sessions]
        if self.version is None and kept:
            session = kept[0].pop()
            try:
                session.learn(deadline)
            except replies.errors():
                # Not in time, perhaps; then it comes with the answers to the next message.
                if not session.usable:
                    session.close()
                    return None
            finally:
                self._note(session)
            self._keep(session)
        return self.version

    def ask(
        self, choice: Choice, deadline: float, remembered: Remembered | None = None, cache: Cache | None = None
    ) -> Asked:
        """Have the contents of CHOICE scanned; return the answers, and what went wrong with each server that failed.

        What is REMEMBERED is not asked about, nor what servers open that CACHE knows.
        """
        asked = Asked(choice, remembered, cache)
        self._messages += 1
        order = self._health.order()
        for index, server in enumerate(order):
            if not asked.todo(self._kinds(server)):
                break
            others = len(order) - index - 1
            now = time.monotonic()
            share = max(0.0, deadline - now) / (others + 1)
            self._health.begins(server)
            trouble = self._try(server, asked, now + share, last=not others)
            if trouble:
                asked.troubles.append(f"{server}: {trouble}")
                if share:
                    self._health.failed(server)
            else:
                self._health.answered(server)
        return asked

    def _session(self, server: Server, deadline: float) -> Session:
        return Session(
            server, deadline, descriptors=self._descriptors, chunk=self._chunk, version=server not in self._mute
        )

    def _take(self, server: Server) -> Session | None:
        """Take out a session with SERVER that was kept and is still good."""
        sessions = self._kept[server]
        while sessions:
            session = sessions.pop()
            if session.usable:
                return session
            session.close()
        return None

    def _keep(self, session: Session) -> None:
        session.answers = {}  # or the contents of this message would stay in memory until the next one
        sessions = self._kept[session.server]
        if len(sessions) < MOST_KEPT:
            sessions.append(session)
        else:
            session.close()

    def _try(self, server: Server, asked: Asked, until: float, *, last: bool) -> str:
        """Ask SERVER about what has no answer yet; return what went wrong, or an empty text."""
        trouble = ""
        for _ in range(OPENINGS):
            kept = self._take(server)
            try:
                session = kept or self._session(server, until)
            except OSError as error:
                return _text(error)
            try:
                trouble = self._converse(session, asked, until, last=last)
            except BaseException:  # the core's timer, above all
                session.close()
                raise
            self._note(session)
            if not trouble:
                self._keep(session)
                break
            session.close()
            if kept is None and not session.goes_on:
                break
        return trouble

    def _converse(self, session: Session, asked: Asked, until: float, *, last: bool) -> str:
        """Ask SESSION until there is no more to ask; return what went wrong."""
        before = set(asked.answers)
        try:
            if not last and self._health.is_doubtful(session.server):
                session.learn(min(until, time.monotonic() + TRIAL_SECONDS))
            kinds = self._shown_by(session, asked, until)
            while todo := asked.todo(kinds):
                had = len(asked.answers)

                def ask(blobs: list[Blob], kinds: frozenset[str] = kinds) -> str:
                    return _ask_all(session, blobs, asked, until, kinds)

                through = None if asked.remembered is None else asked.remembered.ask
                trouble = through(session, todo, asked, until, kinds, ask) if through else ask(todo)
                if trouble or len(asked.answers) == had:
                    return trouble or "no answer"
        except replies.errors() as error:
            if replies.is_doubt(error):
                asked.doubt(set(asked.answers) - before)
                self._shown.pop(session.server, None)
            return _text(error)
        return ""

    def _kinds(self, server: Server) -> frozenset[str]:
        """Return what SERVER has shown to open."""
        shown = self._shown.get(server)
        return shown.kinds if shown is not None and time.monotonic() < shown.until else NOTHING

    def _shown_by(self, session: Session, asked: Asked, until: float) -> frozenset[str]:
        """Return the same for the server of SESSION; let it show that where it is worth while and was not done lately.

        Raises clamd's errors and OSError.
        """
        inside = asked.choice.inside
        if not inside:
            return NOTHING
        shown = self._shown.get(session.server)
        if shown is None or time.monotonic() >= shown.until:
            if self._messages < 2 and sum(blob.size for inner in inside.values() for blob in inner.blobs) < WORTH:
                return NOTHING
            from qsfilter_clamav.shown import shown as show  # noqa: PLC0415 - twice an hour

            def ask(blobs: tuple[Blob, ...]) -> dict[Blob, Reply]:
                session.ask(blobs, until)
                return session.answers

            shown = self._shown[session.server] = show(session.server, ask, asked.cache, time.monotonic())
        return shown.kinds

    def _note(self, session: Session) -> None:
        self.version = session.version or self.version
        if session.version_refused:
            self._mute.add(session.server)


def _ask_all(session: Session, todo: list[Blob], asked: Asked, until: float, kinds: frozenset[str]) -> str:
    """Ask SESSION about TODO, and take in what it said, also where it failed; return what is wrong with the server."""
    try:
        session.ask(todo, until)
    finally:
        trouble = asked.take(session.answers, todo, kinds)
    return trouble


def _text(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
