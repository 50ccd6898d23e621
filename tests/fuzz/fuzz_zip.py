"""Fuzzes the zip reader: any bytes are opened as an archive.

The target drives the hook as the worklist does, within small limits, and holds it to what it promises: it raises
nothing, its answers make sense, no member is larger than the Budget and a step, and an archive that zipfile reads to
its end is never clean with a member less. Archives of all methods are the seeds.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.actions import UNSCANNABLE_NAMES, Kind
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.errors import LimitReached
from qsfilter.limits import Limits
from qsfilter.model import Blob, Container, Envelope, Finding, Part
from qsfilter.model import Path as PartPath
from qsfilter.zip.codes import AMBIGUOUS, IRREGULAR
from qsfilter.zip.content import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVELOPE = Envelope(sender=b"", recipients=())
LIMITS = Limits(message_bytes=1 << 20, unpacked_bytes=1 << 20, parts=200, members=100)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def read(data: bytes) -> None:
    """Open DATA; raise what the reader raised, or AssertionError where it breaks another promise."""
    part = Part(path=PartPath(), blob=Blob(data), origin="mime")
    ctx = pipeline.context(LIMITS, b"", ENVELOPE)
    contents: list[bytes] = []
    findings = 0
    over = False
    try:
        for answer in ZipUnpacker().unpack(part, (Container("zip", 0),), ctx):
            if isinstance(answer, Finding):
                findings += 1
                known = UNSCANNABLE_NAMES if answer.kind is Kind.UNSCANNABLE else (*AMBIGUOUS, *IRREGULAR)
                assert answer.name in known, answer
                continue
            found = answer.data if isinstance(answer.data, bytes) else answer.data.data
            assert answer.names, answer
            assert len(found) <= ctx.budget.bytes_left + STEP, len(found)
            contents.append(found)
            ctx.budget.spend_member()
            ctx.budget.spend_bytes(len(found))
    except LimitReached:
        over = True
    if not findings and not over:
        for expected in _by_zipfile(data):
            assert expected in contents, f"zipfile reads {expected[:80]!r}"


def _by_zipfile(data: bytes) -> Iterator[bytes]:
    """Yield what zipfile reads of DATA, if it reads all of it without a complaint."""
    found: list[bytes] = []
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            warnings.simplefilter("ignore")
            for info in archive.infolist():
                with archive.open(info) as stream:
                    content = stream.read(LIMITS.unpacked_bytes)
                if content or not info.is_dir():
                    found.append(content)
    except Exception:  # noqa: BLE001 - whatever it says of broken bytes
        return
    yield from found


def seeds() -> dict[str, bytes]:
    """Return archives of every method, with and without sizes."""
    found: dict[str, bytes] = {}
    for method in METHODS:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("a.txt", b"text " * 9)
            archive.writestr("dir/x.exe", b"MZ")
        data = file.getvalue()
        found[f"method-{method}"] = data
        found[f"joined-{method}"] = data + data
        found[f"front-{method}"] = b"MZ junk" + data
        found[f"open-{method}"] = data[: data.find(b"PK\1\2")]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"x")
    found["zip64"] = file.getvalue()
    return found
