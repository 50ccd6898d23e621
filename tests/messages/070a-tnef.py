"""A winmail.dat with an attachment."""

from __future__ import annotations

from base64 import encodebytes

from qsfilter.testing.archives import packed_eicar
from qsfilter.testing.documents import tnef, tnef_attachment
from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64

{tnef}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = tnef(tnef_attachment(b"a.gz", packed_eicar()))
    return written(TEXT, newline, tnef=encodebytes(data).strip().replace(b"\n", newline))
