"""The status word of Qmail-Scanner's header fields and logs, made of a Report.

    Clear:RC:1(192.0.2.1):SA:0(1.2/5.0):           nobody is kept from it; the client may relay; it is no spam
    CLAMDSCAN:Eicar-Signature:RC:0(192.0.2.1):     by whom it was found, and what

Guarantees: one line without tabs; a colon in a name is `_`, so that the second field is always all of the name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind
from qsfilter.names import printable
from qsfilter.report import leading_votes, malware_in, why_unexamined

if TYPE_CHECKING:
    from collections.abc import Container

    from qsfilter.model import About, Disposition, Finding, Report

SCANNERS = {"clamav": "clamdscan"}
"""Our plugins by the names that the original had for the same engine."""
WORDS = {Kind.SPAM: "Spam"}
"""First field of the status, by kind, beside the name of a scanner; `Policy` for all others."""
SPAMASSASSIN = "spamassassin"
"""The plugin, and the finding in which it tells a score."""
NOT_ASKED = frozenset({"not-asked", "not-scored"})
"""What it notes where there is none."""
CRYPTO = "crypto"
"""The note of the plugin `headers` that says how a message is encrypted."""
LONGEST_FIELD = 300
_POINTS = r"-?[0-9]{1,6}(?:\.[0-9]{1,4})?"
_SCORE = re.compile(rf"({_POINTS})/({_POINTS})(?: |\Z)")


def status(report: Report, group: Disposition) -> str:
    """Return the status of the message in REPORT for the recipients in GROUP, with a colon at its end."""
    end = f"{_client(report)}{_spam(report)}{_crypto(report)}"
    if group.action is Action.ACCEPT:
        return f"Not_Scanned:bypass:{end}" if why_unexamined(report) else f"Clear:{end}"
    found = leading(report, group)
    if found is None:
        return f"Policy:{_piece(group.reason)}:{end}"
    word = named(found.source).upper() if found.kind is Kind.MALWARE else WORDS.get(found.kind, "Policy")
    return f"{_piece(word)}:{_piece(description(found))}:{end}"


def leading(report: Report, group: Disposition) -> Finding | None:
    """Return the gravest finding that what GROUP gets comes from, and malware in any case."""
    because = [*group.because, *(found for vote in leading_votes(report, group) for found in vote.because)]
    because += malware_in(report)  # it outranks what the message was stopped for
    return min(because, key=lambda found: found.kind.rank, default=None)


def description(found: Finding) -> str:
    """Say what FOUND is, as the original did for viruses and rules."""
    return found.name if found.kind in {Kind.MALWARE, Kind.POLICY, Kind.SPAM} else str(found)


def named(source: str) -> str:
    """Return the original's name for the plugin SOURCE."""
    return SCANNERS.get(source, source)


def scanner(source: str, about: About | None) -> str:
    """Return `name: version/signatures.` of the plugin SOURCE, which says ABOUT itself what it knows."""
    version = "/".join(text for text in (about.version, about.signatures) if text) if about else ""
    return f"{column(named(source))}: {column(version)}."


def scanners(report: Report) -> tuple[str, ...]:
    """Return each engine, and spamassassin, as `scanner` says it, in braces where it did not look at the message.

    One that failed, and one that the trace tells was never asked, did not look.
    """
    failed = {found.source for found in report.findings if found.kind is Kind.FAILURE}
    if any(found.kind is Kind.NOTE and found.name in NOT_ASKED for found in report.findings):
        failed.add(SPAMASSASSIN)
    asked = any(call.hook == "scan" for call in report.calls)
    chosen = [about for about in report.about if about.engine or about.name == SPAMASSASSIN]
    return tuple(dict.fromkeys(_braced(about, failed, asked=asked) for about in chosen))


def _braced(about: About, failed: Container[str], *, asked: bool) -> str:
    said = scanner(about.name, about)
    return said if asked and about.name not in failed else f"{{{said[:-1]}}}."


def column(text: str) -> str:
    """Return TEXT as it may stand in a column: cut, and everything escaped that does not print."""
    return printable(text[:LONGEST_FIELD])


def _piece(text: str) -> str:
    return column(text).replace(":", "_")


def _client(report: Report) -> str:
    client = report.message.client
    return f"RC:{client.relay:d}({column(client.ip)}):"


def _spam(report: Report) -> str:
    if not any(about.name == SPAMASSASSIN for about in report.about):
        return ""
    for found in report.findings:
        if found.name == SPAMASSASSIN and found.kind in {Kind.SPAM, Kind.NOTE} and (told := _SCORE.match(found.detail)):
            return f"SA:{found.kind is Kind.SPAM:d}({told[1]}/{told[2]}):"
    return "SA:0(?/?):"


def _crypto(report: Report) -> str:
    noted = (found.detail for found in report.findings if found.kind is Kind.NOTE and found.name == CRYPTO)
    detail = next(noted, "")
    return f"CR:{_piece(detail)}:" if detail else ""
