"""An archive in base64 that nothing declares, in lines of 20 characters."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written, zip_of

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b0"

--b0
Content-Type: text/plain

hello
--b0
Content-Type: application/zip; name="report.zip"

{short}
--b0--
"""

FILE = b64encode(zip_of({"report.txt": eicar()}))


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline, short=newline.join(FILE[at : at + 20] for at in range(0, len(FILE), 20)))
