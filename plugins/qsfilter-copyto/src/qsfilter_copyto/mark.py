"""The header field on top of a copy: why it was made and for whom, and by which this host knows its own copies again.

Guarantees: printable ASCII, whatever the message and the addresses hold; every line is short; what somebody else wrote
into such a field is never taken for ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.outbox.spool import knows

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter import Finding, Message

FIELD = b"X-QSFilter-Copy"
PREFIX = "copyto."
"""Of the names of copies in the outbox."""
MOST_FINDINGS = 10
MOST_RECIPIENTS = 20
MOST_FIELDS = 20
LONGEST_LINE = 200
_NAME = re.compile(rb"(?:^|[ \t])id=(%b[0-9a-f]{64}\.[0-9a-f]{16})(?=\s|$)" % re.escape(PREFIX.encode()))
_UNPRINTABLE = re.compile(rb"[^ -~]")


class Mark(NamedTuple):
    """What the field says."""

    action: str
    """What became of the message."""
    findings: tuple[Finding, ...]
    recipients: tuple[bytes, ...]
    """For whom the copy is; empty where that is not to be told."""

    def lines(self, name: str, newline: bytes) -> bytes:
        """Write the field, folded by NEWLINE; NAME is the copy's in the outbox."""
        said = [f"{self.action};"]
        said += [f" {found}{f' {found.detail}' if found.detail else ''};" for found in self.findings[:MOST_FINDINGS]]
        said += [f" for={one.decode('utf-8', 'backslashreplace')};" for one in self.recipients[:MOST_RECIPIENTS]]
        for values, most in ((self.findings, MOST_FINDINGS), (self.recipients, MOST_RECIPIENTS)):
            if len(values) > most:
                what = "findings" if values is self.findings else "recipients"
                said.append(f" and {len(values) - most} more {what};")
        said.append(f" id={name}")
        return FIELD + b": " + newline.join(map(_line, said)) + newline


def is_copy(message: Message, outbox: str) -> bool:
    """Whether MESSAGE is a copy that was put into OUTBOX lately. Raises DeliveryError where that can't be read.

    The outbox remembers the names of copies; nobody else knows one before he has seen the copy.
    """
    fields = [field.value for field in message.header if field.name.lower() == FIELD.lower()]
    names = [name for value in fields[:MOST_FIELDS] for name in _NAME.findall(value)]
    return any(knows(outbox, name.decode()) for name in names[:MOST_FIELDS])


def newline_of(raw: bytes | mmap) -> bytes:
    """Return the line end of the first line of RAW."""
    return b"\r\n" if raw[: raw.find(b"\n") + 1].endswith(b"\r\n") else b"\n"


def _line(text: str) -> bytes:
    return _UNPRINTABLE.sub(b"?", text.encode("ascii", "backslashreplace")[:LONGEST_LINE])
