"""The coding stands in a fold behind a header longer than anybody looks at."""

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
{fields}
Content-Type: application/octet-stream; name="report.bin"
Comments: none
 Content-Transfer-Encoding: base64

{junk}
--b0--
"""

LINES = [b64encode(eicar())[at : at + 20] for at in range(0, 92, 20)]
"""The file in lines too short for one who looks for base64 that nobody declares."""
FIELDS = [b"Comments: %040d" % number for number in range(3000)]


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, fields=newline.join(FIELDS), junk=newline.join(line + b"*" for line in LINES))
