"""Builds messages for tests, byte by byte, so that a test can also write what no library would.

Guarantee: the same arguments give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from base64 import encodebytes
from typing import TYPE_CHECKING

from qsfilter.model import Client, Envelope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter.filter import Filter
    from qsfilter.model import Report

BOUNDARY = "=_qsfilter-test"
HEADER = {
    "From": "Alice <alice@example.org>",
    "To": "bob@example.com",
    "Subject": "a test",
    "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
    "Message-ID": "<1@example.org>",
    "MIME-Version": "1.0",
}
"""The fields of an ordinary message."""


def eicar() -> bytes:
    """Return the 68 bytes of the EICAR test file, assembled here so that no scanner stops at this source."""
    return b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", b"STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"))


def part(
    body: bytes, content_type: str = "text/plain", *, fields: Mapping[str, str] | None = None, newline: bytes = b"\n"
) -> bytes:
    """Return an entity: CONTENT_TYPE, further header FIELDS, an empty line, and BODY as it is."""
    lines = [f"Content-Type: {content_type}", *(f"{name}: {value}" for name, value in (fields or {}).items())]
    return newline.join(line.encode("utf-8") for line in lines) + newline * 2 + body


def attachment(
    data: bytes, name: str, content_type: str = "application/octet-stream", *, newline: bytes = b"\n"
) -> bytes:
    """Return an entity with DATA in base64 and NAME as its file name."""
    fields = {"Content-Transfer-Encoding": "base64", "Content-Disposition": f'attachment; filename="{name}"'}
    return part(encodebytes(data).replace(b"\n", newline), content_type, fields=fields, newline=newline)


def message(
    *parts: bytes,
    subject: str = "a test",
    sender: str = "alice@example.org",
    recipient: str = "bob@example.com",
    fields: Mapping[str, str] | None = None,
    subtype: str = "mixed",
    boundary: str = BOUNDARY,
    newline: bytes = b"\n",
) -> bytes:
    """Return a message; with one text of plain bytes as its body, or with PARTS (entities) as a multipart."""
    changed = {"From": f"Alice <{sender}>", "To": recipient, "Subject": subject}
    header = {**HEADER, **changed, **(fields or {})}
    lines = [f"{name}: {value}".encode() for name, value in header.items()]
    if len(parts) == 1 and not parts[0].startswith(b"Content-"):
        return newline.join(lines) + newline * 2 + parts[0]
    lines.append(f'Content-Type: multipart/{subtype}; boundary="{boundary}"'.encode())
    delimiter = b"--" + boundary.encode()
    bodies = b"".join(delimiter + newline + entity + newline for entity in parts)
    return newline.join(lines) + newline * 2 + bodies + delimiter + b"--" + newline


def written(text: str, newline: bytes = b"\n", /, **contents: bytes) -> bytes:
    """Return the message that TEXT spells, each character an octet (Latin-1) and each line end NEWLINE.

    `{header}` becomes the fields of an ordinary message up to its MIME-Version, `{eicar}` the EICAR test file in
    base64, and `{NAME}` the octets in CONTENTS, in which line ends are left alone.
    """
    header = newline.join(f"{name}: {value}".encode() for name, value in HEADER.items())
    known = {"header": header, "eicar": encodebytes(eicar()).rstrip(b"\n").replace(b"\n", newline), **contents}
    found = text.encode("latin-1").replace(b"\n", newline)
    for name, content in known.items():
        found = found.replace(b"{%b}" % name.encode(), content)
    return found


def zip_of(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip archive with MEMBERS, name → content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0)), content, compress_type=compression)
    return file.getvalue()


def examine(chosen: Filter, raw: bytes, *, recipients: tuple[bytes, ...] = (b"bob@example.com",)) -> Report:
    """Examine RAW with CHOSEN as mail from alice@example.org to RECIPIENTS, and return the report."""
    return chosen.examine(raw, Envelope(sender=b"alice@example.org", recipients=recipients), Client(ip="192.0.2.1"))
