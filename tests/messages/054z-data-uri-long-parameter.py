"""A parameter of some kilobytes, with colons in it."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: text/html

<a href="data:a/b;x=ya:{long};base64,{file}" download="report.bin">report</a>
--b0--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, long=b"y" * 9000, file=b64encode(eicar()))
