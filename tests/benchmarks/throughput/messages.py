"""Builds the messages that are sent: eight kinds, and real mail where QSFILTER_CORPORA names it.

Guarantees: every message is unique, and so is every content in it but for coded leaves of real mail, so that no cache
on any side saves a contender its work; the same token gives the same bytes.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import struct
import tarfile
import zlib
from base64 import encodebytes
from typing import TYPE_CHECKING

from qsfilter.testing import attachment, eicar, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 7
REAL = 500
LARGEST_REAL = 400_000
LINE = 57
"""Bytes in a full line of base64."""
PLACE = b"@@qsfilter-bench"
"""Stands in real mail where the token goes; as long as one."""
WORDS = re.findall(
    r"\w+",
    """about after also an and are as at be been before but by can could day did do each for from good had has have here
    his how if in into is it just know last like long made make many may more most much must new no not now of on one
    only or other our out over people said see she so some such take than that the their them then there these they
    this time to two under up use very was way we well were what when where which who will with work would you your""",
)
_random = random.Random(SEED)  # noqa: S311 - the same in each run
_numbers = itertools.count(1)


RECEIVED = b"Received: from mx.example.net (192.0.2.7) by mail.example.com with SMTP; 2 Nov 2026 10:11:12 -0000\n"


def token() -> bytes:
    """Return 16 letters and digits that no other call has returned."""
    return b"%016x" % next(_numbers)


def text(size: int) -> bytes:
    """Return about SIZE bytes of words in lines."""
    lines = []
    while size > 0:
        lines.append(" ".join(_random.choices(WORDS, k=11)).encode())
        size -= len(lines[-1]) + 1
    return b"\n".join(lines) + b"\n"


def pdf(size: int) -> bytes:
    """Return a PDF of about SIZE bytes, most of them an image, with room for a token in its first 57 bytes."""
    page = zlib.compress(b"BT /F1 12 Tf 72 720 Td (Hello) Tj ET\n" * 20)
    image = _random.randbytes(size - 900)
    about = b"/Subtype /Image /Type /XObject /Width 100 /Height 100 /BitsPerComponent 8 /ColorSpace /DeviceGray"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(image), about, image),
    )
    found = bytearray(b"%PDF-1.4\n%".ljust(LINE - 1) + b"\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(found))
        found += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    ending = b"xref\n0 6\n0000000000 65535 f \n%btrailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(found + ending % (table, len(found)))


def tnef(members: dict[str, bytes]) -> bytes:
    """Return winmail.dat with MEMBERS, name → content."""

    def attribute(level: int, code: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, code, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    found = [b"\x78\x9f\x3e\x22\x01\x00", attribute(1, 0x89006, struct.pack("<I", 0x10000))]
    found += attribute(1, 0x69007, struct.pack("<II", 1252, 0)), attribute(1, 0x78008, b"IPM.Microsoft Mail.Note\0")
    for name, data in members.items():
        found.append(attribute(2, 0x69002, struct.pack("<HiHHIH", 1, -1, 32, 32, 0, 0)[:14]))
        found += attribute(2, 0x18010, name.encode() + b"\0"), attribute(2, 0x6800F, data)
    return b"".join(found)


def with_token(mark: bytes, *entities: bytes, subtype: str = "mixed", body: bytes = b"") -> bytes:
    """Return a message with MARK in its header and first body: ENTITIES behind the text BODY, or BODY alone."""
    fields = {
        "Received": "from mx.example.net (192.0.2.7) by mail.example.com with SMTP; 22 Nov 2026 12:00:00 -0000",
        "X-Token": mark.decode(),
    }
    body = b"Reference " + mark + b"\n" + body
    parts = [part(body), *entities] if entities else [body]
    return message(*parts, subject="a message to measure with", fields=fields, subtype=subtype)


def encoded(head: bytes, rest: bytes, name: str, content_type: str) -> bytes:
    """Return an attachment of HEAD (57 bytes) and REST, which is in base64 already: 10 MB take their time."""
    whole = attachment(head, name, content_type)
    return whole.rstrip(b"\n") + b"\n" + rest


def kinds() -> dict[str, Callable[[bytes], bytes]]:
    """Return how each kind of message is built around a token."""
    short, long = text(600), text(3000)
    html = b"".join(
        b'<p style="color:#333"><a href="http://example.org/%d">%b</a></p>\n' % (number, text(180))
        for number in range(26)
    )
    report, data = pdf(72_000), _random.randbytes(7_400_000)
    report_rest, data_rest = encodebytes(report[LINE:]), encodebytes(data[LINE:])
    files = {
        f"dir/file{number:02}.{('txt', 'bin', 'csv', 'html')[number % 4]}": _random.randbytes(27_000) + text(20_000)
        for number in range(20)
    }
    notes, table, picture = text(2500), _random.randbytes(26_000), b"\xff\xd8\xff\xe0\0\x10JFIF\0\1"
    picture += _random.randbytes(9_000)

    def zip20(mark: bytes) -> bytes:
        members = {name: mark + content for name, content in files.items()}
        return with_token(mark, attachment(zip_of(members), "files.zip", "application/zip"), body=short)

    def nested(mark: bytes) -> bytes:
        inner = zip_of({"readme.txt": mark + short, "sample.dat": eicar() + mark})
        outer = zip_of({"inner.zip": inner, "note.txt": mark + short})
        return with_token(mark, attachment(outer, "outer.zip", "application/zip"))

    def winmail(mark: bytes) -> bytes:
        members = {"notes.txt": mark + notes, "table.xls": mark + table, "pic.jpg": picture + mark}
        return with_token(mark, attachment(tnef(members), "winmail.dat", "application/ms-tnef"))

    return {
        "text-1k": lambda mark: with_token(mark, body=short),
        "html-10k": lambda mark: with_token(
            mark, part(b"<html><!-- %b --><body>%b" % (mark, html), "text/html"), subtype="alternative", body=long
        ),
        "pdf-100k": lambda mark: with_token(
            mark, encoded(_marked_pdf(report, mark), report_rest, "report.pdf", "application/pdf"), body=short
        ),
        "zip20-1m": zip20,
        "bin-10m": lambda mark: with_token(
            mark, encoded(mark + data[16:LINE], data_rest, "data.dat", "application/octet-stream"), body=short
        ),
        "eicar": lambda mark: with_token(mark, attachment(eicar() + mark, "sample.dat")),
        "eicar-zip-zip": nested,
        "tnef-50k": winmail,
    }


MALWARE = frozenset({"eicar", "eicar-zip-zip"})


CIRCULAR = len(pdf(1_000_000))
"""Bytes of the attachment in a circular."""


def circular() -> Callable[[bytes], bytes]:
    """Return how a message to one of many is built: the same PDF of 1 MB, another header and text."""
    report = attachment(pdf(1_000_000), "circular.pdf", "application/pdf")
    return lambda mark: with_token(mark, report)


def real() -> list[bytes]:
    """Return 500 real messages with PLACE in them, or none where QSFILTER_CORPORA is not set."""
    source = os.environ.get("QSFILTER_CORPORA")
    if not source:
        return []
    found = []
    with tarfile.open(os.path.join(source, "real-mail.tar.xz")) as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isfile() and entry.size < LARGEST_REAL else None
            raw = file.read().replace(b"\r\n", b"\n") if file is not None else b""
            if raw.startswith(b"From "):
                raw = raw.partition(b"\n")[2]
            if re.search(rb"(?im)^from:", raw[:4000]) and re.search(rb"(?im)^received:", raw[:4000]):
                found.append((entry.name, raw))
    chosen = random.Random(SEED).sample(sorted(found), min(REAL, len(found)))  # noqa: S311 - the same in each run
    return [_with_place(raw) for _, raw in chosen]


def with_own_token(template: bytes) -> bytes:
    """Return a message of `real` with a token of its own."""
    return template.replace(PLACE, token())


def _marked_pdf(report: bytes, mark: bytes) -> bytes:
    return report[:10] + mark + report[26:LINE]


def _with_place(raw: bytes) -> bytes:
    """Put PLACE into the header of RAW and in front of each leaf that is not in base64.

    On top stands what the receiving server writes there, by which scanners know that it is mail.
    """
    header, _, body = raw.partition(b"\n\n")
    header = RECEIVED + b"X-Token: " + PLACE + b"\n" + header
    boundary = re.search(rb'(?is)\nContent-Type:\s*multipart/[^\n]*(?:\n[ \t][^\n]*)*?boundary="?([^";\n]+)', header)
    if boundary:
        pattern = rb"(?m)^(--" + re.escape(boundary[1].strip()) + rb"\n(?:(?!.*base64)[^\n]+\n)*)\n"
        body = re.sub(pattern, lambda found: found[1] + b"\n" + PLACE + b"\n", body)
    elif b"base64" not in header:
        body = PLACE + b"\n" + body
    return header + b"\n\n" + body
