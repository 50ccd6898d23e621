"""The forms of the log: one line a message, as logfmt or as JSON.

Guarantees: one line of printable ASCII, of at most `log_line.MOST_OCTETS` (logfmt) or `MOST_JSON_OCTETS` (JSON), so
that with what stands before it, it is written to a pipe in one piece; JSON is always whole: texts are cut, and not
the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsfilter.actions import Kind
from qsfilter.log_line import MOST_FINDINGS_IN_LOG, SLOW_SECONDS, log_line
from qsfilter.report import exit_code, why_unexamined

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.model import Finding, Report

MOST_JSON_OCTETS = 3900
"""Below PIPE_BUF (4096), with a prefix."""
LENGTHS = (200, 100, 50, 25, 10)
"""Characters of each text: the first of these with which the line is short enough."""
MOST_LISTED = MOST_FINDINGS_IN_LOG


def json_line(finished: Report) -> str:
    """Say what became of the message as one JSON object on one line; of findings it has the first few, and `more`."""
    from json import dumps  # noqa: PLC0415 - 3 ms, and the usual form needs none

    line = ""
    for longest in LENGTHS:
        # JSON leaves DEL as it is, which does not print.
        line = dumps(_object(finished, longest), separators=(",", ":")).replace("\x7f", "\\u007f")
        if len(line) <= MOST_JSON_OCTETS:
            break
    return line


FORMS: dict[str, Callable[[Report], str]] = {"logfmt": log_line, "json": json_line}
"""By the words that the configuration has for them."""


def _object(finished: Report, longest: int) -> dict[str, Any]:
    def cut(text: str) -> str:
        return text if len(text) <= longest else f"{text[: longest - 3]}..."

    def address(octets: bytes) -> str:
        return cut(octets[: 4 * longest].decode("utf-8", "backslashreplace"))

    def said(found: Finding) -> dict[str, str]:
        part = {"part": cut(str(found.part))} if found.part is not None else {}
        return {"kind": str(found.kind), "name": cut(found.name), **part, "source": cut(found.source)}

    envelope, outcome = finished.message.envelope, finished.outcome
    gravest = sorted(finished.findings, key=lambda found: found.kind.rank)
    failures = [found for found in finished.findings if found.kind is Kind.FAILURE]
    reasons = list(dict.fromkeys(group.reason for group in finished.decision.groups if group.reason))
    told: dict[str, Any] = {
        "id": finished.key[:16],
        "action": str(finished.decision.action),
        "exit": exit_code(finished),
        "handed": len(outcome.handed) if outcome else 0,
        "kept": len(outcome.kept) if outcome else 0,
        "size": finished.message.root.blob.size,
        "seconds": round(finished.seconds, 4),
        "from": address(envelope.sender),
        "to": [address(recipient) for recipient in envelope.recipients[:MOST_LISTED]],
        "recipients": len(envelope.recipients),
        "client": cut(finished.message.client.ip),
        "findings": [said(found) for found in gravest[:MOST_LISTED]],
        "more": max(0, len(finished.findings) - MOST_LISTED),
    }
    if reasons:
        told["because"] = [cut(reason) for reason in reasons[:MOST_LISTED]]
    if failures:
        told["failures"] = [cut(f"{found.name}: {found.detail}") for found in failures[:MOST_LISTED]]
    if why := why_unexamined(finished):
        told["bypass"] = cut(why)
    if outcome and outcome.reply:
        told["reply"] = cut(outcome.reply)
    slowest = max(finished.calls, key=lambda call: call.seconds, default=None)
    if slowest is not None and slowest.seconds > SLOW_SECONDS:
        seconds = round(slowest.seconds, 1)
        told["slowest"] = {"hook": slowest.hook, "plugin": cut(slowest.plugin), "seconds": seconds}
    if finished.shadow:
        told["shadow"] = len(finished.shadow)
    if finished.decision.waived:
        told["waived"] = len(finished.decision.waived)
    return told
