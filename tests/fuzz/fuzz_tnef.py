"""Fuzzes the TNEF unpacker: any bytes are opened as winmail.dat.

The target opens its input through the worklist with the unpacker alone, within small limits, and holds it to what it
promises: it raises nothing, contents lie in the stream, their sizes and the time are bounded by its size, and what ends
inside an attribute is never clean. Small streams are the seeds.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

from compressed_rtf import compress

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.errors import LimitReached
from qsfilter.examination import Examination
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.limits import Limits
from qsfilter.model import Blob, Child, Envelope
from qsfilter.registry import Entry, Registry
from qsfilter.worklist import open_message
from qsfilter_tnef import Tnef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Container, Finding, Part

SIGNATURE = b"\x78\x9f\x3e\x22"
ENVELOPE = Envelope(sender=b"", recipients=())
LIMITS = Limits(message_bytes=1 << 20, unpacked_bytes=1 << 20, parts=200, members=100)
SECONDS = 5.0
"""For one input of at most a few kilobytes; what takes longer hangs."""
EXPANSION = 9
"""Times its size that RTF can become, and texts in UTF-16 as UTF-8."""
RAISED: list[Exception] = []


@plugin
class Watched:
    """The unpacker, whose exceptions are kept with their tracebacks; the message's body is all that is parsed."""

    opens = frozenset({"tnef"})

    @hookimpl
    def parse(self, part: Part) -> Iterator[Child | Finding]:
        """Yield the body of the raw message, which has no header."""
        if not part.path.steps:
            yield Child(data=part.blob.part_of(1, part.blob.size), origin="mime", span=(1, part.blob.size))

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield the members of PART."""
        assert containers
        total = 0
        try:
            for answer in Tnef().unpack(part, ctx):
                if isinstance(answer, Child):
                    size = answer.data.size if isinstance(answer.data, Blob) else len(answer.data)
                    total += size
                    assert size <= EXPANSION * part.blob.size, f"{part.path}: {size} of {part.blob.size}"
                    assert all(name.forms for name in answer.names)
                    if isinstance(answer.data, Blob):
                        start, end = answer.data.span
                        assert part.blob.span[0] <= start <= end <= part.blob.span[1], answer.data.span
                yield answer
        except LimitReached:
            raise
        except Exception as error:
            RAISED.append(error)
            raise
        # An object with an unknown GUID is yielded twice, and what runs over the end can be.
        assert total <= 4 * EXPANSION * part.blob.size, f"{part.path}: {total} of {part.blob.size}"


REGISTRY = Registry([Entry(name="tnef", plugin=Watched())])


def read(data: bytes) -> None:
    """Open DATA; raise what the unpacker raised, or AssertionError where it breaks another promise."""
    RAISED.clear()
    stream = data if data.startswith(SIGNATURE) else SIGNATURE + b"\1\0" + data
    raw = b"\n" + stream
    examination = Examination(REGISTRY, pipeline.context(LIMITS, raw, ENVELOPE))
    started = time.monotonic()
    parts = open_message(raw, examination)
    assert time.monotonic() - started < SECONDS
    if RAISED:
        raise RAISED[0]
    for found in examination.findings:
        assert found.kind is not Kind.FAILURE, f"{found}: {found.detail}"
        assert not found.detail.startswith("unpack: "), found.detail  # an exception, and not the unpacker's own words
    assert len(parts) <= LIMITS.parts + 1
    if _is_cut(stream):
        assert examination.findings, "cut short, and nothing said"


def _is_cut(stream: bytes) -> bool:
    """Whether STREAM ends inside an attribute of the usual levels, all others before it being well-formed."""
    at = 6
    while at + 11 <= len(stream):
        level, _, length = struct.unpack_from("<BII", stream, at)
        if level not in (1, 2):
            return False
        if at + 11 + length > len(stream):
            return True
        at += 11 + length
    return False


def attribute(code: int, data: bytes, level: int = 2) -> bytes:
    """Return one attribute; CODE is its number with the type above it."""
    return struct.pack("<BII", level, code, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*found: tuple[int, int, bytes]) -> bytes:
    """Return a list of properties, each a type, a number and a value."""
    listed = [struct.pack("<HHII", *one[:2], 1, len(one[2])) + one[2] + bytes(-len(one[2]) % 4) for one in found]
    return struct.pack("<I", len(found)) + b"".join(listed)


def seeds() -> dict[str, bytes]:
    """Return small streams, each with another part of the format."""
    rend = attribute(0x69002, bytes(14))
    plain = SIGNATURE + b"\1\0" + rend + attribute(0x18010, b"x.com\0") + attribute(0x6800F, b"content")
    embedded = bytes.fromhex("0703020000000000c000000000000046") + plain
    text, rtf = "text\0".encode("utf-16-le"), compress(b"{\\rtf1 hello hello hello}")
    named = struct.pack("<HH16sIIII", 0x1E, 0x8000, bytes(16), 0, 7, 1, 2) + b"x\0\0\0"
    several = (
        struct.pack("<HHI", 0x1002, 0x6000, 2)
        + bytes(4)
        + struct.pack("<HHI4s4s", 0x101E, 0x6001, 1, b"\1\0\0\0", b"x")
    )
    return {
        "plain": plain,
        "mapi": plain[:6] + rend + attribute(0x69005, properties((0x1F, 0x3707, text), (0x102, 0x3701, b"content"))),
        "embedded": plain[:6] + rend + attribute(0x69005, properties((0x0D, 0x3701, embedded))),
        "bodies": plain[:6]
        + attribute(0x69007, struct.pack("<II", 1252, 0), 1)
        + attribute(0x2800C, b"old\0", 1)
        + attribute(0x69003, properties((0x1F, 0x1000, text), (0x102, 0x1013, b"<p>"), (0x102, 0x1009, rtf)), 1),
        "odd": plain[:6] + rend + attribute(0x69005, struct.pack("<I", 3) + named + several),
    }
