"""Bounds on what is unpacked, and that nothing else happens: nothing is written, no program started."""

from __future__ import annotations

import subprocess
import sys
from errno import ENOMEM
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Limits
from qsfilter.testing import eicar
from qsfilter_libarchive import Libarchive
from qsfilter_libarchive.trouble import trouble

if TYPE_CHECKING:
    from types import SimpleNamespace

MIB = 1 << 20


# --- bounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["7z", "lzip", "lz4", "compress", "xar"])
def test_a_bomb_is_over_the_limit(make: SimpleNamespace, kind: str) -> None:
    """It is read no further than the Budget goes."""
    zeros = {"x": bytes(16 * MIB)}
    data = (
        make.written("raw", zeros, kind) if kind in make.coded else make.written({"7z": "7zip"}.get(kind, kind), zeros)
    )
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(unpacked_bytes=4 * MIB)))
    assert make.codes(report) == ["unscannable over-limit"]
    assert sum(one.blob.size for one in report.message.parts if one.origin == kind) <= 4 * MIB + 1


def test_as_many_members_as_allowed_are_opened(make: SimpleNamespace) -> None:
    """One more is over the limit."""
    data = make.cab({str(number): b"\x00%d" % number for number in range(6)})
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=5)))
    assert (len(make.members_of(report)), make.codes(report)) == (5, ["unscannable over-limit"])
    assert make.codes(make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=6)))) == []


def test_directories_are_bounded_as_well(make: SimpleNamespace) -> None:
    """They are no members, but each takes its time."""
    data = make.cpio(*[(b"%d" % number, 0o040755, b"") for number in range(30)])
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=20)))
    assert make.codes(report) == ["unscannable over-limit"]


@pytest.mark.parametrize("size", [b"FFFFFFFF", b"7FFFFFFF", b"00001000"])
def test_a_size_that_lies_is_not_believed(make: SimpleNamespace, size: bytes) -> None:
    """What is there is read."""
    data = bytearray(make.cpio((b"a", 0o100644, eicar())))
    data[54:62] = size
    report = make.opened(bytes(data))
    assert "unscannable corrupt" in make.codes(report)
    assert make.members_of(report)[0][1].startswith(eicar())


def test_no_memory_is_no_verdict() -> None:
    """Another try may have more of it."""
    for text, number in ((b"Couldn't allocate memory", 12), (b"x", ENOMEM), (b"Out of memory", -1)):
        with pytest.raises(MemoryError):
            trouble(text, number)


STARVED = """
import resource, sys
from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive
chosen = Filter(Libarchive())
raw = message(part(b"t"), attachment(sys.stdin.buffer.read(), "a.bin"))
examine(chosen, message(part(b"t"), attachment(b"!<arch>\\n", "a.ar")))
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (4 << 20),) * 2)
print(*[f"{found}: {found.detail}" for found in examine(chosen, raw).findings])
"""


def test_a_dictionary_that_does_not_fit_is_no_damage(samples: dict[str, bytes]) -> None:
    """With more memory the same archive could be read; this one wants 8 MiB."""
    run = subprocess.run([sys.executable, "-c", STARVED], input=samples["7z"], capture_output=True, check=True)
    assert run.stdout.startswith(b"failure memory"), run


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"RAR encryption support unavailable.", "encrypted"),
        (b"Crypto codec not supported yet (ID: 0x6F10701)", "encrypted"),
        (b"RAR solid archive support unavailable.", "no-unpacker"),
        (b"Unknown codec ID: 4f71101", "no-unpacker"),
        (b"Declared dictionary size is not supported.", "no-unpacker"),
        (b"Unsupported CAB compression : Quantum", "no-unpacker"),
        (b"Unsupported block header size (was 7, max is 2)", "corrupt"),
        (b"\xff", "corrupt"),
        (None, "corrupt"),
    ],
)
def test_an_error_is_told_by_its_words(text: bytes | None, name: str) -> None:
    """What is not known is damage."""
    assert trouble(text, -1).name == name


# --- nothing else happens -------------------------------------------------------------------------------------------

WATCHED = """
import sys
seen = []
def watch(event, args):
    if event.startswith(("subprocess", "os.fork", "os.exec", "os.posix_spawn", "os.system", "os.mkdir", "socket")):
        seen.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(f"open {args[0]}")
sys.addaudithook(watch)
sys.dont_write_bytecode = True
import os
from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive
before = dict(os.environ)
report = examine(Filter(Libarchive()), message(part(b"t"), attachment(sys.stdin.buffer.read(), "a.bin")))
print(seen, len(report.message.parts), before == dict(os.environ))
"""


def test_nothing_is_written_and_no_program_is_started(samples: dict[str, bytes]) -> None:
    """Not even to find the library."""
    for kind in ("7z", "rar4", "iso", "lz4"):
        command = [sys.executable, "-c", WATCHED]
        run = subprocess.run(command, input=samples[kind], capture_output=True, check=True)
        assert run.stdout.decode().split(" ", 1)[0] == "[]", run.stdout
        assert run.stdout.decode().strip().endswith("True")
        assert run.stderr == b""
