"""A long folded field."""

from __future__ import annotations

from qsfilter.testing.messages import written

TEXT = """\
{header}
References: <0@example.org>
\t<1@example.org>
\t<2@example.org>
\t<3@example.org>
\t<4@example.org>
\t<5@example.org>
\t<6@example.org>
\t<7@example.org>
\t<8@example.org>
\t<9@example.org>
\t<10@example.org>
\t<11@example.org>
\t<12@example.org>
\t<13@example.org>
\t<14@example.org>
\t<15@example.org>
\t<16@example.org>
\t<17@example.org>
\t<18@example.org>
\t<19@example.org>
\t<20@example.org>
\t<21@example.org>
\t<22@example.org>
\t<23@example.org>
\t<24@example.org>
\t<25@example.org>
\t<26@example.org>
\t<27@example.org>
\t<28@example.org>
\t<29@example.org>
\t<30@example.org>
\t<31@example.org>
\t<32@example.org>
\t<33@example.org>
\t<34@example.org>
\t<35@example.org>
\t<36@example.org>
\t<37@example.org>
\t<38@example.org>
\t<39@example.org>
Content-Type: text/plain

hello
"""


def build(newline: bytes) -> bytes:
    """Return the message."""
    return written(TEXT, newline)
