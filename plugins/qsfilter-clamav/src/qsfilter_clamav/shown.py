"""What a server has shown to open, so that what is inside need not be sent beside it.

Guarantee: a kind counts only if the server has alerted on limits that were exceeded inside of it: where clamd's
AlertExceedsMax is off, or it opens no archives or no mail, nothing counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter import Blob
from qsfilter.context import Answers
from qsfilter_clamav import harmless
from qsfilter_clamav.choice import LARGEST_INSIDE, MAIL, OPENED
from qsfilter_clamav.replies import LIMITS, OK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qsfilter.context import Cache
    from qsfilter_clamav.replies import Reply
    from qsfilter_clamav.servers import Server

SECONDS = 1800.0
"""How long it counts in one process; the site's cache forgets in an hour. Another clamd.conf takes a new start."""
AGAIN_SECONDS = 60.0
"""When a server is asked again that did not answer all."""
NOTHING = b"nothing"
_QUESTION = Blob(b"what do you open?")
"""Stands for the probes in the site's cache, being the same each time."""


class Shown(NamedTuple):
    """The kinds that one server opens, and until when that counts, on the clock of the pool."""

    kinds: frozenset[str]
    until: float


def shown(
    server: Server, ask: Callable[[tuple[Blob, ...]], Mapping[Blob, Reply]], cache: Cache | None, now: float
) -> Shown:
    """Return what SERVER opens, as CACHE knows or as ASK is answered about harmless contents. Raises what ASK does.

    One process of the site asks for all of them: clamd logs an alert for each of these contents.
    """
    key = ("clamav", "shown", "1", str(server))
    told: list[Shown] = []

    def ask_and_look(blobs: tuple[Blob, ...]) -> Answers:
        told.append(_tell(ask, now))
        complete = told[0].until == now + SECONDS
        value = b" ".join(kind.encode() for kind in sorted(told[0].kinds)) or NOTHING
        return Answers(dict.fromkeys(blobs, value) if complete else {}, key)

    found = {} if cache is None else cache.through(key, (_QUESTION,), ask_and_look)
    if told:
        return told[0]
    known = _read(found[_QUESTION]) if _QUESTION in found else None
    return _tell(ask, now) if known is None else Shown(known, now + SECONDS)


def _tell(ask: Callable[[tuple[Blob, ...]], Mapping[Blob, Reply]], now: float) -> Shown:
    """Ask about the harmless contents."""
    nested = {"gzip": harmless.nested(), "zip": harmless.nested_in_zip(), MAIL: harmless.nested_in_mail()}
    large = Blob(bytes(LARGEST_INSIDE))
    blobs = (*nested.values(), large)
    answers = ask(blobs)
    kinds = {kind for kind, blob in nested.items() if blob in answers and answers[blob].text.startswith(LIMITS)}
    if large not in answers or answers[large].status != OK:
        kinds.difference_update(OPENED)  # from a zip it would take no more than that, and say nothing
    return Shown(frozenset(kinds), now + (SECONDS if all(blob in answers for blob in blobs) else AGAIN_SECONDS))


def _read(value: bytes) -> frozenset[str] | None:
    """Read kinds as they are kept; None for anything else."""
    if value == NOTHING:
        return frozenset()
    found = value.decode("ascii", "replace").split(" ")
    return frozenset(found) if {*found} <= {MAIL, *OPENED} and found == sorted({*found}) else None
