"""A data: URI in percent escapes in a page."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/html

<a href="data:application/octet-stream,{data}">open</a>
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, data=b"".join(b"%%%02X" % octet for octet in eicar()))
