"""The manifest: a chain of lines that survives crashes and parallel writers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Filter
from qsfilter.errors import DeliveryError
from qsfilter.testing.messages import message
from qsfilter.testing.running import QueueInMemory
from qsfilter_archive import Archive
from qsfilter_archive import manifest as written_manifest
from qsfilter_archive.lines import START, Kept, read, written
from qsfilter_archive.manifest import TAIL, append, days, file_of, locked
from qsfilter_archive.reading import Reading
from qsfilter_archive.verification import verify

from .archiving import BEGIN, CLIENT, DAY, ENVELOPE, FIRST_DAY, archive, notes, troubles

if TYPE_CHECKING:
    from pathlib import Path


def kept(number: int, *, folder: str = ".") -> Kept:
    """Return what a line says about a copy that nobody looks at."""
    return Kept(False, folder, f"{number:064x}", number, f"{number:064x}", f"{number:064x}")


# --- what is written ------------------------------------------------------------------------------------------------


def test_a_line_says_what_was_kept(box: Path) -> None:
    key = archive(box)
    (line,) = (box / "manifest" / f"{FIRST_DAY}.tsv").read_bytes().splitlines(keepends=True)
    columns = line.decode().rstrip("\n").split("\t")
    raw, told = (box / "new" / key).read_bytes(), (box / "sidecar" / f"{key}.json").read_bytes()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN))
    assert columns[:4] == ["1", stamp, "kept", "."]
    assert columns[4:7] == [key, str(len(raw)), sha256(raw).hexdigest()]
    assert columns[7:10] == [sha256(told).hexdigest(), "-", START]
    assert columns[10] == sha256(line[: line.rindex(b"\t") + 1]).hexdigest()


def test_a_retry_adds_a_line_that_says_so(box: Path) -> None:
    key = archive(box)
    assert archive(box, received=b"Received: again\n") == key
    lines = [read(line) for line in (box / "manifest" / f"{FIRST_DAY}.tsv").read_bytes().splitlines()]
    assert [line and (line.number, line.what, line.name) for line in lines] == [(1, "kept", key), (2, "again", key)]
    assert verify(str(box)).troubles == ()


def test_a_clock_that_goes_back_breaks_nothing(box: Path) -> None:
    for number, now in enumerate((BEGIN + DAY, BEGIN, BEGIN + 3 * DAY)):
        archive(box, number, now)
    assert len(days(str(box))) == 2
    assert verify(str(box)).troubles == ()


def test_without_a_manifest_there_is_none(box: Path) -> None:
    chosen = Filter(Archive(path=str(box), manifest=False), transport=QueueInMemory(), quarantine=str(box / "q"))
    chosen.start()
    assert chosen.run(message(b"x"), ENVELOPE, CLIENT).outcome
    assert sorted(path.name for path in box.iterdir()) == ["cur", "new", "sidecar", "tmp"]


@given(st.integers(0, 300), st.sampled_from([".", "example.com", "example.com/2027-01-15"]), st.binary(max_size=9))
def test_a_line_comes_back_as_it_was(number: int, folder: str, torn: bytes) -> None:
    first = read(written(kept(1), "2027-01-15T08:00:00Z", None))
    assert first is not None
    line = read(written(kept(number, folder=folder), "2027-01-15T08:00:01Z", first, torn))
    assert line is not None
    assert (line.number, line.before, line.size, line.folder) == (2, first.hash, number, folder)
    assert (line.torn == "-") is not bool(torn)


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_line_with_one_byte_changed_cant_be_read(at: int, change: int) -> None:
    line = bytearray(written(kept(7), "2027-01-15T08:00:00Z", None).rstrip(b"\n"))
    line[at % len(line)] ^= change
    assert read(bytes(line)) is None


# --- crashes --------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 500), max_size=4), st.booleans())
@settings(max_examples=60)
def test_any_number_of_crashes_leaves_a_sound_chain(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], next_day: bool
) -> None:
    """Each attempt writes the beginning of its line and dies; then one lives."""
    path = str(tmp_path_factory.mktemp("case"))
    append(path, kept(0), BEGIN)
    for number, cut in enumerate(cuts):
        file = file_of(path, FIRST_DAY)
        size = os.path.getsize(file)
        append(path, kept(number), BEGIN)
        os.truncate(file, min(size + cut, os.path.getsize(file)))
    append(path, kept(9), BEGIN + next_day * DAY)
    found = verify(path, since="9")
    assert troubles(found) == []
    assert found.last is not None
    assert found.last.name == kept(9).name


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 255))
@settings(max_examples=40)
def test_what_a_crash_left_can_t_be_changed_either(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, change: int
) -> None:
    path = str(tmp_path_factory.mktemp("case"))
    append(path, kept(0), BEGIN)
    file = file_of(path, FIRST_DAY)
    size = os.path.getsize(file)
    append(path, kept(1), BEGIN)
    whole = os.path.getsize(file) - size
    os.truncate(file, size + 1 + cut % (whole - 2))  # without its end it would be a whole line
    left = os.path.getsize(file) - size
    append(path, kept(2), BEGIN)
    assert notes(verify(path, since="9")) == ["torn-line"]
    with open(file, "r+b") as opened:
        opened.seek(size + at % left)
        (old,) = opened.read(1)
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([old ^ change]))
    assert troubles(verify(path, since="9"))


def test_a_file_that_was_only_begun_is_gone_on_with(box: Path) -> None:
    archive(box)
    (box / "manifest" / "2027-01-16.tsv").touch(0o600)
    archive(box, 1, BEGIN + DAY)
    assert verify(str(box)).troubles == ()


def test_a_last_line_that_is_cut_short_is_told_until_the_next(box: Path) -> None:
    archive(box)
    archive(box, 1)
    file = box / "manifest" / f"{FIRST_DAY}.tsv"
    os.truncate(file, file.stat().st_size - 5)
    found = verify(str(box))
    assert (notes(found), troubles(found)) == (["torn-line"], ["not-in-manifest"])
    archive(box, 1)
    assert (notes(verify(str(box))), troubles(verify(str(box)))) == (["torn-line"], [])


def test_a_line_that_lacks_only_its_end_is_a_line(box: Path) -> None:
    """Also for who has read it before the next one came."""
    archive(box)
    file = box / "manifest" / f"{FIRST_DAY}.tsv"
    os.truncate(file, file.stat().st_size - 1)
    reading = Reading(str(box))
    reading.read()
    archive(box, 1)
    reading.read()
    reading.finish()
    assert (reading.troubles, reading.lines) == ([], 2)
    assert verify(str(box)).troubles == ()


def test_a_damaged_end_stops_the_mail_and_not_the_chain(box: Path) -> None:
    """Whoever can't see where the chain ends can't go on with it."""
    archive(box)
    with open(box / "manifest" / f"{FIRST_DAY}.tsv", "ab") as file:
        file.write(b"x" * (TAIL + 1))
    with pytest.raises(DeliveryError, match="damaged"):
        archive(box, 1)
    assert troubles(verify(str(box))) == ["changed-line", "not-in-manifest"]


def test_a_line_that_does_not_fit_on_the_disk_leaves_nothing(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(box)
    before = (box / "manifest" / f"{FIRST_DAY}.tsv").read_bytes()

    def half(descriptor: int, piece: bytes) -> None:
        os.write(descriptor, piece[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(written_manifest.maildir, "write_all", half)
    with pytest.raises(DeliveryError, match="manifest: No space") as caught:
        append(str(box), kept(1), BEGIN)
    assert caught.value.exit == 53
    assert (box / "manifest" / f"{FIRST_DAY}.tsv").read_bytes() == before


def test_nobody_waits_for_ever(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(box)
    monkeypatch.setattr(written_manifest, "WAIT_SECONDS", 0.05)
    with locked(str(box), "chain"), pytest.raises(DeliveryError, match="another process holds it"):
        append(str(box), kept(1), BEGIN)


WRITER = """
import os, sys
sys.path[:0] = {paths!r}
from archiving import archive
from pathlib import Path
box, begin, count, stop = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
if stop:
    module, _, name = stop.rpartition(".")
    from importlib import import_module
    owner = import_module(module)
    true = getattr(owner, name)
    def dies(*given, **named):
        os.kill(os.getpid(), 9)
    def half(descriptor, piece):
        if b"\\tkept\\t" in bytes(piece[:60]) or b"\\tagain\\t" in bytes(piece[:60]):
            os.write(descriptor, piece[:77])
            os.kill(os.getpid(), 9)
        return true(descriptor, piece)
    setattr(owner, name, half if name == "write_all" else dies)
for number in range(begin, begin + count):
    archive(box, number)
"""


def start(box: Path, begin: int, count: int, stop: str = "") -> subprocess.Popen[bytes]:
    """Start a process that archives COUNT messages, or is killed where it calls STOP."""
    script = WRITER.format(paths=[os.path.dirname(__file__)])
    return subprocess.Popen([sys.executable, "-c", script, str(box), str(begin), str(count), stop])


def test_eight_processes_make_one_chain(box: Path) -> None:
    """Half of them archive the same mail as another one."""
    running = [start(box, 12 * (number % 6), 12) for number in range(8)]
    assert [process.wait(60) for process in running] == [0] * 8
    found = verify(str(box))
    assert found.troubles == ()
    assert (found.lines, found.copies) == (96, 72)


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ("qsfilter_archive.manifest.append", []),
        ("qsfilter_archive.manifest.end", []),
        ("qsfilter_archive.manifest.written", []),
        ("qsfilter.maildir.write_all", ["torn-line"]),
        ("qsfilter_archive.manifest._tail", []),
    ],
)
def test_who_is_killed_in_between_leaves_what_its_retry_mends(box: Path, stop: str, told: list[str]) -> None:
    archive(box, 0)
    assert start(box, 1, 1, stop).wait(60) == -signal.SIGKILL
    assert troubles(verify(str(box))) == ["not-in-manifest"]
    archive(box, 1)
    found = verify(str(box))
    assert (troubles(found), notes(found), found.copies) == ([], told, 2)


def test_mail_that_is_archived_meanwhile_is_no_trouble(box: Path) -> None:
    archive(box)
    running = [start(box, number * 100, 30) for number in (1, 2)]
    seen = 0
    while any(process.poll() is None for process in running):
        assert troubles(verify(str(box))) == []
        seen += 1
    assert seen > 1
    assert [process.wait() for process in running] == [0, 0]
    assert verify(str(box)).copies == 61


def test_threads_make_one_chain(box: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda number: archive(box, number % 9), range(36)))
    assert verify(str(box)).troubles == ()
