"""How this process becomes the queue program, with the message and the envelope on descriptors 0 and 1.

Guarantees: the program gets everything as our caller gave it; the two files are still ours; it is not ourselves.
"""

from __future__ import annotations

import fcntl
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from qsfilter.errors import DeliveryError
from qsfilter.queue import contract
from qsfilter.queue.inherited import FIRST_OTHER
from qsfilter.queue.judged import BUG, CallerGone
from qsfilter.queue.spool import identity, require_same
from qsfilter.transport import QmailQueue, envelope_bytes, file_of, queue_environment

if TYPE_CHECKING:
    from mmap import mmap

    from qsfilter.edits import Head
    from qsfilter.model import Envelope
    from qsfilter.queue.inherited import Inherited
    from qsfilter.queue.outputs import Outputs
    from qsfilter.queue.spool import Spool

CANT_START = 120


@dataclass
class Becoming:
    """A transport that notes what is to be handed over; the process becomes the queue program when all else is done."""

    queue: QmailQueue
    spool: Spool
    given: bytes
    """The envelope as received."""
    files: dict[int, tuple[int, int]] | None = None
    """Message and envelope, each with what `identity` says of it."""

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:  # noqa: ARG002 - the spool holds it
        """Make ready the two files that the queue program will read. Raises DeliveryError."""
        same = contract.parse_envelope(self.given) == envelope
        self.ready(head.lines, head.offset, self.given if same else envelope_bytes(envelope))
        return 0

    def ready(self, lines: bytes, offset: int, envelope: bytes) -> None:
        """Make them ready: LINES and the received bytes from OFFSET on, and ENVELOPE. Raises DeliveryError."""
        files = [_above(self.spool.with_head(lines, offset)), _above(file_of([envelope], len(envelope)))]
        self.files = {descriptor: identity(descriptor) for descriptor in files}

    def become(self, inherited: Inherited, outputs: Outputs) -> NoReturn:
        """Become the queue program. Raises CallerGone, and DeliveryError (81, 120) where that can't be."""
        assert self.files is not None  # noqa: S101 - there is something to hand over
        if inherited.parent_is_gone:
            raise CallerGone
        program = self.queue.program
        environment = queue_environment(inherited.environment)
        for number, (descriptor, known) in enumerate(self.files.items()):
            require_same(descriptor, known)
            os.dup2(descriptor, number)
        outputs.give_back()
        inherited.restore()
        try:
            os.execve(program[0], list(program), environment)  # noqa: S606 - without a shell, it is the point
        except OSError as error:
            raise DeliveryError(f"can't start {program[0]}: {error.strerror}", CANT_START) from error


def refuse_ourselves(program: str) -> None:
    """Raise DeliveryError (81) if PROGRAM is the file that this process runs, which would go on for ever."""
    try:
        if os.path.samefile(program, sys.argv[0]):
            text = f"the queue program {program} is this filter itself; mail would go round for ever"
            raise DeliveryError(text, BUG)
    except OSError:
        return  # one of them is not there; starting it says so


def _above(descriptor: int) -> int:
    """Return DESCRIPTOR, or a copy where a plugin has closed 0, 1 or 2 and our file got that number."""
    return descriptor if descriptor >= FIRST_OTHER else fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_OTHER)
