"""The header fields that Qmail-Scanner added: its Received or Diagnostics line, and the descriptive fields.

Guarantees: nothing that a sender, a client or a recipient chose begins a field, a line or a comment; SpamAssassin reads
the envelope sender out of the Received line, or none; a sender's own copies of these fields are renamed.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import __version__
from qsfilter.actions import Action
from qsfilter.errors import ConfigError
from qsfilter.legacy_status import scanners, status
from qsfilter.log_sinks import MONTHS
from qsfilter.model import Edit

if TYPE_CHECKING:
    from qsfilter.model import Disposition, Report

FORMS = {"no": "", "received": "Received", "diagnostics": "X-Qmail-Scanner-Diagnostics"}
"""Values of `legacy`, and the field that each of them adds."""
DESCRIPTIVE = ("no", "yes", "all")
PREFIX = "X-Qmail-Scanner"
VERSION = f"2.11-qsfilter-{__version__}"
"""Parsers look for `with qmail-scanner`; the number before ours is that of the last release with these forms."""
MOST_IN_COMMENT = 100
"""Characters; in a longer comment SpamAssassin does not recognise the line."""
LONGEST_ADDRESS = 320
MOST_RECIPIENTS = 1000
LINE = 78
"""Characters of a line of recipients, where they are not longer."""
_PREFIX = re.compile(r"X-[!-9;-~]{1,60}", re.IGNORECASE)
_OURS = "x-qsfilter"
_PLACE = re.compile(r"[A-Za-z0-9._:%-]{1,255}")
_TOKEN = str.maketrans({chr(code): "?" for code in (*range(33), *b"()<>\\;", 127)})
"""What ends a word, a comment or an address; tolerant readers do not know quoted pairs."""
_BRACKETS = str.maketrans("()", "[]")


@dataclass(frozen=True, kw_only=True, slots=True)
class LegacyHeaders:
    """The table `[headers]`."""

    legacy: str = "no"
    """One of `FORMS`."""
    descriptive: str = "no"
    """One of `DESCRIPTIVE`: `all` names the recipients, too, those of Bcc included."""
    prefix: str = PREFIX
    """Name of the descriptive fields, or what it begins with."""

    def __post_init__(self) -> None:
        """Refuse unknown forms, and a prefix by which fields of others would be renamed."""
        for key, value, known in (("legacy", self.legacy, (*FORMS,)), ("descriptive", self.descriptive, DESCRIPTIVE)):
            if value not in known:
                raise ConfigError(f"{key}: takes one of {', '.join(known)}, not {value!r}")
        if not _PREFIX.fullmatch(self.prefix) or self.prefix.lower().startswith(_OURS):
            raise ConfigError(f"prefix: takes the name of a field that begins with X- and is not ours: {self.prefix!r}")

    def edits(self, report: Report) -> tuple[Edit, ...]:
        """Return the fields for the message in REPORT, and the renaming of a sender's copies."""
        getting = _getting(report)
        said, host = status(report, getting[0]), _place(os.uname().nodename) or "localhost"
        sender = _token(report.message.envelope.sender)
        fields: list[tuple[str, str]] = []
        if self.legacy == "received":
            fields.append((FORMS[self.legacy], _received(report, sender, host, said)))
        elif self.legacy == "diagnostics":
            fields.append((FORMS[self.legacy], _diagnostics(report, sender, host, said)))
        if self.descriptive != "no":
            fields.append((f"{self.prefix}-Mail-From", f"{sender or '<>'} via {host}"))
            if self.descriptive == "all":
                fields.append((f"{self.prefix}-Rcpt-To", _listed(f"{self.prefix}-Rcpt-To: ", getting)))
            fields.append((self.prefix, f"{VERSION} ({_comment(said)}. {_processed(report)})"))
        own = (self.prefix, f"{self.prefix}-Mail-From", f"{self.prefix}-Rcpt-To", FORMS["diagnostics"])
        adds = [Edit(what="add", field=_octets(name), value=_octets(value)) for name, value in fields]
        renames = [
            Edit(what="rename_inbound", field=_octets(name), value=_octets(f"{name}-Inbound"))
            for name in dict.fromkeys(own)
        ]
        return (*adds, *renames)


def _getting(report: Report) -> tuple[Disposition, ...]:
    """Return the groups that are given the message; all of them, where it is released although nobody was to get it."""
    groups = report.decision.groups
    return tuple(group for group in groups if group.action is Action.ACCEPT) or groups


def _received(report: Report, sender: str, host: str, said: str) -> str:
    """Write the form of 1.24: SpamAssassin takes the address, and no name that a client's domain may choose."""
    uid = f"uid {os.getuid()}"
    whole = f"envelope-from <{sender}>, {uid}"
    # A sender who is cut would be somebody else.
    comment = whole if len(whole) <= MOST_IN_COMMENT else uid
    return _line(report, _place(report.message.client.ip) or "unknown", host, comment, said)


def _diagnostics(report: Report, sender: str, host: str, said: str) -> str:
    """Write the form of 2.10, which knows who has logged in."""
    client = report.message.client
    ip = _place(client.ip) or "unknown"
    user = f" ({_token(client.user.encode())}@{ip})" if client.user else ""
    remote = f"{_place(client.host) or ip}{user}"
    return _line(report, remote, host, f"envelope-from <{sender}>, uid {os.getuid()}", said)


def _line(report: Report, remote: str, host: str, comment: str, said: str) -> str:
    looked = " ".join(scanners(report))
    within = _comment(f"{looked}  \n {said}. " if looked else f"{said}. ")
    now = time.gmtime()
    clock = f"{now.tm_hour:02}:{now.tm_min:02}:{now.tm_sec:02}"
    date = f"{now.tm_mday:02} {MONTHS[now.tm_mon - 1]} {now.tm_year} {clock} -0000"
    head = f"from {remote} by {host} ({comment}) with qmail-scanner-{VERSION} "
    return f"{head}\n ({within}\n {_processed(report)}); {date}"


def _processed(report: Report) -> str:
    return f"Processed in {report.seconds:.6f} secs"


def _listed(before: str, getting: tuple[Disposition, ...]) -> str:
    """Return the recipients that are GETTING the message in folded lines, the first of which stands behind BEFORE."""
    recipients = [_token(recipient) for group in getting for recipient in group.recipients]
    more = len(recipients) - MOST_RECIPIENTS
    lines, room = [""], LINE - len(before)
    for word in [*recipients[:MOST_RECIPIENTS], *([f"and {more} more"] if more > 0 else [])]:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = LINE - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return "\n ".join(lines)


def _place(text: str) -> str:
    """Return TEXT if it is an address or the name of a host, else nothing."""
    return text if _PLACE.fullmatch(text) else ""


def _token(address: bytes) -> str:
    """Return ADDRESS as one word, with a question mark for what could end it."""
    return address[:LONGEST_ADDRESS].decode("ascii", "replace").replace("\ufffd", "?").translate(_TOKEN)


def _comment(text: str) -> str:
    """Return TEXT as it may stand between parentheses (RFC 5322, 3.2.2): those within it are pairs, or brackets."""
    plain = text.replace("\\", "?")
    depth = 0
    for char in plain:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            break
    return plain.translate(_BRACKETS) if depth else plain


def _octets(text: str) -> bytes:
    return text.encode("ascii", "replace")
