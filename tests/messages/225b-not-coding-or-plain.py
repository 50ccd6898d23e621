"""A text that is labelled as quoted-printable and has nothing to decode."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

hello Bob
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
