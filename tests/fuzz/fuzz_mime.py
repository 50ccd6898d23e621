"""Fuzzes the MIME reader: any bytes are read as a message.

The target reads its input through the worklist with the MIME reader alone, within small limits, and holds it to what
the reader promises: it raises nothing, its answers make sense, and a part that stands verbatim in another lies in it.
The messages of tests/messages are the seeds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.actions import Kind
from qsfilter.errors import LimitReached
from qsfilter.examination import Examination
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.limits import Limits
from qsfilter.mime.reader import read_part
from qsfilter.model import Child, Envelope
from qsfilter.registry import Entry, Registry
from qsfilter.replay import cases
from qsfilter.worklist import open_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.context import Context
    from qsfilter.model import Finding, Part

MESSAGES = Path(__file__).parents[1] / "messages"
LONGEST_SEED = 8192
SOME = 23
"""One in so many: a number that is no multiple of those of the messages' variants."""
ENVELOPE = Envelope(sender=b"", recipients=())
LIMITS = Limits(
    message_bytes=1 << 20,
    unpacked_bytes=1 << 20,
    parts=200,
    members=100,
    readings=32,
    header_fields=200,
    header_bytes=16_384,
    field_bytes=8_192,
)

RAISED: list[Exception] = []


@plugin
class Watched:
    """The MIME reader, whose exceptions are kept with their tracebacks; the examination notes only their texts."""

    @hookimpl
    def parse(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the entities inside PART."""
        try:
            for answer in read_part(part, ctx.limits):
                if isinstance(answer, Child) and answer.span is not None:
                    start, end = answer.span
                    assert 0 <= start <= end <= part.blob.size, f"{part.path}: {answer.span} of {part.blob.size}"
                yield answer
        except LimitReached:
            raise
        except Exception as error:
            RAISED.append(error)
            raise


REGISTRY = Registry([Entry(name="mime-reader", plugin=Watched())])


def read(raw: bytes) -> None:
    """Read RAW; raise what the reader raised, or AssertionError where it breaks another promise."""
    RAISED.clear()
    examination = Examination(REGISTRY, pipeline.context(LIMITS, raw, ENVELOPE))
    parts = open_message(raw, examination)
    if RAISED:
        raise RAISED[0]
    for found in examination.findings:
        assert found.kind is not Kind.FAILURE, f"{found}: {found.detail}"
        assert not found.detail.startswith("parse: "), found.detail  # an exception, and not the reader's own words
    assert len(parts) <= LIMITS.parts + 1


def seeds() -> dict[str, bytes]:
    """Return the messages of tests/messages that are not long."""
    return _built(1)


def some_seeds() -> dict[str, bytes]:
    """Return some of them, as it takes seconds to make all."""
    return _built(SOME)


def _built(every: int) -> dict[str, bytes]:
    found = {str(case).replace(os.sep, "_"): case.build() for case in list(cases(str(MESSAGES)))[::every]}
    return {name: raw for name, raw in found.items() if len(raw) <= LONGEST_SEED}
