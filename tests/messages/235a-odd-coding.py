"""Quoted-printable with blanks behind a soft line break."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

hello = \x20
Bob =\t
and all
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
