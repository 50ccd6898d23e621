"""What opening zips costs beside the standard library's zipfile, read in bounded steps; ratios are printed."""

from __future__ import annotations

import io
import random
import sys
import zipfile

import pytest

from qsfilter import Blob, Child, Client, Envelope, Filter, Limits, Part, Path, pipeline
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.model import Container
from qsfilter.testing import attachment, message, part
from tests.benchmarks.timing import best

LIMITS = Limits(members=25_000, parts=30_000)
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CHOSEN = Filter(limits=LIMITS)
STEP = 1 << 20
ROUNDS = 7
MOST = 1.3
MOST_OF_MANY = 2.0
"""Times what zipfile takes; of many small members, half goes into the forms of their names."""


def archive(count: int, size: int, *, noise: int) -> bytes:
    """Return a zip of COUNT members of SIZE bytes, one octet of NOISE of them random, the rest a text."""
    chance = random.Random(2)  # noqa: S311 - bytes, and the same in each run
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for number in range(count):
            words = b"".join(b"%d\n" % chance.getrandbits(20) for _ in range(size // 7 + 1))
            written.writestr(f"folder/member {number}.txt", (chance.randbytes(size // noise) + words)[:size])
    return file.getvalue()


def our_hook(data: bytes) -> int:
    """Open DATA as the worklist does, each member paid for before the next one is asked for; return their number."""
    ctx = pipeline.context(LIMITS, b"", ENVELOPE)
    one = Part(path=Path(), blob=Blob(data), origin="mime")
    count = 0
    for answer in ZipUnpacker().unpack(one, (Container("zip", 0),), ctx):
        assert isinstance(answer, Child), answer
        ctx.budget.spend_part()
        ctx.budget.spend_member()
        ctx.budget.spend_bytes(answer.data.size if isinstance(answer.data, Blob) else len(answer.data))
        count += 1
    return count


def standard_library(data: bytes) -> int:
    """Read every member of DATA by zipfile in bounded steps; return their number."""
    count = 0
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        for info in opened.infolist():
            found = bytearray()
            with opened.open(info) as stream:
                while piece := stream.read(STEP):
                    found += piece
            assert bytes(found) or not info.file_size
            count += 1
    return count


def whole_examination(raw: bytes) -> int:
    """Examine RAW, a message; return the number of its parts."""
    return len(CHOSEN.examine(raw, ENVELOPE, Client(ip="192.0.2.1")).message.parts)


@pytest.mark.parametrize(
    ("title", "count", "size", "noise"),
    [
        ("20 members, text", 20, 120_000, 1_000_000),
        ("20 members, half random", 20, 80_000, 2),
        ("20,001 members", 20_001, 60, 30),
    ],
)
def test_a_zip_beside_zipfile(
    title: str, count: int, size: int, noise: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both views cost no more than one does there."""
    data = archive(count, size, noise=noise)
    raw = message(part(b"text"), attachment(data, "a.zip"))
    assert our_hook(data) == standard_library(data) == count
    took = best(
        {
            "our hook": lambda: our_hook(data),
            "whole examination": lambda: whole_examination(raw),
            "zipfile": lambda: standard_library(data),
        },
        ROUNDS if count < 1000 else 3,
    )
    library = took["zipfile"]
    with capsys.disabled():
        sys.stdout.write(f"\n{title}, {len(data)} bytes, best of several:\n")
        for name, seconds in took.items():
            sys.stdout.write(f"  {name:18} {seconds * 1e3:9.2f} ms  {seconds / library:5.2f} x\n")
    assert took["our hook"] / library <= (MOST if count < 1000 else MOST_OF_MANY)
