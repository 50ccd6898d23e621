"""The deliver stage: keepers store copies, then the transport hands the message over, last and once.

Guarantees: whoever should not get the message is answered "accepted" or "refused" only after a durable copy exists, or
by a rule that says discard; a keeper that fails, or could not even be asked, defers the message; a deferred message is
neither kept nor handed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from qsfilter.actions import EXIT_CODES, Action, Kind
from qsfilter.edits import Head, head
from qsfilter.errors import DeliveryError
from qsfilter.model import Envelope, Kept, Outcome

BUG = 81

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.examination import Examination
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Finding, Report
    from qsfilter.registry import Entry
    from qsfilter.site_policy import Policy


class Transport(Protocol):
    """The next hop: qmail-queue, a maildir, or one of your own. It is called last and at most once a message."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Hand over `head.lines` and RAW from `head.offset` on, to the recipients of ENVELOPE.

        Return the exit code of whoever took it: 0 only if the message is in its care. Raises DeliveryError.
        """
        ...


def deliver(
    report: Report,
    raw: bytes | mmap,
    examination: Examination,
    policy: Policy,
    transport: Transport,
    legacy: LegacyHeaders | None = None,
) -> Outcome:
    """Do what the decision in REPORT says about RAW, the received bytes, which are given LEGACY fields."""
    decision = report.decision
    if decision.action is Action.DEFER:
        return Outcome(exit=EXIT_CODES[Action.DEFER], reply=decision.reply)
    kept, trouble = _keep(report, examination, policy)
    if trouble:
        return Outcome(exit=EXIT_CODES[Action.DEFER], reply=_said(trouble, report), kept=kept)
    accepted = {
        recipient for group in decision.groups if group.action is Action.ACCEPT for recipient in group.recipients
    }
    if not any(group.action is Action.ACCEPT for group in decision.groups):
        return Outcome(exit=EXIT_CODES[decision.action], reply=decision.reply, kept=kept)
    given = report.message.envelope
    envelope = Envelope(sender=given.sender, recipients=tuple(rcpt for rcpt in given.recipients if rcpt in accepted))
    try:
        code = transport.hand_over(raw, head(report, raw, legacy), envelope)
    except DeliveryError as error:
        return Outcome(exit=error.exit, reply=_said(str(error), report), kept=kept)
    if type(code) is not int or not 0 <= code <= 255:  # a transport of one's own that forgets to return
        said = _said(f"try again later: the transport answered {code!r}", report)
        return Outcome(exit=BUG, reply=said, kept=kept)
    return Outcome(exit=code, handed=envelope.recipients if code == 0 else (), kept=kept)


def _said(trouble: str, report: Report) -> str:
    from qsfilter.reply import composed  # noqa: PLC0415 - most mail is handed over without trouble

    return composed(trouble, "", report.key)


def _keep(report: Report, examination: Examination, policy: Policy) -> tuple[tuple[Kept, ...], str]:
    """Ask the keepers; return what is kept, and why the message can't be answered yet (empty if it can)."""
    kept: list[Kept] = []
    before = len(examination.findings)

    def take(answer: object, _entry: Entry) -> None:
        if isinstance(answer, Kept):
            kept.append(answer)

    examination.ask("deliver", take, message=report.message, decision=report.decision, report=report)
    safe = {recipient for copy in kept if copy.what == "quarantine" for recipient in copy.recipients}
    lacking = [group for group in report.decision.groups if group.kept and not _is_safe(group.recipients, safe, kept)]
    on_error = {entry.name: entry.on_error for entry in examination.registry.entries}

    def votes(found: Finding) -> set[Action]:
        if found.kind is not Kind.FAILURE or found.shadow:
            return set()
        voted = policy.votes(found, report.message, on_error.get(found.source), waited=examination.ctx.waited)
        return {vote.action for vote in voted}

    # A keeper that was not asked has voted before; where it wants the mail to wait, a graver vote has outdone it.
    keepers = {hook.entry.name for hook in examination.registry.hooks["deliver"]}
    earlier = [found for found in examination.findings[:before] if found.source in keepers & examination.broken.keys()]
    failed = [found for found in earlier if Action.DEFER in votes(found)]
    failed += [found for found in examination.findings[before:] if votes(found) - {Action.ACCEPT}]
    if failed:
        return tuple(kept), f"try again later: {failed[0].source} could not keep the message"
    return tuple(kept), "try again later: the message could not be kept" if lacking else ""


def _is_safe(recipients: tuple[bytes, ...], safe: set[bytes], kept: list[Kept]) -> bool:
    if not recipients:  # an envelope without recipients has one group, and one copy of it is enough
        return any(copy.what == "quarantine" for copy in kept)
    return safe.issuperset(recipients)
