"""The lines of the legacy logs, made of a Report.

Guarantee: every field is escaped, so the number of columns is right whatever addresses, subjects and names are.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter import Action
from qsfilter.legacy_status import column, description, leading, scanner, status
from qsfilter.log_sinks import MONTHS
from qsfilter.names import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Finding, Report

LONGEST_HEADER = 1200
"""Octets of a field of the message that are looked at."""
MOST_RECIPIENTS = 1000
MOST_ATTACHMENTS = 50
LONGEST_SECONDS, LONGEST_ADDRESS, LONGEST_TEXT, LONGEST_LINE = 8, 100, 80, 800
"""Characters in the line for syslog."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def quarantine_line(report: Report) -> str:
    """Return the line for quarantine.log; empty for a message that nobody was kept from."""
    kept_from = [group for group in report.decision.groups if group.action not in {Action.ACCEPT, Action.DEFER}]
    if not kept_from:
        return ""
    recipients = [recipient for group in kept_from for recipient in group.recipients]
    found = leading(report, kept_from[0])
    columns = (
        date(time.time()),
        _address(report.message.envelope.sender),
        ",".join(map(_address, recipients[:MOST_RECIPIENTS])),
        _header(report, b"subject"),
        column(description(found) if found else kept_from[0].reason),
        _scanner(report, found),
    )
    return "\t".join(columns) + "\n"


def mailstats_lines(report: Report) -> str:
    """Return the lines for mailstats.csv, one for each recipient."""
    now = date(time.time())
    common = (f"{report.seconds:.6f}", str(report.message.root.blob.size), _address(report.message.envelope.sender))
    behind = (_header(report, b"subject"), _header(report, b"message-id"), *_attachments(report))
    lines = [
        "\t".join(text or "<>" for text in (now, said, *common, _address(recipient), *behind))
        for recipient, said in _recipients(report)
    ]
    return "".join(f"{line}\n" for line in lines)


def syslog_lines(report: Report) -> Iterator[str]:
    """Yield the lines for syslog, one for each recipient."""
    seconds, size = f"{report.seconds:.6f}"[:LONGEST_SECONDS], str(report.message.root.blob.size)
    sender = _address(report.message.envelope.sender)[:LONGEST_ADDRESS]
    subject, number = (_header(report, name)[:LONGEST_TEXT] for name in (b"subject", b"message-id"))
    attachments = _attachments(report)
    for recipient, said in _recipients(report):
        address = _address(recipient)[:LONGEST_ADDRESS].replace(" ", "|")
        fields = (said, seconds, size, sender, address, subject, number, *attachments)
        yield " ".join((text or "<>").replace(" ", "_") for text in fields)[:LONGEST_LINE]


def date(when: float) -> str:
    """Return WHEN as `Thu, 22 Jan 2004 10:11:12 +0100`, in no locale."""
    local = time.localtime(when)
    clock = f"{local.tm_hour:02}:{local.tm_min:02}:{local.tm_sec:02} {time.strftime('%z', local)}"
    return f"{DAYS[local.tm_wday]}, {local.tm_mday:02} {MONTHS[local.tm_mon - 1]} {local.tm_year} {clock}"


def _recipients(report: Report) -> Iterator[tuple[bytes, str]]:
    """Yield the first recipients in their order, each with its status."""
    said = {recipient: status(report, group) for group in report.decision.groups for recipient in group.recipients}
    for recipient in report.message.envelope.recipients[:MOST_RECIPIENTS]:
        yield recipient, said[recipient]


def _scanner(report: Report, found: Finding | None) -> str:
    if found is None:
        return "policy: . "
    about = next((about for about in report.about if about.name == found.source), None)
    return f"{scanner(found.source, about)} "


def _attachments(report: Report) -> list[str]:
    """Return `name:bytes` of the parts that have a name, each once."""
    named = [part for part in report.message.parts if part.names and not part.shadow]
    items = dict.fromkeys(f"{column(part.names[0].text)}:{part.blob.size}" for part in named[: 2 * MOST_ATTACHMENTS])
    return list(items)[:MOST_ATTACHMENTS] or [f"{report.key[:16]}-unpacked:{report.message.root.blob.size}"]


def _header(report: Report, name: bytes) -> str:
    value = next((field.value for field in report.message.header if field.name.lower() == name), b"")
    return column(" ".join(as_text(value[:LONGEST_HEADER]).split()))


def _address(address: bytes) -> str:
    return column(address[:1000].decode("utf-8", "backslashreplace"))
