"""Nothing before the comma, and the content in percent codes."""

from __future__ import annotations

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: text/html

<a href="data:,{file}" download="report.bin">report</a>
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, file=b"".join(b"%%%02x" % octet for octet in eicar()))
