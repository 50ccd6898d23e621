"""What clamd said of large contents that were seen before, by way of the core's verdict cache.

Guarantees: an answer is kept only if clamd told the same signatures before and after it was given, in one session;
only clean and found are kept, and what can't be read again exactly is asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.context import Answers
from qsfilter_clamav.replies import CLEAN, FOUND, LIMITS, OK, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Blob
    from qsfilter.context import Cache
    from qsfilter_clamav.asked import Asked
    from qsfilter_clamav.replies import Version
    from qsfilter_clamav.servers import Server
    from qsfilter_clamav.session import Session

CODING = "1"
"""Of the values below, and of the key; another one makes what was kept unknown."""
LONGEST_NAME = 512


class Remembered:
    """The cache as one message uses it."""

    def __init__(self, cache: Cache, least: int, most: int, *, descriptors: bool) -> None:
        """Use CACHE for contents of at least LEAST bytes; MOST and DESCRIPTORS are options that answers depend on."""
        self._cache = cache
        self._least = least
        self._options = (str(most), "fd" if descriptors else "stream")

    def ask(
        self,
        session: Session,
        todo: list[Blob],
        asked: Asked,
        until: float,
        kinds: frozenset[str],
        ask: Callable[[list[Blob]], str],
    ) -> str:
        """Have ASK ask SESSION about those contents of TODO that nothing is known of; return what it says is wrong.

        What is found out is ASKED. The server opens KINDS. Raises clamd's errors and OSError.
        """
        large = tuple(blob for blob in todo if blob.size >= self._least and blob is not asked.choice.whole)
        # What clamd opens matters to what stands for its members, and to nothing else.
        opened = kinds if any(blob in asked.choice.inside for blob in large) else frozenset[str]()
        key = self._key(session.server, session.learn_again(until), opened) if large else None
        if key is None:
            return ask(todo)
        others = [blob for blob in todo if blob not in large]
        troubles: list[str] = []

        def ask_and_look(blobs: tuple[Blob, ...]) -> Answers:
            troubles.append(ask([*others, *blobs]))  # together, so that clamd's threads share them
            others.clear()
            after = self._key(session.server, session.learn_again(until), opened)
            answers = ((blob, asked.answers.get(blob)) for blob in blobs)
            kept = {blob: value for blob, reply in answers if reply is not None and (value := written(reply))}
            return Answers(kept, after or ())

        for blob, value in self._cache.through(key, large, ask_and_look).items():
            reply = read(value)
            if reply is not None and blob not in asked.answers:
                asked.take({blob: reply}, (), kinds)
        trouble = next(filter(None, troubles), "")
        left = [blob for blob in todo if blob not in asked.answers]
        return trouble if trouble or not left else ask(left)

    def _key(self, server: Server, version: Version | None, kinds: frozenset[str]) -> tuple[str, ...] | None:
        """Return what answers of SERVER depend on, which opens KINDS; None if it does not tell its signatures."""
        if version is None or not version.signatures:
            return None
        told = (version.engine, version.signatures, version.date)
        return ("clamav", CODING, str(server), *told, *self._options, " ".join(sorted(kinds)))


def written(reply: Reply) -> bytes | None:
    """Return REPLY as it is kept; None for one that may be another the next time, as when time was over."""
    if reply.status == OK:
        return b"OK"
    if reply.status != FOUND or reply.text.startswith(LIMITS) or len(reply.text) > LONGEST_NAME:
        return None
    return b"FOUND " + reply.text.encode()


def read(value: bytes) -> Reply | None:
    """Read what `written` wrote; None for anything else."""
    if value == b"OK":
        return CLEAN
    word, _, name = value.partition(b" ")
    if word != b"FOUND" or not 0 < len(name) <= LONGEST_NAME * 4:
        return None
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return None
    return Reply(FOUND, text) if text.isprintable() and not text.startswith(LIMITS) else None
