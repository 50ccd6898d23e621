"""Collects what a notice may say of a message, each as text that can't begin a line or steer a terminal.

Guarantees: every value is bounded, and what does not print is escaped; senders and recipients learn of no other
recipient than they should, no Bcc, no place where something is kept, and of the client what its Received field in the
header says; nobody gets the body.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from qsfilter import Kind
from qsfilter.names import as_text, decode_words, printable
from qsfilter_notify.whom import findings_of, is_spam

if TYPE_CHECKING:
    from qsfilter import Finding, Report
    from qsfilter_notify.whom import Addressee

Facts = dict[str, Any]
LONGEST_SUBJECT = 120
LONGEST_TEXT = 300
LONGEST_HEADER = 4096
"""Characters of the header, as it is quoted."""
LONGEST_LINE = 500
MOST_FINDINGS = 20
MOST_RECIPIENTS = 20
MOST_FIELDS = 500
CUT = "[…]"


def facts_for(addressee: Addressee, report: Report, admin: str) -> Facts:
    """Return what the template for ADDRESSEE is given; ADMIN is whom people may ask."""
    groups = sorted(addressee.groups, key=lambda group: _gravity(findings_of(report, group)))
    found = list(dict.fromkeys(one for group in groups for one in findings_of(report, group)))
    if addressee.role == "recipient":
        recipients, count = [addressee.address], 1
    else:
        recipients = [text_of(one) for group in groups for one in group.recipients[:MOST_RECIPIENTS]]
        count = sum(len(group.recipients) for group in groups)
    told: Facts = {
        "to": addressee.address,
        "admin": admin,
        "subject": subject_of(report),
        "sender": text_of(report.message.envelope.sender) or "<>",
        "recipients": recipients[:MOST_RECIPIENTS],
        "more_recipients": max(0, count - MOST_RECIPIENTS),
        "action": str(max(group.action for group in groups)),
        "kind": kind_of(report, addressee),
        "what": what_of(found, groups[0].reason),
        "reason": _clean(groups[0].reason),
        "findings": [_finding(one) for one in found[:MOST_FINDINGS]],
        "more_findings": max(0, len(found) - MOST_FINDINGS),
        "header": _quoted_header(report),
    }
    if addressee.role == "admin":
        told |= _for_the_administrator(report)
    return told


def kind_of(report: Report, addressee: Addressee) -> str:
    """Return `malware`, `spam` or `policy`, the last for everything else."""
    if any(found.kind is Kind.MALWARE for group in addressee.groups for found in findings_of(report, group)):
        return "malware"
    return "spam" if all(is_spam(report, group) for group in addressee.groups) else "policy"


def what_of(found: list[Finding], reason: str) -> str:
    """Return the gravest of what was FOUND, with its engine where it is malware, or the REASON of a rule."""
    if not found:
        return _clean(reason) or "a rule of this site"
    first = min(found, key=lambda one: one.kind.rank)
    if first.kind is Kind.MALWARE and first.source:
        return f"{_clean(str(first))} ({_clean(first.source)})"
    return _clean(str(first))


def subject_of(report: Report) -> str:
    """Return the subject, decoded, in one line."""
    value = next((field.value for field in report.message.header if field.name.strip().lower() == b"subject"), b"")
    text = " ".join(decode_words(value[: 16 * LONGEST_SUBJECT]).split())
    return printable(text if len(text) <= LONGEST_SUBJECT else f"{text[:LONGEST_SUBJECT]}{CUT}")


def text_of(address: bytes) -> str:
    """Return ADDRESS as text."""
    return printable(address[:LONGEST_TEXT].decode("utf-8", "backslashreplace"))


def sample(role: str) -> Facts:
    """Return made-up facts of ROLE, by which a template is tried."""
    told: Facts = {
        "to": "bob@example.com",
        "admin": "admin@example.com",
        "subject": "Invoice",
        "sender": "alice@example.org",
        "recipients": ["bob@example.com"],
        "more_recipients": 1,
        "action": "quarantine",
        "kind": "malware",
        "what": "malware Sample (yara)",
        "reason": "malware Sample",
        "findings": [{"kind": "malware", "name": "Sample", "engine": "yara", "where": "1.2"}],
        "more_findings": 1,
        "header": "> Subject: Invoice",
    }
    if role == "admin":
        told |= {"id": "0123456789abcdef", "held": True, "host": "mx.example.com", "client": "192.0.2.1", "size": 1000}
        told["engines"] = ["yara 1.0"]
    if role == "digest":
        told = {"admin": "admin@example.com", "host": "mx.example.com", "hours": 24.0}
    return told


def _for_the_administrator(report: Report) -> Facts:
    client = report.message.client
    return {
        "id": report.key[:16],
        "held": any(kept.what == "quarantine" for kept in report.outcome.kept) if report.outcome else False,
        "host": host(),
        "client": _clean(" ".join(text for text in (client.ip, client.host, client.user) if text)),
        "size": report.message.root.blob.size,
        "engines": [
            _clean(f"{one.name} {one.version} {one.signatures}".rstrip()) for one in report.about if one.engine
        ][:MOST_FINDINGS],
    }


def host() -> str:
    """Return the name of this machine."""
    return _clean(os.uname().nodename)


def _finding(found: Finding) -> dict[str, str]:
    return {
        "kind": str(found.kind),
        "name": _clean(found.name),
        "engine": _clean(found.source),
        "where": _clean(str(found.part)) if found.part is not None else "",
    }


def _gravity(found: list[Finding]) -> int:
    return min((one.kind.rank for one in found), default=len(Kind))


def _clean(text: str) -> str:
    return printable(text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}{CUT}")


def _quoted_header(report: Report) -> str:
    """Return the header as it stands in the message, each line behind `> `."""
    lines: list[str] = []
    room = LONGEST_HEADER
    for field in report.message.header[:MOST_FIELDS]:
        name = field.name.strip().lower()
        if name in {b"bcc", b"resent-bcc"}:
            continue
        whole = as_text(field.name[:LONGEST_LINE]) + ":" + as_text(field.value[:LONGEST_HEADER])
        for line in whole.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}{CUT}"
            shown = f"> {printable(cut.expandtabs())}"
            if len(shown) + 1 > room:
                return "\n".join([*lines, f"> {CUT}"])
            room -= len(shown) + 1
            lines.append(shown)
    return "\n".join(lines)
