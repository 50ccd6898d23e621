"""The one worklist: every part is parsed and unpacked, and what is found inside joins the list.

Guarantees: iterative, so depth costs no stack; each child costs the Budget before the next one is asked for; a content
seen before is unpacked once (quines end) but named under every path; the first bound that is reached is a finding that
names the part, and what was found before it stays.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.errors import LimitReached
from qsfilter.model import Blob, Child, Finding, Part, Path
from qsfilter.names import shown
from qsfilter.parse import parse
from qsfilter.sniff import containers, hides
from qsfilter.unpack import unpack

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.examination import Examination
    from qsfilter.registry import Entry

Step = tuple[int, str]
BESIDE = ("preamble", "epilogue")
"""Readings that are no other view of a part, but what stands beside its parts."""
READER = "mime-reader"
"""The one entry that is believed where a coded body lies: a scanner may leave that out of what it looks at."""


class _Contents:
    """The contents of one message, each once; the message itself, which is large, is hashed only where it has to be."""

    def __init__(self, root: Blob) -> None:
        self._root = root
        self._by_hash: dict[str, Blob] = {}

    def shared(self, blob: Blob) -> Blob:
        """Return the first Blob that had the bytes of BLOB."""
        if blob.size == self._root.size and blob.sha256 == self._root.sha256:
            return self._root
        return self._by_hash.setdefault(blob.sha256, blob)


def open_message(raw: bytes | mmap, examination: Examination) -> tuple[Part, ...]:
    """Return the raw message and every part inside it, outer parts first; findings go to EXAMINATION."""
    root = Part(path=Path(), declared="message/rfc822", blob=Blob(raw), origin="message")
    parts = [root]
    limits = examination.ctx.limits
    if root.blob.size > limits.message_bytes:
        _over_limit(examination, root, LimitReached("message_bytes", limits.message_bytes))
        return (root,)
    contents = _Contents(root.blob)
    # Apart, so that what a plugin in shadow mode yields keeps nothing from being opened that will be delivered.
    opened: dict[bool, set[str]] = {False: set(), True: set()}
    todo = deque([root])
    while todo:
        part = todo.popleft()
        if len(part.path.steps) >= limits.depth:
            _stop_at_depth(part, examination)
            continue
        children: list[Part] = []
        readings = {"", *BESIDE}
        steps: set[Step] = set()

        def take(
            child: object,
            entry: Entry,
            part: Part = part,
            children: list[Part] = children,
            readings: set[str] = readings,
            steps: set[Step] = steps,
        ) -> None:
            assert isinstance(child, Child)  # noqa: S101 - narrows; the examination has checked it
            if child.reading not in readings:
                examination.ctx.budget.spend_reading()
                readings.add(child.reading)
            step = _free_step(child, steps)
            steps.add(step)
            children.append(_placed(child, part, step, examination, contents, entry))

        parse(part, examination, take)
        divided = part.span is not None and part.declared.startswith("multipart/") and children
        if not divided:  # nothing but text between boundaries, and its parts are looked at one by one
            unpack(part, examination, take, opened[part.shadow])
        parts += children
        todo += children
    return tuple(parts)


def _placed(
    child: Child, parent: Part, step: Step, examination: Examination, contents: _Contents, entry: Entry
) -> Part:
    """Pay for CHILD, which ENTRY yielded, and make it a part; raises LimitReached."""
    shadow = entry.shadow or parent.shadow
    budget = examination.shadow_budget if shadow else examination.ctx.budget
    budget.spend_part()
    if child.origin != "mime":
        budget.spend_member()
    blob = child.data if isinstance(child.data, Blob) else Blob(child.data)
    if child.span is None:
        budget.spend_bytes(blob.size)
    verbatim_multipart = child.span is not None and child.declared.startswith("multipart/")
    if not verbatim_multipart:  # hashing every level of a deep nest would be quadratic, and none of them is scanned
        blob = contents.shared(blob)
    return Part(
        path=_path(child, parent, step),
        names=child.names,
        declared=child.declared,
        header=child.header,
        span=child.span,
        coded=child.coded if entry.name == READER else None,
        unusual=child.unusual,
        blob=blob,
        origin=child.origin,
        reading=child.reading,
        shadow=shadow,
    )


def _free_step(child: Child, taken: set[Step]) -> Step:
    """Return the step to CHILD, which no other child of its parent has: the path is its identity."""
    if not child.ordinal:
        return len(taken) + 1, child.reading
    step, number = (child.ordinal, child.reading), 1
    while step in taken:  # two ways to read the same entity under one code
        number += 1
        step = (child.ordinal, f"{child.reading}-{number}")
    return step


def _path(child: Child, parent: Part, step: Step) -> Path:
    """Number MIME entities as IMAP does (RFC 3501, 6.4.5) and quote the names of everything else."""
    ordinal, named = step
    steps = (*parent.path.steps, step)
    reading = f"{{{named}}}" if named else ""
    if child.origin == "mime":
        joint = "" if not parent.path.steps else "." if parent.origin == "mime" else " > "
        before = str(parent.path) if parent.path.steps else ""
        return Path(steps=steps, shown=f"{before}{joint}{ordinal}{reading}")
    own = shown(child.names[0].text) if child.names else f"#{ordinal}"
    # An archive that is itself a MIME part is shown with its name, which its own path of numbers does not tell.
    container = f" > {shown(parent.names[0].text)}" if parent.origin == "mime" and parent.names else ""
    return Path(steps=steps, shown=f"{parent.path}{container} > {own}{reading}")


def _stop_at_depth(part: Part, examination: Examination) -> None:
    """Find whether PART would have to be opened; only then is the depth a bound that was reached."""
    if part.declared.startswith(("multipart/", "message/")) or hides(containers(part.blob)):
        _over_limit(examination, part, LimitReached("depth", examination.ctx.limits.depth))


def _over_limit(examination: Examination, part: Part, error: LimitReached) -> None:
    found = Finding(kind=Kind.UNSCANNABLE, name="over-limit", detail=str(error), part=part.path)
    examination.record(found, None, shadow=part.shadow)
