"""A file with a forbidden name in a calendar's event."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1@example.org
DTSTART:20261122T120000Z
SUMMARY:lunch
ATTACH;FILENAME=x.exe;ENCODING=BASE64;VALUE=BINARY:aGVsbG8gd29ybGQ=
END:VEVENT
END:VCALENDAR
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, data=b"")
