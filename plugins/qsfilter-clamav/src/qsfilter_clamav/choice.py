"""Which contents of a message clamd is given: the raw message or its skeleton, leaves, and members of archives.

Guarantees: every content of the message is either given, or too large (and named as such), or inside of one that is
given and that clamd has shown to open; what is inside is given too where the outer one is not answered with OK. A
message that mail programs read in several ways is given raw and in all its parts, whatever the options say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter import Kind
from qsfilter.sniff import containers
from qsfilter_clamav.skeleton import LEAST, skeleton

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsfilter import Blob, Message, Part

SCANS = ("leaves+skeleton", "leaves", "leaves+raw", "raw")
MEMBERS = ("unusual", "all")
OPENED = {"zip": b"PK\x03\x04", "gzip": b"\x1f\x8b\x08"}
"""What clamd opens as we do, and how it begins. Not tar, bzip2 and xz: of those clamd sees less than we do."""
LARGEST_INSIDE = 1 << 20
"""Bytes of a content that is left to clamd to take out: from a zip it takes no more than MaxFileSize, and is silent."""
MAIL = "mail"
TEXTS = ("text/plain", "text/html")
LONGEST_TEXT = 1 << 18
"""A longer text is given by itself: to look whether it is one would take too long."""
MAIL_STARTS = (b"Received: ", b"From: ")
"""Beginnings by which clamd knows a mail; mail that came by SMTP has the first."""
BESIDE = ("preamble", "epilogue")
_TEXT = bytes(octet for octet in range(256) if octet >= 0x20 or octet in b"\t\n\f\r")
Steps = tuple[tuple[int, str], ...]


class Inside(NamedTuple):
    """What clamd sees when it opens a content."""

    kind: str
    """`mail`, or one of OPENED."""
    blobs: tuple[Blob, ...]


class Choice(NamedTuple):
    """What is to be asked about, and what stands for what."""

    needed: tuple[Blob, ...]
    inside: Mapping[Blob, Inside]
    """Contents that are asked about only where the server does not open the outer one, or does not call it clean."""
    whole: Blob | None = None
    """What is given as the message itself."""
    alone: bool = False
    """Nothing of the message is given beside it."""


def plain(*blobs: Blob) -> Choice:
    """Return the choice of BLOBS, each by itself."""
    return Choice(blobs, {})


def choose(message: Message, *, scan: str, members: str, most: int) -> Choice:
    """Choose from MESSAGE by the options SCAN and MEMBERS; MOST is the size of the largest content clamd takes."""
    root = message.root.blob
    ambiguous = any(found.kind is Kind.AMBIGUOUS for found in message.findings)
    if scan == "raw" and not ambiguous:
        return Choice((root,) if 0 < root.size <= most else (), {}, root, alone=True)
    whole = skeleton(message) if scan == "leaves+skeleton" and not ambiguous else root
    needed: dict[Blob, None] = {}
    if 0 < whole.size <= most and (ambiguous or scan != "leaves" or len(message.parts) == 1):
        needed[whole] = None
    left = _Left(message, whole if whole in needed and not message.findings else None, most, members)
    inside: dict[Blob, list[Blob]] = {}
    kinds: dict[Blob, str] = {}
    given = set(needed)
    messages = not ambiguous and (scan == "leaves" or whole in needed)
    for part in message.parts[1:]:
        blob = part.blob
        if not 0 < blob.size <= most or left.is_frame(part, messages=messages):
            continue
        outer, kind = left.inside_of(part)
        # Outer parts come first, so what is not given by now is not going to be.
        if outer is not None and outer in given and kinds.setdefault(outer, kind) == kind:
            inside.setdefault(outer, []).append(blob)
        else:
            needed[blob] = None
        given.add(blob)
    return Choice(tuple(needed), {outer: Inside(kinds[outer], tuple(inner)) for outer, inner in inside.items()}, whole)


class _Left:
    """Which parts of a message are left to clamd to take out of others."""

    def __init__(self, message: Message, mail: Blob | None, most: int, members: str) -> None:
        """MAIL is what is given as the message, if clamd may be trusted to take texts out of it."""
        self._most = most
        self._all_members = members == "all"
        self._mail = mail if mail is not None and _begins(mail, MAIL_STARTS) else None
        self._base = message.root.blob.base
        self._parts = {part.path.steps: part for part in message.parts}
        self._spoken = _spoken_of(message)
        self._unusual = {part.path.steps[:-1] for part in message.parts if part.unusual}
        self._with_entities = {
            part.path.steps[:-1] for part in message.parts if part.origin == "mime" and not part.path.steps[-1][1]
        }
        self._closed: dict[Steps, bool] = {}

    def is_frame(self, part: Part, *, messages: bool) -> bool:
        """Tell whether PART is nothing but its parent's bytes, and all that a reader shows of it is in its entities.

        MESSAGES in the message count as that too: their header fields are in what is given as the message.
        """
        frames = ("multipart/", "message/") if messages else ("multipart/",)
        return part.span is not None and part.path.steps in self._with_entities and part.declared.startswith(frames)

    def inside_of(self, part: Part) -> tuple[Blob | None, str]:
        """Return out of what clamd is left to take PART, and what that is; None where PART is to be given."""
        if part.origin == "mime":
            return (self._mail, MAIL) if self._mail is not None and self._is_text(part) else (None, "")
        if self._all_members or part.blob.size > LARGEST_INSIDE or part.shadow or part.path.steps[-1][1]:
            return None, ""
        parent = self._parts[part.path.steps[:-1]]
        steps = parent.path.steps
        if steps not in self._closed:
            self._closed[steps] = self._may_stay_closed(parent)
        signature = OPENED.get(part.origin)
        if self._closed[steps] and signature is not None and _begins(parent.blob, (signature,)):
            return parent.blob, part.origin
        return None, ""

    def _is_text(self, part: Part) -> bool:
        """Tell whether PART is a text that stands in what is given as the message, and is no file."""
        blob = part.blob
        if part.names or part.shadow or part.declared not in TEXTS or not self._stands_there(part):
            return False
        if blob.size > LONGEST_TEXT or any(reading and reading not in BESIDE for _, reading in part.path.steps):
            return False
        return not (blob.data.translate(None, _TEXT) or containers(blob))

    def _stands_there(self, part: Part) -> bool:
        """Tell whether PART is verbatim in the message, or in a coding that all readers undo alike and that stays."""
        if part.blob.base is self._base:
            return True
        if part.coded is None or part.coded[1] - part.coded[0] > LEAST:
            return False
        return self._parts[part.path.steps[:-1]].blob.base is self._base

    def _may_stay_closed(self, parent: Part) -> bool:
        """Tell whether clamd sees in PARENT, a container, what we do."""
        steps = parent.path.steps
        if self._spoken is None or steps in self._spoken or steps in self._unusual or parent.blob.size > self._most:
            return False
        if parent.shadow or any(reading for _, reading in steps):
            return False
        gzip = OPENED["gzip"]
        if not _begins(parent.blob, (gzip,)):
            return True
        # Of several streams clamd reads those behind NUL octets not at all.
        start, end = parent.blob.span
        return parent.blob.base.find(gzip, start + 1, end) < 0


def _begins(blob: Blob, signatures: tuple[bytes, ...]) -> bool:
    start, end = blob.span
    return bytes(blob.base[start : min(end, start + 16)]).startswith(signatures)


def _spoken_of(message: Message) -> set[Steps] | None:
    """Return the steps of every part about which, or about something in which, there is a finding.

    None where one is about the message as a whole.
    """
    found: set[Steps] = set()
    for one in message.findings:
        paths: Sequence[Steps]
        if one.part is not None:
            paths = [one.part.steps]
        elif one.blob is not None:
            paths = [part.path.steps for part in message.parts if part.blob is one.blob]
        else:
            return None
        for steps in paths:
            found.update(steps[:length] for length in range(len(steps) + 1))
    return found
