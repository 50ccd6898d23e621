"""Fuzzes small files in which we remember something: any bytes stand in them.

The target holds their readers to what they promise: nothing is raised, whatever stands there. A file of the poison
guard that can't be understood is one of a message that nothing is known of; a bypass that can't be lets nothing pass;
a mark of a release that can't be says that nobody has the copy.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache

from qsfilter import attempt_files
from qsfilter.attempt_files import Record
from qsfilter.bypass import MOST_SECONDS, Bypass
from qsfilter.held.record import FOLDER, Mark, mark_of
from qsfilter.service.slots import Slots

NOW = 1_800_000_000.0
FORGET = 7 * 86400.0


def read(data: bytes) -> None:
    """Read DATA as each of them; raise what a reader raises, or AssertionError where it believes nonsense."""
    place = _folder()
    path = os.path.join(place, FOLDER, "copy.json")
    with open(path, "wb") as file:
        file.write(data)
    mark = mark_of(place, "copy")
    assert isinstance(mark, Mark)
    granted = Bypass(path=path).granted()
    if granted is not None and granted.in_force(NOW):
        assert NOW - MOST_SECONDS <= granted.begins <= NOW
    with open(path, "rb") as file:
        known = attempt_files.read(file.fileno(), NOW, FORGET)
    assert known.state in {attempt_files.WAITING, attempt_files.EXAMINED}
    assert known.deaths >= 0
    assert len(known.history) <= attempt_files.MOST_IN_HISTORY
    assert NOW - FORGET <= known.first <= NOW
    for slot in Slots.read(data):
        assert isinstance(slot.key, str)
        assert all(isinstance(text, str) for text in slot.asked)


@cache
def _folder() -> str:
    """Return a folder as of a quarantine, for as long as this process lives."""
    folder = tempfile.TemporaryDirectory(prefix="qsfilter-fuzz-")
    _KEPT.append(folder)
    os.makedirs(os.path.join(folder.name, FOLDER))
    return folder.name


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def seeds() -> dict[str, bytes]:
    """Return files of each kind."""
    attempt = os.memfd_create("attempt", os.MFD_CLOEXEC)
    try:
        attempt_files.write(attempt, Record(state="examined", deaths=2, first=NOW - 60, history=("scan of clamav",)))
        attempt_files.write_crumb(attempt, "unpack of libarchive about 1.2")
        written = os.pread(attempt, 8192, 0)
    finally:
        os.close(attempt)
    return {
        "attempt": written,
        "waiting": b"",
        "bypass": b'{"begins": 1799999000.0, "ends": 1800009000.0, "user": "root", "reason": "clamd is ill"}',
        "huge": b'{"begins": 1' + b"0" * 400 + b', "ends": 1, "user": "root", "reason": "x"}',
        "deep": b"[" * 1500,
        "mark": b'{"version": 1, "handed": ["Ym9iQGV4YW1wbGUuY29t"], "begun": null, "complete": true}',
        "begun": b'{"version": 1, "handed": [], "begun": {"recipients": ["Ym9i"]}, "complete": false}',
        "slots": bytes(16) + b"\xff" * 8 + b"ab" * 32 + b"scan clamav".ljust(424, b"\0"),
    }
