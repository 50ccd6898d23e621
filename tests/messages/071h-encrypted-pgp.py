"""An encrypted part in PGP/MIME: it cannot be read, and is not clean."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b1"

--b1
Content-Type: application/pgp-encrypted

Version: 1
--b1
Content-Type: application/octet-stream; name="encrypted.asc"

-----BEGIN PGP MESSAGE-----

hQEMA0Z6bPHGbm6EAQf/eE8mcP4Yx3oVZ8R6bY1hJ0bq5h4eFZ9p1kF3m0l7w8t2
=abcd
-----END PGP MESSAGE-----
--b1--
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
