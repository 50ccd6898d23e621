"""What reading costs beside the standard library's parser, and hostile shapes beside plain mail; ratios are printed."""

from __future__ import annotations

import email
import random
import sys
from typing import TYPE_CHECKING

from qsfilter import Blob, Child, Envelope, Limits, Part, Path, pipeline
from qsfilter.builtin.mime_reader import MimeReader
from qsfilter.examination import Examination
from qsfilter.mime.reader import read_part
from qsfilter.registry import Entry, Registry
from qsfilter.testing import attachment, message, part
from qsfilter.worklist import open_message
from tests.benchmarks.timing import best

if TYPE_CHECKING:
    import pytest

LIMITS = Limits()
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
REGISTRY = Registry([Entry(name="mime-reader", plugin=MimeReader())])
ROUNDS = 7
MOST_OF_SMALL = 1.6
MOST_OF_LARGE = 0.5
MOST_OF_PLAIN = 100.0
"""Times a plain message of the same size that a hostile one may take; what is quadratic takes thousands."""
LETTER = b"""\
Return-Path: <alice@example.org>
Received: from mx.example.com (mx.example.com [192.0.2.7])
\tby mail.example.com with ESMTPS id 4Xq2bz
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:02 +0000
Received: from desk.example.org (unknown [198.51.100.4])
\tby mx.example.com (Postfix) with ESMTPSA id 9D1C41A0
\tfor <bob@example.com>; Sun, 22 Nov 2026 12:00:01 +0000
From: Alice Liddell <alice@example.org>
To: Bob Dodgson <bob@example.com>
Cc: Carol <carol@example.com>
Subject: Re: the meeting on Thursday
Date: Sun, 22 Nov 2026 12:00:00 +0000
Message-ID: <20261122120000.1234@desk.example.org>
In-Reply-To: <20261121090000.9876@mail.example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello Bob,

Thursday at ten is fine with me. I shall bring the figures of the last quarter
and the draft that we spoke about.

Regards,
Alice
"""


def reader_alone(raw: bytes) -> int:
    """Read every part of RAW, without hashes, paths and budget."""
    todo = [Part(path=Path(), declared="message/rfc822", blob=Blob(raw), origin="message")]
    count = 0
    while todo:
        for answer in read_part(todo.pop(), LIMITS):
            if isinstance(answer, Child):
                count += 1
                blob = answer.data if isinstance(answer.data, Blob) else Blob(answer.data)
                todo.append(
                    Part(
                        path=Path(),
                        names=answer.names,
                        declared=answer.declared,
                        header=answer.header,
                        span=answer.span,
                        blob=blob,
                        origin=answer.origin,
                    )
                )
    return count


def whole_worklist(raw: bytes) -> list[str]:
    """Read RAW as a message is read; return what was found."""
    examination = Examination(REGISTRY, pipeline.context(LIMITS, raw, ENVELOPE))
    open_message(raw, examination)
    return [str(found) for found in examination.findings]


def standard_library(raw: bytes) -> int:
    """Parse RAW with `email` and decode every leaf."""
    leaves = [one for one in email.message_from_bytes(raw).walk() if not one.is_multipart()]
    return sum(one.get_payload(decode=True) is not None for one in leaves)


def tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    """Print LINES to whoever runs this."""
    with capsys.disabled():
        sys.stdout.write("\n".join(("", *lines, "")))


def against_library(raw: bytes, repeat: int, title: str, capsys: pytest.CaptureFixture[str]) -> float:
    """Print what RAW costs in each way; return the ratio of the reader alone to the standard library."""
    ways = {
        "reader alone": lambda: reader_alone(raw),
        "whole worklist": lambda: whole_worklist(raw),
        "email, decoded": lambda: standard_library(raw),
    }
    took = best(ways, ROUNDS, repeat)
    library = took["email, decoded"]
    lines = [f"  {name:16} {seconds * 1e6:10.0f} us  {seconds / library:5.2f} x" for name, seconds in took.items()]
    tell(capsys, f"{title}, {len(raw)} bytes, best of {ROUNDS}:", *lines)
    return took["reader alone"] / library


def test_a_letter_of_one_kilobyte(capsys: pytest.CaptureFixture[str]) -> None:
    """Most mail is small, and each message pays this."""
    assert against_library(LETTER, 200, "a letter", capsys) <= MOST_OF_SMALL


def test_an_attachment_of_ten_megabytes(capsys: pytest.CaptureFixture[str]) -> None:
    """Base64 is decoded once, and nothing else is copied."""
    data = random.Random(0).randbytes(7_400_000)  # noqa: S311 - bytes, and the same in each run
    raw = message(part(b"Hello\n"), attachment(data, "a.bin"))
    assert against_library(raw, 1, "an attachment", capsys) <= MOST_OF_LARGE


def nested_multiparts(depth: int) -> bytes:
    """Return a message of DEPTH multiparts in each other."""
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth))
    return b"MIME-Version: 1.0\n" + b"".join(levels) + b"\nx\n"


HOSTILE = {
    "1,000 nested multiparts": nested_multiparts(1000),
    "1,000 nested messages": b"Content-Type: message/rfc822\n\n" * 1000 + b"x",
    "50,000 flat parts": message(*[part(b"x")] * 50_000),
    "a field of 1 MB": b"Subject: " + b"a " * 500_000 + b"\n\nx\n",
    "a folded field of 1 MB": b"Subject: " + b"a\n " * 333_000 + b"\n\nx\n",
    "a Content-Type of 1 MB": b"Content-Type: multipart/mixed; "
    + b"a=b; " * 200_000
    + b"boundary=x\n\n--x\n\nx\n--x--\n",
}


def test_hostile_shapes_beside_plain_mail(capsys: pytest.CaptureFixture[str]) -> None:
    """Each ends over a limit, or costs a bounded multiple of a plain letter of its size."""
    lines, wrong = [], []
    for name, raw in HOSTILE.items():
        plain = message(b"a" * 75 + b"\n", fields={"MIME-Version": "1.0"}) + (b"a" * 75 + b"\n") * (len(raw) // 76)
        found = whole_worklist(raw)
        ways = {"hostile": lambda raw=raw: whole_worklist(raw), "plain": lambda plain=plain: whole_worklist(plain)}
        took = best(ways, 3)
        ratio = took["hostile"] / took["plain"]
        ends = "over a limit" if "unscannable over-limit" in found else "read"
        lines.append(
            f"  {name:24} {len(raw):9} bytes {took['hostile'] * 1e3:8.1f} ms, plain {took['plain'] * 1e3:6.1f} ms"
            f"  {ratio:7.1f} x  {ends}"
        )
        if ends == "read" and ratio > MOST_OF_PLAIN:
            wrong.append(name)
    tell(capsys, "hostile shapes beside a plain letter of the same size, best of 3:", *lines)
    assert not wrong
