"""There is no Content-Type, and the body looks like a multipart."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
