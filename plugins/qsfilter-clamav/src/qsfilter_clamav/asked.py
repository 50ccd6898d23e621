"""What was answered about one message so far, and what is still to be asked.

Guarantee: a content that was left to clamd to take out of another counts as scanned only if the outer one was called
clean by a server that has shown to open it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter_clamav import replies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qsfilter import Blob
    from qsfilter.context import Cache
    from qsfilter_clamav.choice import Choice
    from qsfilter_clamav.remembered import Remembered
    from qsfilter_clamav.replies import Reply

Kinds = frozenset[str]


class Asked:
    """The answers about one Choice, and what the site may know of it already."""

    def __init__(self, choice: Choice, remembered: Remembered | None, cache: Cache | None) -> None:
        self.choice = choice
        self.remembered = remembered
        self.cache = cache
        self.answers: dict[Blob, Reply] = {}
        self.troubles: list[str] = []
        """What went wrong with each server that failed."""
        self._opened: dict[Blob, Kinds] = {}
        """Content → what the server opens that answered about it."""

    @property
    def missing(self) -> list[Blob]:
        """The contents that nobody has answered for."""
        return self.todo(frozenset())

    def todo(self, kinds: Kinds) -> list[Blob]:
        """Return the contents to ask a server about that opens KINDS, each once."""
        found: list[Blob] = []
        seen: set[Blob] = set()
        look = [*self.choice.needed]
        for blob in look:  # it grows meanwhile
            if blob in seen:
                continue
            seen.add(blob)
            if blob not in self.answers:
                found.append(blob)
            inner = self.choice.inside.get(blob)
            if inner is not None and inner.kind not in self._opens(blob, kinds):
                look += inner.blobs
        return found

    def _opens(self, blob: Blob, kinds: Kinds) -> Kinds:
        """Return which kinds need not be taken out of BLOB for clamd, the server to be asked opening KINDS."""
        reply = self.answers.get(blob)
        if reply is None:
            return kinds
        return self._opened[blob] if reply.status == replies.OK else frozenset()

    def take(self, said: Mapping[Blob, Reply], todo: Iterable[Blob], kinds: Kinds) -> str:
        """Take in what a server that opens KINDS has SAID when it was asked about TODO; return what is wrong with it.

        What says nothing about a content is no answer.
        """
        trouble = ""
        for blob, reply in said.items():
            if reply.about_server:
                trouble = reply.text
                continue
            self.answers[blob], self._opened[blob] = reply, kinds
            if reply.text == replies.TOO_LONG:
                # So it would be for each that is no shorter, at the price of a connection.
                for other in todo:
                    if other.size >= blob.size and other not in self.answers:
                        self.answers[other], self._opened[other] = reply, kinds
        return trouble

    def doubt(self, blobs: Iterable[Blob]) -> None:
        """Forget that BLOBS were called clean; malware stays malware."""
        for blob in blobs:
            if blob in self.answers and self.answers[blob].status == replies.OK:
                del self.answers[blob]
