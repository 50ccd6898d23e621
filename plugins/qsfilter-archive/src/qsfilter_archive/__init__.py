"""Keeps a copy of all mail, or of the mail from and to some addresses, in maildirs, before it is handed over.

Guarantees: the copy is byte for byte what was received, and durable before anything is answered, and so is its line in
the manifest; a retry replaces it; a message that can't be archived waits; no address becomes a file name.
"""

from __future__ import annotations

import hashlib
import os
import time
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Kept, Problem, __version__, hookimpl, kept_copy, plugin
from qsfilter_archive.addresses import Pattern
from qsfilter_archive.folders import FORMS, WHOLE, checked_domain, folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Context, Decision, Message, Report

__all__ = ["Archive"]

EVERY = ("all", "yes")
NONE = "no"


@plugin
class Archive:
    """A copy of every message that is answered for good, whatever the answer is, with its envelope beside it."""

    path: str
    """The maildir, or the folder above the maildirs; an absolute path, made where it is missing."""
    match: str = EVERY[0]
    """`all`, `no`, or a pattern (RE2) that is searched, in any case, in the envelope sender and each recipient."""
    folders: str = ""
    """A maildir for each `domain`, each `date` (UTC), or `domain/date`; empty for one maildir."""
    domains: tuple[str, ...] = ()
    """The domains that have folders; mail from and to none of them goes to `other`."""
    manifest: bool = True
    """Append a line for each copy to a chain of hashes, by which it is seen what is missing or changed."""

    def __post_init__(self) -> None:
        """Refuse a path that depends on where a caller stands, and a pattern that is part of every address."""
        if not os.path.isabs(self.path) or "\0" in self.path:
            raise ConfigError("path: takes an absolute path")
        if not self.match:
            raise ConfigError("match: takes all, no, or a pattern")
        if self.folders not in FORMS:
            raise ConfigError(f"folders: takes one of {', '.join(FORMS[1:])}, or nothing, not {self.folders!r}")
        if ("domain" in self.folders) is not bool(self.domains):
            raise ConfigError("domains: goes together with folders by domain")
        _ = self._domains

    @cached_property
    def _domains(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(checked_domain, self.domains)))

    @cached_property
    def _pattern(self) -> Pattern | None:
        """The pattern, compiled; None for one of the words. Raises ConfigError."""
        return None if self.match in (*EVERY, NONE) else Pattern(self.match)

    @hookimpl
    def start(self) -> None:
        """Compile the pattern."""
        _ = self._pattern

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="archive", version=__version__)

    @hookimpl
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterator[Kept]:
        """Keep one copy in each folder it belongs to, whatever becomes of the message for each recipient."""
        if self._wants(message):
            now, recipients = ctx.now(), message.envelope.recipients
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
            told = kept_copy.sidecar(report, recipients) | {"time": stamp, "decision": _told(decision)}
            for folder in folders(self.folders, self._domains, message.envelope, now):
                where = self._keep(folder, ctx.key, message, told, now)
                yield Kept(what="archive", where=where, recipients=recipients)

    def _keep(self, folder: str, key: str, message: Message, told: dict[str, object], now: float) -> str:
        """Keep the copy, then its line; who dies in between leaves a copy that its retry gives a line."""
        box = self.path if folder == WHOLE else os.path.join(self.path, folder)
        if not self.manifest:
            return kept_copy.keep(box, key, message, told)
        from qsfilter_archive import lines, manifest  # noqa: PLC0415 - not needed to list plugins

        # So that the line of the attempt that came last is about the copy of the attempt that came last.
        with manifest.locked(self.path, manifest.lock_of(key)):
            sidecar = os.path.join(box, kept_copy.SIDECARS, f"{key}.json")
            again = os.path.lexists(sidecar)
            where = kept_copy.keep(box, key, message, told)
            with open(sidecar, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            blob = message.root.blob
            manifest.append(self.path, lines.Kept(again, folder, key, blob.size, blob.sha256, digest), now)
        return where

    def _wants(self, message: Message) -> bool:
        if self._pattern is None:
            return self.match in EVERY
        return any(map(self._pattern.is_in, (message.envelope.sender, *message.envelope.recipients)))

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report a pattern that RE2 refuses, and a maildir or a manifest that can't be written."""
        try:
            _ = self._pattern
        except ConfigError as error:
            mend = "mend it; look-around and back references are not in RE2's syntax"
            yield Problem(text=f"archive.{error}", mend=mend)
        from qsfilter_archive.places import unwritable  # noqa: PLC0415 - the mail path needs none of it

        for place in unwritable(self.path, whole=not self.folders, manifest=self.manifest):
            mend = "give it to the user whom mail runs as, or change archive.path; until then the mail waits"
            yield Problem(text=f"archive.path: {place} can't be written", mend=mend)


def _told(decision: Decision) -> dict[str, object]:
    """Say in the sidecar what was decided, and for whom."""
    groups = [
        {
            "recipients": [kept_copy.coded(recipient) for recipient in group.recipients],
            "action": str(group.action),
            "reason": group.reason,
        }
        for group in decision.groups
    ]
    return {"action": str(decision.action), "groups": groups}
