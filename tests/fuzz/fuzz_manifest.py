"""Fuzzes the archive's manifest: any bytes stand in the file of a day.

The target holds its readers to what they promise: nothing but DeliveryError is raised; a line is read only as it was
written; what is read from the beginning, and what is found at the end, are the same last line.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache

from qsfilter.errors import DeliveryError
from qsfilter_archive import lines, manifest
from qsfilter_archive.reading import Reading

DAY = "2027-01-01"
TIME = f"{DAY}T12:00:00Z"


def read(data: bytes) -> None:
    """Read DATA as the file of a day, and with hashes that are right; raise AssertionError for a broken promise."""
    _as_file(data)
    _as_file(_with_hashes(data))


def _with_hashes(data: bytes) -> bytes:
    """Return DATA with the hash at the end of each line; one that is wrong hides what stands before it."""
    mended = []
    for line in data.split(b"\n"):
        begins, tab, _ = line.rpartition(b"\t")
        text = begins + tab
        mended.append(text + hashlib.sha256(text).hexdigest().encode() if tab else line)
    return b"\n".join(mended)


def _as_file(data: bytes) -> None:
    for piece in data.split(b"\n"):
        if line := lines.read(piece):
            _require_as_written(line, piece)
    path = _archive()
    with open(manifest.file_of(path, DAY), "wb") as file:
        file.write(data)
    reading = Reading(path)
    reading.read()
    reading.finish()
    assert len(reading.entries) <= reading.lines <= data.count(b"\n") + 1
    try:
        last, torn, newest = manifest.end(path)
    except DeliveryError:
        return
    assert newest == DAY
    assert torn in data
    if last is not None and len(data) < manifest.TAIL and all(len(one) < lines.LONGEST for one in data.split(b"\n")):
        assert last == reading.last, f"the end is {last}, and the reading ends at {reading.last}"


def _require_as_written(line: lines.Line, piece: bytes) -> None:
    before = line._replace(number=line.number - 1, hash=line.before) if line.number > 1 else None
    if line.torn != lines.NOTHING or (before is None and line.before != lines.START):
        return  # what was there before it is not known here
    kept = lines.Kept(line.what == "again", line.folder, line.name, line.size, line.sha256, line.sidecar)
    sized = piece.split(b"\t")[5]
    if sized == b"%d" % line.size:  # we write no zeros before a number
        assert lines.written(kept, line.time, before) == piece + b"\n"


@cache
def _archive() -> str:
    """Return an archive without copies, for as long as this process lives."""
    folder = tempfile.TemporaryDirectory(prefix="qsfilter-fuzz-")
    _KEPT.append(folder)
    os.makedirs(os.path.join(folder.name, manifest.FOLDER))
    return folder.name


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def seeds() -> dict[str, bytes]:
    """Return manifests, whole, torn and changed."""
    kept = lines.Kept(False, ".", "ab" * 32, 1234, "cd" * 32, "ef" * 32)
    first = lines.written(kept, TIME, None)
    again = lines.written(kept._replace(again=True, folder="example.com/2027-01-01"), TIME, lines.read(first))
    torn = lines.written(kept, TIME, lines.read(first), b"1\t2027")
    return {
        "one": first,
        "two": first + again,
        "torn": first + b"1\t2027\n" + torn,
        "half": first + again[:100],
        "without-first": again,
        "twice": first + first,
        "changed": first.replace(b"1234", b"1235"),
        "empty": b"",
    }
