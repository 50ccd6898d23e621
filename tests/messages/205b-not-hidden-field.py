"""The names of structural fields in a signature's list of fields."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mail; h=From:To:
 Content-Type:Content-Transfer-Encoding:
 Content-Disposition; b=AbCd
{header}
Content-Type: text/plain

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
