"""Fuzzes the MIME reader: any bytes are read as a message, by atheris; docs/how-to/fuzz.md says how to run it.

The target reads its input through the worklist with the MIME reader alone, within small limits, and holds it to what
the reader promises: it raises nothing, its answers make sense, and a part that stands verbatim in another lies in it.
The messages of tests/messages are written to the first folder of the command line as seeds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["qsfilter"]):
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


def write_seeds(folder: Path) -> None:
    """Write the messages of tests/messages to FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases(str(MESSAGES)):
        raw = case.build()
        if len(raw) <= LONGEST_SEED:
            (folder / str(case).replace(os.sep, "_")).write_bytes(raw)


def main() -> None:
    """Write the seeds and fuzz; takes libFuzzer's options, and the folder first of all."""
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-") and not os.path.isfile(argument)]
    if folders:
        write_seeds(Path(folders[0]))
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
