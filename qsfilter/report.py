"""The report stage: plugins are told what became of the message; nothing that happens here changes the answer.

Also here: the Report as one log line, and as the object that `explain --json` and sidecars print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsfilter.actions import EXIT_CODES
from qsfilter.names import shown

if TYPE_CHECKING:
    from qsfilter.examination import Examination
    from qsfilter.model import Disposition, Finding, Part, Report
    from qsfilter.registry import Entry

MOST_FINDINGS_IN_LOG = 5


def report(finished: Report, examination: Examination) -> None:
    """Tell every plugin about FINISHED; failures are in the examination's trace and change nothing."""
    examination.ask("report", _nothing, report=finished)


def _nothing(_answer: object, _entry: Entry) -> None:
    """Take no answer; a notice has none."""


def exit_code(finished: Report) -> int:
    """Return the exit code of FINISHED, or the one that its decision would lead to."""
    return EXIT_CODES[finished.decision.action] if finished.outcome is None else finished.outcome.exit


def log_line(finished: Report) -> str:
    """Say in one line of `key=value` what became of the message; every text of the sender's is quoted and escaped."""
    envelope, outcome = finished.message.envelope, finished.outcome
    found = [f"{finding}{f' in {finding.part}' if finding.part else ''}" for finding in finished.findings]
    more = len(found) - MOST_FINDINGS_IN_LOG
    listed = "; ".join(found[:MOST_FINDINGS_IN_LOG]) + (f"; and {more} more" if more > 0 else "")
    fields = [
        f"id={finished.key[:16]}",
        f"action={finished.decision.action}",
        f"exit={exit_code(finished)}",
        f"handed={len(outcome.handed) if outcome else 0}",
        f"kept={len(outcome.kept) if outcome else 0}",
        f"from={_quoted(envelope.sender)}",
        f"to={_quoted(b' '.join(envelope.recipients))}",
        f"client={shown(finished.message.client.ip)}",
        f"size={finished.message.root.blob.size}",
        f"findings={shown(listed, 600)}",
        f"seconds={finished.seconds:.4f}",
    ]
    reasons = dict.fromkeys(group.reason for group in finished.decision.groups if group.reason)
    if reasons:
        fields.append(f"because={shown('; '.join(reasons), 300)}")
    if outcome and outcome.reply:
        fields.append(f"reply={shown(outcome.reply, 200)}")
    return " ".join(fields)


def _quoted(address: bytes) -> str:
    return shown(address.decode("utf-8", "backslashreplace"))


def as_dict(finished: Report) -> dict[str, Any]:
    """Return FINISHED as the JSON object that is documented for `explain --json`."""
    return {
        "action": str(finished.decision.action),
        "exit": exit_code(finished),
        "id": finished.key[:16],
        "findings": [_finding(found) for found in finished.findings],
        "shadow": [_finding(found) for found in finished.shadow],
        "parts": [_part(part) for part in finished.message.parts],
        "recipients": [_group(group) for group in finished.decision.groups],
        "verdicts": [
            {"action": str(vote.action), "reason": vote.reason, "source": vote.source, "shadow": vote.shadow}
            for vote in finished.verdicts
        ],
        "waived": [
            {"finding": str(waiver.finding), "reason": waiver.reason, "source": waiver.source, "until": waiver.until}
            for waiver in finished.decision.waived
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


def _part(part: Part) -> dict[str, Any]:
    return {
        "path": str(part.path),
        "names": [name.text for name in part.names],
        "declared": part.declared,
        "size": part.blob.size,
        "sha256": part.blob.sha256,
        "origin": part.origin,
    }


def _group(group: Disposition) -> dict[str, Any]:
    return {
        "group": [recipient.decode("utf-8", "backslashreplace") for recipient in group.recipients],
        "action": str(group.action),
        "reason": group.reason,
        "downgraded": group.downgraded,
        "silent": group.silent,
        "kept": group.kept,
    }
