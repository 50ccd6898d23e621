"""The message of a request: its bytes and envelope, and a transport that leaves the hand-over to the front.

Guarantee: what is examined is a copy of the bytes that the front will hand over. Whoever sent the file may change it or
cut it short meanwhile: that changes no verdict and no kept copy, and ends no worker.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from qsfilter.errors import DeliveryError
from qsfilter.queue import contract, protocol
from qsfilter.queue.protocol import Answer
from qsfilter.queue.spool import STEP
from qsfilter.transport import envelope_bytes, file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.edits import Head
    from qsfilter.model import Envelope
    from qsfilter.queue.protocol import Request


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
    """Return the message; as a map of a file of ours where it has more than MOST bytes and will not be opened.

    Raises DeliveryError: 54 where the file has become shorter than its request says, 53 where ours can't be written.
    """
    if request.size <= most:
        return b"".join(_pieces(request, request.size))
    # Not a map of theirs: looking at a page that has been cut off would end the worker (SIGBUS).
    copy = file_of(_pieces(request, STEP), request.size)
    try:
        return mmap(copy, request.size, access=ACCESS_READ)
    finally:
        os.close(copy)


def _pieces(request: Request, step: int) -> Iterator[bytes]:
    """Read the message in pieces of at most STEP bytes. Raises DeliveryError (54) where it ends early."""
    at, end = request.offset, request.offset + request.size
    while at < end:
        piece = os.pread(request.message, min(step, end - at), at)
        if not piece:
            raise DeliveryError("a temporary file lost its end", contract.READ_ERROR)
        at += len(piece)
        yield piece


def envelope_of(request: Request) -> bytes:
    """Return the envelope as received. Raises EnvelopeError where it is not whole."""
    size, at = request.envelope_size, 0

    def read(most: int) -> bytes:
        nonlocal at
        piece = os.pread(request.envelope, min(most, size - at), at)
        at += len(piece)
        return piece

    return contract.read_envelope(read, size)
