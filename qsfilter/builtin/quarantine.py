"""Keeps quarantined mail: a copy of the received bytes, and a sidecar from which it can be queued again.

Guarantees: the sidecar is durable before the message's rename; both are named by retry key and group of recipients, so
a retry replaces its copy and never adds one; what is kept is byte for byte what was received.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from qsfilter import kept_copy
from qsfilter.actions import Kind
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Kept
from qsfilter.report import as_dict, malware_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Decision, Disposition, Message, Report

BOXES = ("viruses", "policy", "spam")


@plugin
class Quarantine:
    """The maildirs `viruses`, `policy` and `spam` below one folder."""

    path: str
    """The folder; it is made, mode 0700, when something is kept."""

    @hookimpl
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterator[Kept]:
        """Keep one copy for each group that must be kept."""
        for group in decision.groups:
            if group.kept:
                yield self._keep(group, message, report, ctx.key)

    def _keep(self, group: Disposition, message: Message, report: Report, key: str) -> Kept:
        group_hash = hashlib.sha256(b"\0".join(group.recipients)).hexdigest()
        boxes = {box: os.path.join(self.path, box) for box in BOXES}
        name = f"{key}.{group_hash[:8]}"
        where = kept_copy.keep(boxes[_box(group, report)], name, message, _sidecar(group, report), boxes.values())
        return Kept(what="quarantine", where=where, recipients=group.recipients)


def _box(group: Disposition, report: Report) -> str:
    """Choose the maildir by the gravest reason; what has malware in it is a virus, whatever it was stopped for."""
    kinds = {found.kind for found in group.because}
    if malware_in(report):
        return "viruses"
    return "spam" if kinds == {Kind.SPAM} else "policy"


def _sidecar(group: Disposition, report: Report) -> dict[str, object]:
    """Collect what is needed to judge, show and queue the copy again."""
    return {
        **kept_copy.sidecar(report, group.recipients),
        "action": str(group.action),
        "reason": group.reason,
        "engines": [
            f"{about.name} {about.version} {about.signatures}".rstrip() for about in report.about if about.engine
        ],
        "report": as_dict(report),
    }
