"""A file with a checksum, whose letters are those of base64."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

Hello Bob,

the report is attached.

Alice
--b1
Content-Type: text/plain; name="report.sha256"
Content-Disposition: attachment; filename="report.sha256"

e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
