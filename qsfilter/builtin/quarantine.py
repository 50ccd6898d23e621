"""Keeps quarantined mail: a copy of the received bytes, and a sidecar from which it can be queued again.

Guarantees: the sidecar is durable before the message's rename; both are named by retry key and group of recipients, so
a retry replaces its copy and never adds one; what is kept is byte for byte what was received.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from typing import TYPE_CHECKING

from qsfilter import maildir
from qsfilter.actions import Kind
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Kept
from qsfilter.report import as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Decision, Disposition, Message, Report

BOXES = ("viruses", "policy", "spam")
SIDECARS = "sidecar"


@plugin
class Quarantine:
    """The maildirs `viruses`, `policy` and `spam` below one folder."""

    path: str

    @hookimpl
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterator[Kept]:
        """Keep one copy for each group that must be kept."""
        for group in decision.groups:
            if group.kept:
                yield self._keep(group, message, report, ctx.key)

    def _keep(self, group: Disposition, message: Message, report: Report, key: str) -> Kept:
        import json  # noqa: PLC0415 - clean mail needs none

        box = os.path.join(self.path, _box(group))
        group_hash = hashlib.sha256(b"\0".join(group.recipients)).hexdigest()
        name = f"{key}.{group_hash[:8]}"
        maildir.make(box, (SIDECARS,))
        text = json.dumps(_sidecar(group, message, report), indent=1).encode()
        maildir.write_durably(box, os.path.join(SIDECARS, f"{name}.json"), [text])
        raw = message.root.blob.base
        where = maildir.write_durably(box, os.path.join("new", name), maildir.pieces_of(raw))
        self._forget_older(name, where)
        return Kept(what="quarantine", where=where, recipients=group.recipients)

    def _forget_older(self, name: str, where: str) -> None:
        """Remove copies that an earlier attempt left elsewhere; the new one is durable by now."""
        for box in BOXES:
            places = [os.path.join(self.path, box, "cur", f"{name}{flags}") for flags in ("", ":2,", ":2,S")]
            for place in (os.path.join(self.path, box, "new", name), *places):
                if place != where:
                    _unlink(place)
            sidecar = os.path.join(self.path, box, SIDECARS, f"{name}.json")
            if not where.startswith(os.path.join(self.path, box, "")):
                _unlink(sidecar)


def _unlink(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return  # an older copy that stays is a duplicate, never a loss


def _box(group: Disposition) -> str:
    """Choose the maildir by the gravest reason."""
    kinds = {found.kind for found in group.because}
    if Kind.MALWARE in kinds:
        return "viruses"
    return "spam" if kinds == {Kind.SPAM} else "policy"


def _sidecar(group: Disposition, message: Message, report: Report) -> dict[str, object]:
    """Collect what is needed to judge, show and queue the copy again; addresses in base64, because they are bytes."""
    return {
        "version": 1,
        "key": report.key,
        "sender": b64encode(message.envelope.sender).decode("ascii"),
        "recipients": [b64encode(recipient).decode("ascii") for recipient in group.recipients],
        "client": {"ip": message.client.ip, "host": message.client.host, "user": message.client.user},
        "size": message.root.blob.size,
        "sha256": message.root.blob.sha256,
        "action": str(group.action),
        "reason": group.reason,
        "config": report.config,
        "engines": [
            f"{about.name} {about.version} {about.signatures}".rstrip() for about in report.about if about.engine
        ],
        "report": as_dict(report),
    }
