"""The decide stage: findings become votes, votes become one decision for every group of recipients.

Guarantees: the answer does not depend on the order of plugins, rules or findings; a finding without a vote of its own
is voted on by the action table; a plugin that failed votes as its `on_error` says; only a waiver keeps a finding out,
and never malware unless its allow entry names it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind, combine
from qsfilter.errors import Nonsense
from qsfilter.model import Decision, Disposition, Edit, Finding, Path, Verdict, Waiver

if TYPE_CHECKING:
    from qsfilter.examination import Examination
    from qsfilter.model import Message
    from qsfilter.registry import Entry
    from qsfilter.site_policy import Policy


def decide(
    message: Message, findings: tuple[Finding, ...], examination: Examination, policy: Policy
) -> tuple[tuple[Verdict, ...], Decision]:
    """Collect all votes on FINDINGS (those in shadow left out) and combine them."""
    counted = tuple(found for found in findings if not found.shadow)
    before = len(examination.findings)
    verdicts: list[Verdict] = []
    waivers: list[Waiver] = []

    def take(answer: object, entry: Entry) -> None:
        _refuse_unsound(answer)
        if isinstance(answer, Verdict):
            verdicts.append(replace(answer, source=entry.name, shadow=entry.shadow))
        elif isinstance(answer, Waiver) and not entry.shadow:
            waivers.append(replace(answer, source=entry.name))

    examination.ask("decide", take, message=message, findings=counted)
    counted += tuple(found for found in examination.findings[before:] if not found.shadow)
    verdicts.sort(key=_source)  # stable: what one plugin says stays in its order
    waivers.sort(key=_source)
    waivers += policy.waivers(counted, message, examination.ctx.now())
    waived = tuple(waiver for waiver in waivers if waiver.malware or waiver.finding.kind is not Kind.MALWARE)
    silenced = {waiver.finding for waiver in waived if waiver.recipients is None}
    if waived:
        verdicts = [left for verdict in verdicts if (left := _without_waived(verdict, waived, message)) is not None]
    on_error = {entry.name: entry.on_error for entry in examination.registry.entries}
    for found in sorted(counted, key=_order):
        if found not in silenced:
            exempt = frozenset(one for waiver in waived if waiver.finding == found for one in waiver.recipients or ())
            verdicts += policy.votes(
                found, message, on_error.get(found.source), waited=examination.ctx.waited, exempt=exempt
            )
    in_force = [verdict for verdict in verdicts if not verdict.shadow]
    wanted = _dispositions(message, in_force, policy)
    groups = _combined(wanted)
    edits = tuple(dict.fromkeys(edit for verdict in in_force for edit in verdict.edits))
    said = _reply(message, wanted, groups[0].action, examination.ctx.key)
    decision = Decision(groups=groups, edits=edits, reply=said, waived=waived)
    return tuple(verdicts), decision


def _without_waived(verdict: Verdict, waived: tuple[Waiver, ...], message: Message) -> Verdict | None:
    """Return what is left of a plugin's VERDICT without recipients for whom all it is because of is WAIVED."""
    if not verdict.because or verdict.action is Action.ACCEPT:  # which holds nothing up, and may add a field
        return verdict

    def is_silenced(recipient: bytes | None) -> bool:
        return all(
            any(
                waiver.finding == found and (waiver.recipients is None or recipient in waiver.recipients)
                for waiver in waived
            )
            for found in verdict.because
        )

    given = message.envelope.recipients if verdict.recipients is None else verdict.recipients
    left = tuple(recipient for recipient in given if not is_silenced(recipient))
    if left == given:
        return None if not given and is_silenced(None) else verdict
    return replace(verdict, recipients=left) if left else None


def _refuse_unsound(answer: object) -> None:
    """Raise Nonsense for what would vote for nobody, as `recipients` that are one address, or would end the stage."""
    sound = False
    if isinstance(answer, (Verdict, Waiver)):
        sound = _holds(() if answer.recipients is None else answer.recipients, bytes)
    if isinstance(answer, Verdict):
        sound = sound and _holds(answer.because, Finding) and _holds(answer.edits, Edit)
    elif isinstance(answer, Waiver):
        sound = sound and isinstance(answer.finding, Finding)
    if not sound:
        raise Nonsense(f"a field of this {type(answer).__name__} is of a wrong type")


def _holds(values: object, expected: type) -> bool:
    return isinstance(values, tuple) and all(isinstance(value, expected) for value in values)


def _source(answer: Verdict | Waiver) -> str:
    return answer.source


def _order(found: Finding) -> tuple[int, str, tuple[tuple[int, str], ...], bool, str, str]:
    """Order findings by themselves, not by the order in which plugins were asked."""
    steps = found.part.steps if isinstance(found.part, Path) else ()
    return found.kind.rank, found.name, steps, found.part is None, found.source, found.detail


def _dispositions(message: Message, verdicts: list[Verdict], policy: Policy) -> list[Disposition]:
    """Make one disposition for each group of recipients that the same votes hold for; a message has at least one."""
    recipients = tuple(dict.fromkeys(message.envelope.recipients))
    common = tuple(vote for vote in verdicts if vote.recipients is None)
    groups: dict[tuple[Verdict, ...], list[bytes]] = {}
    if len(common) == len(verdicts) or not recipients:
        groups[common] = list(recipients)
    else:
        for recipient in recipients:
            votes = tuple(vote for vote in verdicts if vote.recipients is None or recipient in vote.recipients)
            groups.setdefault(votes, []).append(recipient)
    relayed = message.client.ip in policy.relays
    return [_disposition(votes, tuple(members), relayed=relayed) for votes, members in groups.items()]


def _disposition(votes: tuple[Verdict, ...], recipients: tuple[bytes, ...], *, relayed: bool) -> Disposition:
    action = max((vote.action for vote in votes), default=Action.ACCEPT)
    leading = sorted((vote for vote in votes if vote.action is action), key=_gravity)
    downgraded = relayed and action is Action.REJECT
    return Disposition(
        action=Action.QUARANTINE if downgraded else action,
        recipients=recipients,
        reason=leading[0].reason if leading else "",
        because=tuple(dict.fromkeys(found for vote in leading for found in vote.because)),
        silent=any(vote.silent for vote in votes),
        keep=any(vote.keep for vote in leading),
        downgraded=downgraded,
    )


def _gravity(vote: Verdict) -> tuple[int, str]:
    """Order votes by the gravest of their findings, so that malware outranks policy in what is reported."""
    return min((found.kind.rank for found in vote.because), default=len(Kind)), vote.reason


def _combined(groups: list[Disposition]) -> tuple[Disposition, ...]:
    settled = combine([group.action for group in groups])
    return tuple(
        replace(group, action=action, downgraded=group.downgraded or action is Action.QUARANTINE)
        if action is not group.action
        else group
        for group, action in zip(groups, settled, strict=True)
    )


def _reply(message: Message, wanted: list[Disposition], answer: Action, key: str) -> str:
    """Say why MESSAGE is refused or deferred; nothing for mail that is taken."""
    if answer not in {Action.REJECT, Action.DEFER}:
        return ""
    from qsfilter.reply import reply  # noqa: PLC0415 - most mail is taken

    return reply(message, wanted, answer, key)
