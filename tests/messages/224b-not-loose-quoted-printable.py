"""Equals signs that escape nothing."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<a href="https://www.example.com/?id=12&name=bob">open</a> a = b
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
