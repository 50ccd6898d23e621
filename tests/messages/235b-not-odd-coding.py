"""Quoted-printable in lower case."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

gr=c3=bc=c3=9fe
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
