"""The report stage: plugins are told what became of the message; nothing that happens here changes the answer.

Also here: the Report as the object that `explain --json` and sidecars print, and which vote decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsfilter.actions import EXIT_CODES, Kind
from qsfilter.bypass import BYPASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsfilter.examination import Examination
    from qsfilter.model import Disposition, Finding, Part, Report, Verdict, Waiver
    from qsfilter.registry import Entry


def report(finished: Report, examination: Examination) -> None:
    """Tell every plugin about FINISHED; failures are findings of EXAMINATION, for the log, and change nothing."""
    examination.ask("report", _nothing, report=finished)


def _nothing(_answer: object, _entry: Entry) -> None:
    """Take no answer; a notice has none."""


def exit_code(finished: Report) -> int:
    """Return the exit code of FINISHED, or the one that its decision would lead to."""
    return EXIT_CODES[finished.decision.action] if finished.outcome is None else finished.outcome.exit


def why_unexamined(finished: Report) -> str:
    """Return the postmaster's reason where nobody looked at the message of FINISHED; empty where it was examined."""
    noted = (found for found in finished.findings if found.name == BYPASS and found.source == "core")
    return next((found.detail for found in noted if found.kind is Kind.NOTE), "")


def malware_in(finished: Report) -> list[Finding]:
    """Return the malware in FINISHED that no waiver silences for all recipients, whatever decided."""
    waived = {waiver.finding for waiver in finished.decision.waived if waiver.recipients is None}
    return [found for found in finished.findings if found.kind is Kind.MALWARE and found not in waived]


def leading_votes(finished: Report, group: Disposition) -> list[Verdict]:
    """Return the votes for what GROUP of FINISHED wants; the first one is that which its reason comes from."""
    votes = votes_on(finished, group)
    safest = max((vote.action for vote in votes), default=None)
    leading = [vote for vote in votes if vote.action is safest]
    return sorted(leading, key=lambda vote: (vote.reason != group.reason, _gravity(vote)))


def _gravity(vote: Verdict) -> int:
    return min((found.kind.rank for found in vote.because), default=len(Kind))


def votes_on(finished: Report, group: Disposition) -> list[Verdict]:
    """Return the votes in FINISHED that count for GROUP, those in shadow left out."""
    members = set(group.recipients)
    return [
        vote
        for vote in finished.verdicts
        if not vote.shadow and (vote.recipients is None or members.intersection(vote.recipients))
    ]


def as_dict(finished: Report) -> dict[str, Any]:
    """Return FINISHED as the JSON object that is documented for `explain --json`."""
    rules = {call.plugin: call.rule for call in finished.calls if call.rule}
    return {
        "action": str(finished.decision.action),
        "exit": exit_code(finished),
        "id": finished.key[:16],
        "findings": [_finding(found) for found in finished.findings],
        "shadow": [_finding(found) for found in finished.shadow],
        "parts": [_part(part) for part in finished.message.parts],
        "recipients": [_group(group) for group in finished.decision.groups],
        "verdicts": [_vote(vote, rules.get(vote.source, "")) for vote in finished.verdicts],
        "waived": [_waiver(waiver) for waiver in finished.decision.waived],
        "edits": [
            {"what": edit.what, "field": _text(edit.field), "value": _text(edit.value)}
            for edit in finished.decision.edits
        ],
        "reply": finished.decision.reply,
        "about": [f"{about.name} {about.version} {about.signatures}".rstrip() for about in finished.about],
        "calls": [
            {
                "hook": call.hook,
                "plugin": call.plugin,
                "part": str(call.part) if call.part else "",
                "rule": call.rule,
                "seconds": round(call.seconds, 6),
                "result": call.result,
            }
            for call in finished.calls
        ],
        "seconds": round(finished.seconds, 6),
    }


def _finding(found: Finding) -> dict[str, str]:
    return {
        "kind": str(found.kind),
        "name": found.name,
        "part": str(found.part) if found.part is not None else "",
        "source": found.source,
        "detail": found.detail,
    }


def _vote(vote: Verdict, rule: str) -> dict[str, Any]:
    return {
        "action": str(vote.action),
        "reason": vote.reason,
        "source": vote.source,
        "rule": rule,
        "because": [_finding(found) for found in vote.because],
        "recipients": None if vote.recipients is None else _texts(vote.recipients),
        "shadow": vote.shadow,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "finding": str(waiver.finding),
        "part": str(waiver.finding.part) if waiver.finding.part is not None else "",
        "reason": waiver.reason,
        "source": waiver.source,
        "until": waiver.until,
        "recipients": None if waiver.recipients is None else _texts(waiver.recipients),
    }


def _texts(addresses: Sequence[bytes]) -> list[str]:
    return [_text(address) for address in addresses]


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "backslashreplace")


def _part(part: Part) -> dict[str, Any]:
    return {
        "path": str(part.path),
        "names": [name.text for name in part.names],
        "declared": part.declared,
        "size": part.blob.size,
        "sha256": part.blob.sha256,
        "origin": part.origin,
        "reading": part.reading,
    }


def _group(group: Disposition) -> dict[str, Any]:
    return {
        "group": _texts(group.recipients),
        "action": str(group.action),
        "reason": group.reason,
        "downgraded": group.downgraded,
        "silent": group.silent,
        "kept": group.kept,
    }
