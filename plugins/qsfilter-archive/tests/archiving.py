"""Archives one message at a time, and says what a verification found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter import Client, Envelope, Filter
from qsfilter.context import Context
from qsfilter.limits import Budget, Limits
from qsfilter.testing.messages import message
from qsfilter.testing.running import QueueInMemory
from qsfilter_archive import Archive

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter_archive.verification import Verified

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLIENT = Client(ip="192.0.2.1")
DAY = 86400.0
BEGIN = 1_800_000_000.0
"""A day in January 2027."""
FIRST_DAY = time.strftime("%Y-%m-%d", time.gmtime(BEGIN))


def archive(box: Path, number: int = 0, now: float = BEGIN, received: bytes = b"") -> str:
    """Archive one message and return its key."""
    plugin = Archive(path=str(box))
    chosen = Filter(plugin, transport=QueueInMemory(), quarantine=str(box.parent / "quarantine"))
    chosen.start()
    report = chosen.examine(received + message(b"%d\n" % number), ENVELOPE, CLIENT)
    ctx = Context(limits=Limits(), budget=Budget(Limits()), deadline=1e12, key=report.key, now=lambda: now)
    (kept,) = plugin.deliver(report.message, report.decision, report, ctx)
    assert kept.where.endswith(report.key)
    return report.key


def troubles(found: Verified) -> list[str]:
    """Return what is wrong."""
    return [trouble.what for trouble in found.troubles if trouble.fatal]


def notes(found: Verified) -> list[str]:
    """Return what is only worth knowing."""
    return [trouble.what for trouble in found.troubles if not trouble.fatal]
