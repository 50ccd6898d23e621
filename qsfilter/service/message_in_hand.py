"""The message of a request: its bytes and envelope, and a transport that leaves the hand-over to the front.

Guarantee: what is examined are the bytes that the front will hand over, or a copy of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError
from qsfilter.queue import contract, protocol
from qsfilter.queue.protocol import Answer
from qsfilter.transport import envelope_bytes

if TYPE_CHECKING:
    from qsfilter.edits import Head
    from qsfilter.model import Envelope
    from qsfilter.queue.protocol import Request

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Answering:
    """A transport that notes what the front is to hand over."""

    given: bytes
    """The envelope as received."""
    answer: Answer | None = None

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:  # noqa: ARG002 - the front holds it
        """Note HEAD, and ENVELOPE where it is not the received one. Raises DeliveryError."""
        changed = b"" if contract.parse_envelope(self.given) == envelope else envelope_bytes(envelope)
        if len(head.lines) > protocol.MOST_LINES:
            raise DeliveryError("the edited header is too long to be handed over", 53)
        self.answer = Answer(protocol.HAND_OVER, lines=head.lines, envelope=changed, offset=head.offset)
        return 0


def content_of(request: Request, most: int) -> bytes | mmap:
    """Return the message; as a map of the file where it has more than MOST bytes and will not be opened."""
    if request.size > most:
        if request.offset % PAGE:
            raise protocol.ProtocolError("a message that begins in the middle of a page")
        return mmap(request.message, request.size, offset=request.offset, access=ACCESS_READ)
    found = os.pread(request.message, request.size, request.offset)
    while len(found) < request.size:
        if not (piece := os.pread(request.message, request.size - len(found), request.offset + len(found))):
            raise DeliveryError("a temporary file lost its end", contract.READ_ERROR)
        found += piece
    return found


def envelope_of(request: Request) -> bytes:
    """Return the envelope as received. Raises EnvelopeError where it is not whole."""
    size, at = request.envelope_size, 0

    def read(most: int) -> bytes:
        nonlocal at
        piece = os.pread(request.envelope, min(most, size - at), at)
        at += len(piece)
        return piece

    return contract.read_envelope(read, size)
