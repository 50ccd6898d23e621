"""Scans every content of a message by clamd, over a unix socket, TCP or TLS.

Guarantees: a content is clean only if a clamd said exactly that about it, or about one that holds it and that it has
shown to open; what was not scanned for want of a server is a FAILURE, and what clamd can't or won't scan whole is
UNSCANNABLE; all servers and attempts share one deadline.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Kind, Problem, hookimpl, note, plugin, unscannable
from qsfilter.words import finding
from qsfilter_clamav.choice import MEMBERS, SCANS, choose
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.replies import OK
from qsfilter_clamav.servers import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter import Blob, Context, Finding, Message
    from qsfilter_clamav.choice import Choice
    from qsfilter_clamav.remembered import Remembered
    from qsfilter_clamav.replies import Reply

__all__ = ["ClamAV"]

KIB, MIB = 1 << 10, 1 << 20
START_SECONDS = 3.0
ABOUT_SECONDS = 1.0
SHARE = 0.95
"""Of the time that the message has left: what was found has to be told before the core's own timer rings."""


@plugin
class ClamAV:
    """Virus scanning by clamd: all contents of a message in one session, to the first server that answers."""

    servers: tuple[str | dict[str, object], ...] = ("unix:/run/clamav/clamd.ctl",)
    """`unix:/PATH`, `tcp:HOST:PORT` or `tls:HOST:PORT`, in the order in which they are asked; the next one where one
    fails. Or tables with such an `address` and `weight`, `server_name`, `ca_file`, `certificate`, `key`."""
    scan: str = "leaves+skeleton"
    """What of the message itself is scanned beside its leaves: the `skeleton` (all but the coded bodies of large
    leaves), nothing (`leaves`), all (`leaves+raw`); or all without leaves (`raw`). An ambiguous one is scanned raw, in
    all its parts."""
    members: str = "unusual"
    """Which members of archives are sent beside the archive: those that clamd may not see, or `all`."""
    seconds: float = 50.0
    """Time for all contents of a message and all servers together; keep it below the table's `timeout` (60)."""
    max_file_bytes: int = 25 * MIB
    """The smaller one of clamd's MaxFileSize and StreamMaxLength; larger contents are UNSCANNABLE."""
    chunk_bytes: int = MIB
    """Size of the chunks in which a content is sent over TCP."""
    pass_descriptors: bool = True
    """Pass descriptors over a unix socket; without it contents are sent through it, as over TCP."""
    cache_bytes: int = 16 * KIB
    """Contents from this size on are looked up among the answers that the site has had; 0 for all."""
    max_age_days: float = 7.0
    """`qsfilter check` warns of signatures older than this."""

    def __post_init__(self) -> None:
        """Refuse what can't work; no server is asked."""
        if not self.servers:
            raise ConfigError("servers: takes at least one")
        for key in ("seconds", "max_age_days"):
            if not getattr(self, key) > 0:
                raise ConfigError(f"{key}: takes a number above 0")
        for key in ("max_file_bytes", "chunk_bytes"):
            if not 0 < getattr(self, key) < 1 << 31:
                raise ConfigError(f"{key}: takes a number of bytes from 1 to {(1 << 31) - 1}")
        if self.cache_bytes < 0:
            raise ConfigError("cache_bytes: takes a number of bytes from 0")
        for key, known in (("scan", SCANS), ("members", MEMBERS)):
            if getattr(self, key) not in known:
                raise ConfigError(f"{key}: takes one of {', '.join(known)}, not {getattr(self, key)!r}")
        if len({parse(entry).text for entry in self.servers}) < len(self.servers):
            raise ConfigError("servers: names one twice")

    @cached_property
    def _pool(self) -> Pool:
        """The servers; the one thing here that remembers, and the connection it keeps is all it remembers."""
        return Pool(tuple(map(parse, self.servers)), descriptors=self.pass_descriptors, chunk=self.chunk_bytes)

    @hookimpl
    def start(self) -> None:
        """Connect to a server; where none is there yet, the first message tries again."""
        self._pool.open(time.monotonic() + min(START_SECONDS, self.seconds))

    @hookimpl
    def about(self) -> About:
        """Say clamd's version, and number and age of its signatures, as far as it has told them."""
        known = self._pool.learn(time.monotonic() + min(ABOUT_SECONDS, self.seconds))
        if known is None:
            return About(name="clamav", engine=True)
        age = None if known.built is None else max(0.0, time.time() - known.built)
        return About(name="clamav", version=known.engine, signatures=known.signatures, age=age, engine=True)

    @hookimpl(specname="scan")  # `scan` is an option here
    def scan_message(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Yield what clamd finds in each content, and which contents it was not asked about or did not answer for."""
        deadline = time.monotonic() + min(self.seconds, ctx.seconds_left * SHARE)
        choice = choose(message, scan=self.scan, members=self.members, most=self.max_file_bytes)
        yield from self._too_large(message, in_parts=not choice.alone)
        asked = self._pool.ask(choice, deadline, self._remembered(choice, ctx), ctx.cache)
        yield from self._found(message, choice, asked.answers)
        why = "; ".join(asked.troubles)
        if missing := len(asked.missing):
            total = missing + len(asked.answers)
            yield finding(Kind.FAILURE, "not-scanned", None, f"{missing} of {total} contents: {why}")
        elif why:
            yield note("server-failed", None, why)

    def _remembered(self, choice: Choice, ctx: Context) -> Remembered | None:
        """Return the site's memory, if CHOICE has contents that may be in it."""
        if all(blob.size < self.cache_bytes or blob is choice.whole for blob in choice.needed):
            return None
        from qsfilter_clamav.remembered import Remembered  # noqa: PLC0415 - few messages have large contents

        return Remembered(ctx.cache, self.cache_bytes, self.max_file_bytes, descriptors=self.pass_descriptors)

    @staticmethod
    def _found(message: Message, choice: Choice, answers: Mapping[Blob, Reply]) -> Iterator[Finding]:
        """Yield what ANSWERS say that is not clean, in the order of MESSAGE."""
        if all(reply.status == OK for reply in answers.values()):
            return
        root = message.root.blob
        if choice.whole is not None and choice.whole in answers and (found := answers[choice.whole].finding(root)):
            yield found
        for blob in dict.fromkeys(part.blob for part in message.parts[1:]):
            if blob is not choice.whole and blob in answers and (found := answers[blob].finding(blob)):
                yield found

    def _too_large(self, message: Message, *, in_parts: bool) -> Iterator[Finding]:
        """Yield a finding for each content that is not sent: clamd answers OK to what is too large for it.

        IN_PARTS says that what is in the message is sent by itself.
        """
        inner = {part.path.steps[:-1] for part in message.parts if part.origin == "mime" and not part.shadow}
        in_entities = {id(part.blob) for part in message.parts if part.path.steps in inner}
        for blob in message.blobs:
            if blob.size <= self.max_file_bytes:
                continue
            detail = f"{blob.size} bytes; clamd is given at most {self.max_file_bytes}"
            if in_parts and id(blob) in in_entities:
                # Whatever a reader shows of a message or a multipart is in its entities, each of which is sent.
                yield note("sent-in-parts", blob, detail)
            else:
                yield unscannable("over-limit", blob, detail)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report servers that don't answer, old signatures, and limits that would pass mail unscanned."""
        from qsfilter_clamav.probes import problems  # noqa: PLC0415 - for `qsfilter check` alone

        yield from problems(
            [parse(text) for text in self.servers],
            max_file_bytes=self.max_file_bytes,
            chunk=self.chunk_bytes,
            descriptors=self.pass_descriptors,
            max_age_days=self.max_age_days,
            seconds=self.seconds,
        )
