"""What engines said about contents that were seen before, for all processes of a site.

Guarantees: an answer is given for the same content (SHA-256 and size) under the same key of an engine alone, for
`seconds` at most, and only where a process that knows the site's secret has written it as a complete answer. Whatever
fails (store, secret, locks) is a miss: the engine is asked. A content that another process is asking about is waited
for, for a bounded time, so that identical mail in flight is scanned once; a process that dies delays nobody.
"""

from __future__ import annotations

import hashlib
import os
import time
from hmac import compare_digest
from typing import TYPE_CHECKING

from qsfilter import site_key
from qsfilter.in_flight import InFlight
from qsfilter.store import LONGEST_SECONDS, LONGEST_VALUE, SKEW_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from qsfilter.context import Answers
    from qsfilter.model import Blob
    from qsfilter.store import Store

KEPT_SECONDS = 3600.0
"""How long an answer counts: so long may signatures of the site's own, of which no version tells, be unknown to it."""
PATIENCE_SECONDS = 5.0
"""How long a message waits for another process's answer, at most, and then at most half the time that it has left."""
PAUSE_SECONDS = 0.0005
LONGEST_PAUSE_SECONDS = 0.02
"""Before it is asked again whether another process is done; each pause is half as long again as the one before."""
RETRY_SECONDS = 10.0
"""How long the secret is not looked for after it could not be had."""

_SPACE = "verdicts"
_PURPOSE = b"qsfilter verdict"
_SEAL, _UNTIL = 32, 8
LONGEST_ANSWER = LONGEST_VALUE - _SEAL - _UNTIL


class VerdictCache:
    """The answers in one store, and the secret beside it. Nothing is opened before the first question."""

    def __init__(
        self,
        store: Store,
        *,
        seconds: float = KEPT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep answers in STORE for SECONDS (on CLOCK, as the store's); wait for other processes for PATIENCE seconds.

        Like the store, it is used in one thread.
        """
        if not 0 < seconds <= LONGEST_SECONDS:
            raise ValueError(f"a time to live of {seconds} s")
        self._store = store
        self.folder = store.folder
        self._seconds = seconds
        self._patience = patience
        self._clock = clock
        self._in_flight = InFlight(store.folder)
        self._secret = b""
        self._away_until = 0.0
        self._trouble = ""

    def until(self, deadline: float) -> OneMessage:
        """Return the cache as one message's plugins see it, whose DEADLINE is on `time.monotonic`."""
        self._in_flight.give_back()  # what a timer may have left, that rang at the end of the message before
        self._store.wait_anew()
        return OneMessage(self, self._in_flight, self._patience, deadline)

    def known(self, names: Collection[str]) -> dict[str, bytes] | None:
        """Return the answers that are known under NAMES; None where nothing can be known or kept now."""
        if not self._has_secret():
            return None
        rows = self._store.get_many(_SPACE, names)
        if rows is None:
            return None
        opened = ((name, self._opened(name, row)) for name, row in rows.items())
        return {name: answer for name, answer in opened if answer is not None}

    def keep(self, answers: Mapping[str, bytes], asked: float) -> None:
        """Keep ANSWERS (by name), asked for when the clock showed ASKED, where that is possible."""
        if not self._has_secret():
            return
        until = int((asked + self._seconds) * 1000).to_bytes(_UNTIL)
        rows = {
            name: self._seal(name, until, answer) + until + answer
            for name, answer in answers.items()
            if len(answer) <= LONGEST_ANSWER
        }
        if rows:
            self._store.put_many(_SPACE, rows, self._seconds)

    def now(self) -> float:
        """Return the time on the clock by which answers end."""
        return self._clock()

    def close(self) -> None:
        """Close all but the store; the next question opens it again. Not needed at the end of a process."""
        self._in_flight.close()

    def take_trouble(self) -> str:
        """Return what went wrong first since this was last asked, on one line; empty where nothing did."""
        told, self._trouble = self._trouble, ""
        return told or self._store.take_trouble()

    def _has_secret(self) -> bool:
        if not self._secret and time.monotonic() >= self._away_until:
            try:
                self._secret = site_key.read_or_make(self._store.folder)
            except OSError as error:
                self._away_until = time.monotonic() + RETRY_SECONDS
                self._note(f"no verdicts are remembered: {site_key.NAME}: {error}")
        return bool(self._secret)

    def _opened(self, name: str, row: bytes) -> bytes | None:
        """Return the answer in ROW, if it was sealed for NAME and has not ended."""
        seal, until, answer = row[:_SEAL], row[_SEAL : _SEAL + _UNTIL], row[_SEAL + _UNTIL :]
        if not compare_digest(seal, self._seal(name, until, answer)):
            self._note("a verdict that was not written with this site's secret was left aside")
            return None
        left = int.from_bytes(until) / 1000 - self._clock()
        return answer if 0 < left <= self._seconds + SKEW_SECONDS else None

    def _seal(self, name: str, until: bytes, answer: bytes) -> bytes:
        called = name.encode()
        digest = hashlib.blake2b(len(called).to_bytes(8), digest_size=_SEAL, key=self._secret, person=_PURPOSE)
        for piece in (called, until, answer):
            digest.update(piece)
        return digest.digest()

    def _note(self, told: str) -> None:
        self._trouble = self._trouble or f"store {self._store.folder}: {told}"[:300].replace("\n", " ")


class OneMessage:
    """The cache for the plugins of one message; made by `VerdictCache.until`."""

    def __init__(self, cache: VerdictCache, in_flight: InFlight, patience: float, deadline: float) -> None:
        self._cache = cache
        self._in_flight = in_flight
        self._patience = patience
        self._deadline = deadline

    def through(
        self,
        key: tuple[str, ...],
        blobs: tuple[Blob, ...],
        ask: Callable[[tuple[Blob, ...]], Answers],
    ) -> Mapping[Blob, bytes]:
        """Return an answer for each of BLOBS that has one, as `qsfilter.context.Cache` describes.

        What no other process is asking about is asked in one call of ASK; then the others' answers are waited for.
        """
        contents: dict[str, list[Blob]] = {}
        for blob in blobs:
            contents.setdefault(repr((key, blob.sha256, blob.size)), []).append(blob)

        def asked(names: Collection[str]) -> dict[str, bytes]:
            before = self._cache.now()
            told = ask(tuple(contents[name][0] for name in names))
            answers = {name: told.found[contents[name][0]] for name in names if contents[name][0] in told.found}
            if answers and told.key == key:
                self._cache.keep(answers, before)
            return answers

        if not contents:
            return {}
        found = self._cache.known(contents)
        if found is None:
            found, waiting = asked(contents), []
        else:
            waiting = [name for name in contents if name not in found]
        give_up = time.monotonic() + self._patience_now()
        pause = PAUSE_SECONDS
        while waiting:
            late = time.monotonic() >= give_up
            with self._in_flight.led(waiting) as led:
                turn = dict.fromkeys(waiting if late else led)
                # Who led before us kept its answer before it gave the content back.
                found |= (self._cache.known(turn) if turn else None) or {}
                if todo := [name for name in turn if name not in found]:
                    found |= asked(todo)
            if waiting := [name for name in waiting if name not in turn]:
                time.sleep(max(0.0, min(pause, give_up - time.monotonic())))
                pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)
        return {blob: found[name] for name, same in contents.items() if name in found for blob in same}

    def _patience_now(self) -> float:
        """Return for how many seconds others are waited for.

        A part is left to chance, so that those who wait for one process that hangs do not all go on at once.
        """
        left = max(0.0, self._deadline - time.monotonic())
        return min(self._patience, left / 2) * (0.5 + os.urandom(1)[0] / 512)
