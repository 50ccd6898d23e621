"""A file in base64 in a calendar's event, whose parameters are folded too."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

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
ATTACH;ENCODING=BASE64;
 VALUE=BINARY;X-FILENAME=report.bin;FMTTYPE=application/octet-
 stream:
 {data}
END:VEVENT
END:VCALENDAR
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, data=(newline + b" ").join(b64encode(eicar())[at : at + 60] for at in range(0, 92, 60))
    )
