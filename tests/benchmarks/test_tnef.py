"""What opening winmail.dat costs beside tnefparse, and hostile shapes beside a plain one; ratios are printed."""

from __future__ import annotations

import random
import struct
import sys
from typing import TYPE_CHECKING

import pytest

from qsfilter import Blob, Child, Envelope, Limits, Part, Path, hookimpl, pipeline, plugin
from qsfilter.examination import Examination
from qsfilter.registry import Entry, Registry
from qsfilter.worklist import open_message
from qsfilter_tnef import Tnef
from tests.benchmarks.timing import best

tnefparse = pytest.importorskip("tnefparse")

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = Limits()
ENVELOPE = Envelope(sender=b"", recipients=())


@plugin
class Body:
    """Parses nothing but the body of a message without a header."""

    @hookimpl
    def parse(self, part: Part) -> Iterator[Child]:
        """Yield the body of the raw message."""
        if not part.path.steps:
            yield Child(data=part.blob.part_of(1, part.blob.size), origin="mime", span=(1, part.blob.size))


REGISTRY = Registry([Entry(name="body", plugin=Body()), Entry(name="tnef", plugin=Tnef())])
CONTEXT = pipeline.context(LIMITS, b"", ENVELOPE)
ROUNDS = 7
SIZE = 5_000_000
HUGE = 0xFFFFFFF0
MOST_OF_PLAIN = 500.0
"""Times a plain stream of the same size that a hostile one may take; what is quadratic takes thousands."""


def attribute(code: int, data: bytes, length: int | None = None, level: int = 2) -> bytes:
    """Return one attribute; CODE is its number with the type above it."""
    size = len(data) if length is None else length
    return struct.pack("<BII", level, code, size) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*found: tuple[int, int, bytes]) -> bytes:
    """Return a list of properties, each a type, a number and a value."""
    listed = [struct.pack("<HHII", *one[:2], 1, len(one[2])) + one[2] + bytes(-len(one[2]) % 4) for one in found]
    return struct.pack("<I", len(found)) + b"".join(listed)


def stream(count: int) -> bytes:
    """Return TNEF with COUNT attachments that make 5 MB together, as Outlook writes them."""
    pieces = [b"\x78\x9f\x3e\x22\x01\x00", attribute(0x69007, struct.pack("<II", 1252, 0), level=1)]
    data = random.Random(0).randbytes(SIZE // count)  # noqa: S311 - bytes, and the same in each run
    for number in range(count):
        title = b"file-%d.bin\0" % number
        name = title.decode().encode("utf-16-le")
        listed = properties((0x1F, 0x3001, name), (0x1F, 0x3707, name), (0x1E, 0x3703, b".bin\0"))
        pieces += attribute(0x69002, bytes(14)), attribute(0x18010, title), attribute(0x6800F, data)
        pieces.append(attribute(0x69005, listed))
    return b"".join(pieces)


def unpack_alone(data: bytes) -> int:
    """Open DATA, without hashes, paths and budget."""
    return len(list(Tnef().unpack(Part(path=Path(), blob=Blob(data), origin="message"), CONTEXT)))


def whole_worklist(data: bytes) -> list[str]:
    """Open DATA as what stands in a message is opened; return what was found."""
    examination = Examination(REGISTRY, pipeline.context(LIMITS, data, ENVELOPE))
    open_message(b"\n" + data, examination)
    return [str(found) for found in examination.findings]


def tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    """Print LINES to whoever runs this."""
    with capsys.disabled():
        sys.stdout.write("\n".join(("", *lines, "")))


@pytest.mark.parametrize("count", [1, 20, 2_000])
def test_five_megabytes_of_attachments(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Contents are spans of the stream, so only checksums look at every octet."""
    data = stream(count)
    assert unpack_alone(data) == count == len(tnefparse.TNEF(data).attachments)
    ways = {
        "unpack alone": lambda: unpack_alone(data),
        "whole worklist": lambda: whole_worklist(data),
        "tnefparse": lambda: tnefparse.TNEF(data),
        "tnefparse, no sums": lambda: tnefparse.TNEF(data, do_checksum=False),
    }
    took = best(ways, 3 if count > 1000 else ROUNDS)
    library = took["tnefparse"]
    lines = [f"  {name:18} {seconds * 1e3:9.2f} ms  {seconds / library:5.2f} x" for name, seconds in took.items()]
    tell(capsys, f"{count} attachments, {len(data)} bytes:", *lines)
    assert took["unpack alone"] <= library


HOSTILE = {
    "empty attributes": attribute(0x38013, b"") * (SIZE // 11),
    "attributes that run over": attribute(0x6800F, b"", HUGE) * (SIZE // 11),
    "properties that run over": attribute(
        0x69005, struct.pack("<I", 1) + struct.pack("<HHII", 0x102, 0x3701, 1, HUGE) * (SIZE // 12)
    ),
    "a count of 4 G": attribute(0x69005, struct.pack("<I", HUGE)) * 1_000,
    "a count of 4 G values": attribute(0x69005, struct.pack("<IHHI", 1, 0x1003, 0x3001, HUGE)) * 1_000,
    "numbers without a header": b"\x0f\x80\x06\x00" * (SIZE // 4),
}


def test_hostile_shapes_beside_a_plain_stream(capsys: pytest.CaptureFixture[str]) -> None:
    """Each costs a bounded multiple of a plain stream of 5 MB."""
    usual = stream(20)
    plain = best({"plain": lambda: unpack_alone(usual)}, 3)["plain"]
    lines, wrong = [], []
    for name, body in HOSTILE.items():
        data = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x69002, bytes(14)) + body
        took = best({"hostile": lambda data=data: unpack_alone(data)}, 3)["hostile"]
        found = whole_worklist(data)
        assert "failure" not in str(found), name
        lines.append(f"  {name:26} {len(data):9} bytes {took * 1e3:8.1f} ms  {took / plain:7.1f} x  {found}")
        if took / plain > MOST_OF_PLAIN:
            wrong.append(name)
    tell(capsys, f"hostile shapes beside 20 attachments in 5 MB ({plain * 1e3:.1f} ms), best of 3:", *lines)
    assert not wrong
