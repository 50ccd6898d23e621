"""A file in base64 in a directory entry (LDIF)."""

from __future__ import annotations

from base64 import b64encode

from qsfilter.testing.messages import eicar, written

TEXT = """\
{header}
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/plain

hello
--b1
Content-Type: text/directory; name="carol.ldif"

dn: cn=Carol,dc=example,dc=com
cn: Carol
jpegPhoto:: {data}
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(
        TEXT, newline, data=(newline + b" ").join(b64encode(eicar())[at : at + 60] for at in range(0, 92, 60))
    )
