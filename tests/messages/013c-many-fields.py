"""Five thousand fields in front of the one that matters."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
{long}Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, long=b"".join(b"X-%d: 1%b" % (number, newline) for number in range(5_000)))
