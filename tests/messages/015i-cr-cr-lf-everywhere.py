"""A part in which every line ends with CR CR LF."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
{entity}
--b1--
"""


ENTITY = """\
Content-Type: application/octet-stream; name="report.bin"
Content-Transfer-Encoding: base64

{eicar}"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, entity=written(ENTITY, b"\r\r\n"))
