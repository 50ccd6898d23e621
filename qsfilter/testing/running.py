"""Takes a message through its whole life for a test, and says why where something else became of it than expected.

Guarantees: no process is started, no server asked but by the plugins themselves, and nothing is left on the disk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.filter import Filter
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.model import Client, Envelope
from qsfilter.testing.queue_stand_in import Queued
from qsfilter.transport import envelope_bytes, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from mmap import mmap

    from qsfilter.actions import Action
    from qsfilter.deliver import Transport
    from qsfilter.edits import Head
    from qsfilter.limits import Limits
    from qsfilter.model import Disposition, Finding, Report, Verdict
    from qsfilter.site_policy import Policy
    from qsfilter.testing.frozen_clock import FrozenClock

STRANGER = Client(ip="192.0.2.1")
"""A client that is nobody of ours."""


class QueueInMemory:
    """A transport that takes every message and keeps it where a test can look at it."""

    def __init__(self, code: int = 0) -> None:
        """Answer with CODE, an exit code of qmail-queue; with another one than 0 nothing is taken."""
        self.code = code
        self.queued: list[Queued] = []
        """What was taken, in its order: the message with our header lines on top, and the envelope as on fd 1."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Take the message, as `deliver.Transport` says."""
        if self.code == 0:
            self.queued.append(Queued(message=b"".join(pieces(raw, head)), envelope=envelope_bytes(envelope)))
        return self.code


@plugin
class Says:
    """A plugin that finds and votes what a test tells it to, whatever the message is."""

    found: tuple[Finding, ...] = ()
    """What it finds."""
    votes: tuple[Verdict, ...] = ()
    """What it votes for."""

    @hookimpl
    def scan(self) -> Iterator[Finding]:
        """Yield the findings."""
        yield from self.found

    @hookimpl
    def decide(self) -> Iterator[Verdict]:
        """Yield the votes."""
        yield from self.votes


def run(
    raw: bytes,
    *plugins: object,
    rules: str | Iterable[str] = (),
    sender: bytes = b"alice@example.org",
    recipients: tuple[bytes, ...] = (b"bob@example.com",),
    client: Client = STRANGER,
    policy: Policy | None = None,
    limits: Limits | None = None,
    clock: FrozenClock | None = None,
    queue: Transport | None = None,
) -> Report:
    """Take RAW through its whole life with PLUGINS (objects, or Entries) and site RULES, and return the report.

    It comes from SENDER for RECIPIENTS, handed in by CLIENT. POLICY and LIMITS are the defaults where they are not
    given. With a CLOCK no time passes but what a test lets pass. QUEUE takes what passes; without one it is taken by
    nobody, and answered as taken. Copies in quarantine are gone afterwards; the report says that they were kept.
    Raises PluginError and ConfigError, as `Filter` does.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415 - commands that take their messages from here need none

    with TemporaryDirectory(prefix="qsfilter-run-") as folder:
        transport = queue or QueueInMemory()
        chosen = Filter(
            *plugins, rules=rules, policy=policy, limits=limits, transport=transport, quarantine=f"{folder}/quarantine"
        )
        chosen.start()
        envelope = Envelope(sender=sender, recipients=recipients)
        ctx = pipeline.context(chosen.limits, raw, envelope)
        if clock is not None:
            ctx = replace(ctx, deadline=clock() + ctx.limits.seconds, clock=clock, now=clock.now)
        return pipeline.run(chosen.setup, raw, envelope, client, ctx, transport)


def assert_action(report: Report, action: Action | str, because: str = "", *, recipient: bytes | None = None) -> None:
    """Fail unless ACTION becomes of the message, or of RECIPIENT's copy of it; the text says what became of it and why.

    ACTION is an `Action`, or what it is called in a configuration. BECAUSE must stand in the reason, or in a finding
    behind it. Raises AssertionError.
    """
    __tracebackhide__ = True
    groups = [group for group in report.decision.groups if recipient is None or recipient in group.recipients]
    if not groups:
        raise AssertionError(f"no recipient {recipient!r} in {[group.recipients for group in report.decision.groups]}")
    got = str(report.decision.action if recipient is None else groups[0].action)
    reasons = [reason for group in groups if str(group.action) == got for reason in _reasons(group)]
    if got != str(action):
        raise AssertionError("\n".join([f"expected {action}, got {got}", *_told(report)]))
    if because and not any(because in reason for reason in reasons):
        raise AssertionError("\n".join([f"{got} is because of {reasons}, not of {because!r}", *_told(report)]))


def _reasons(group: Disposition) -> Iterator[str]:
    yield group.reason
    yield from map(str, group.because)


def _told(report: Report) -> Iterator[str]:
    for found in (*report.findings, *report.shadow):
        where = "message" if found.part is None else str(found.part)
        yield f"  found{' in shadow' * found.shadow} by {found.source}: {found} in {where} {found.detail}".rstrip()
    for vote in report.verdicts:
        yield f"  vote{' in shadow' * vote.shadow} of {vote.source}: {vote.action} {vote.reason}".rstrip()
    for call in report.calls:
        if not call.result.endswith(("answer", "answers")):
            yield f"  {call.hook} of {call.plugin}: {call.result}"
