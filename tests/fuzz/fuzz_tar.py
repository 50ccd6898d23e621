"""Fuzzes the tar reader: any bytes are opened as an archive.

The target drives the hook as the worklist does, within small limits, and holds it to what it promises: it raises
nothing, members lie in the archive or are as large as the Budget allows, and an archive that tarfile reads is never
clean with a file less. Archives of all dialects are the seeds.
"""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.actions import UNSCANNABLE_NAMES, Kind
from qsfilter.builtin.tar_unpacker import TarUnpacker
from qsfilter.errors import LimitReached
from qsfilter.limits import Limits
from qsfilter.model import Blob, Container, Envelope, Finding, Part, Path
from qsfilter.testing.archives import BLOCK, pax, tar_file, tar_header, tar_member

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVELOPE = Envelope(sender=b"", recipients=())
LIMITS = Limits(message_bytes=1 << 20, unpacked_bytes=1 << 20, parts=200, members=100)
DIALECTS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
KNOWN = {*UNSCANNABLE_NAMES, "trailing-data", "tar-joined", "tar-size", "tar-no-end"}


def read(data: bytes) -> None:
    """Open DATA as it is, and with checksums that are right; raise what the reader raised, or AssertionError."""
    _open(data)
    _open(_with_checksums(data))


def _with_checksums(data: bytes) -> bytes:
    """Return DATA with the checksum of each block that says it is a header; one that is wrong hides what it says."""
    mended = bytearray(data)
    for at in range(0, len(data) - BLOCK + 1, BLOCK):
        if data[at + 257 : at + 262] == b"ustar":
            mended[at + 148 : at + 156] = b" " * 8
            mended[at + 148 : at + 156] = b"%06o\0 " % sum(mended[at : at + BLOCK])
    return bytes(mended)


def _open(data: bytes) -> None:
    part = Part(path=Path(), blob=Blob(data), origin="mime")
    ctx = pipeline.context(LIMITS, b"", ENVELOPE)
    contents: list[bytes] = []
    findings: list[Finding] = []
    over = False
    try:
        for answer in TarUnpacker().unpack(part, (Container("tar", 0),), ctx):
            if isinstance(answer, Finding):
                assert answer.name in KNOWN, answer
                findings.append(answer)
                continue
            found = answer.data
            if isinstance(found, Blob):
                start, end = found.span
                assert 0 <= start <= end <= len(data), found.span
            size = found.size if isinstance(found, Blob) else len(found)
            assert size <= max(ctx.budget.bytes_left, len(data)), size
            assert all(name.forms for name in answer.names)
            contents.append(found.data if isinstance(found, Blob) else found)
            ctx.budget.spend_member()
            ctx.budget.spend_bytes(size)
    except LimitReached:
        over = True
    if not over and not any(one.kind in {Kind.UNSCANNABLE, Kind.AMBIGUOUS} for one in findings):
        for expected in _by_tarfile(data):
            assert expected in contents, f"tarfile reads {expected[:80]!r}"


def _by_tarfile(data: bytes) -> Iterator[bytes]:
    """Yield what files hold that tarfile reads of DATA, as far as it reads without a complaint."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for _ in range(LIMITS.members):  # not by its own loop, which some lies make endless
                if (info := archive.next()) is None:
                    return
                if info.isreg() and not info.issparse() and (stream := archive.extractfile(info)) is not None:
                    content = stream.read(LIMITS.unpacked_bytes)
                    if content and len(content) == info.size:
                        yield content
    except Exception:  # noqa: BLE001 - whatever it says of broken bytes
        return


def seeds() -> dict[str, bytes]:
    """Return archives of every dialect, and of the odd things in them."""
    found: dict[str, bytes] = {}
    for name, form in DIALECTS.items():
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            for member, content in (("a.txt", b"text " * 9), ("d/" + "long" * 20 + "/x.exe", b"MZ")):
                info = tarfile.TarInfo(member)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        found[name] = file.getvalue()[:4096]
    plain = tar_member(b"x.com", b"content")
    found["joined"] = tar_file(plain) + tar_file(plain)
    found["no-end"] = plain
    found["pax-path"] = tar_file(pax({b"path": b"y.exe", b"size": b"3"}), plain)
    found["pax-global"] = tar_file(pax({b"comment": b"c"}, b"g"), plain)
    found["sparse"] = tar_file(pax({b"GNU.sparse.map": b"0,3,9,4", b"GNU.sparse.size": b"13"}), plain)
    found["cut"] = tar_header(b"cut.exe", 5000) + b"MZ"
    return found
