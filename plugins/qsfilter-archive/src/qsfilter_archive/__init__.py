"""Keeps a copy of all mail, or of the mail from and to some addresses, in a maildir, before it is handed over.

Guarantees: the copy is byte for byte what was received, and durable before anything is answered; a retry replaces it;
a message that can't be archived waits; no address becomes a file name.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Kept, Problem, __version__, hookimpl, kept_copy, plugin
from qsfilter_archive.addresses import Pattern

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
    """The maildir, an absolute path; made where it is missing."""
    match: str = EVERY[0]
    """`all`, `no`, or a pattern (RE2) that is searched, in any case, in the envelope sender and each recipient."""

    def __post_init__(self) -> None:
        """Refuse a path that depends on where a caller stands, and a pattern that is part of every address."""
        if not os.path.isabs(self.path) or "\0" in self.path:
            raise ConfigError("path: takes an absolute path")
        if not self.match:
            raise ConfigError("match: takes all, no, or a pattern")

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
        """Keep one copy, whatever becomes of the message for each recipient."""
        if self._wants(message):
            recipients = message.envelope.recipients
            told = kept_copy.sidecar(report, recipients) | {"decision": _told(decision)}
            where = kept_copy.keep(self.path, ctx.key, message, told)
            yield Kept(what="archive", where=where, recipients=recipients)

    def _wants(self, message: Message) -> bool:
        if self._pattern is None:
            return self.match in EVERY
        return any(map(self._pattern.is_in, (message.envelope.sender, *message.envelope.recipients)))

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report a pattern that RE2 refuses, and a maildir that can't be written."""
        try:
            _ = self._pattern
        except ConfigError as error:
            mend = "mend it; look-around and back references are not in RE2's syntax"
            yield Problem(text=f"archive.{error}", mend=mend)
        if place := kept_copy.unwritable(self.path):
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
