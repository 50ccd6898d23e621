"""Reads an mbox file as qmail's mbox(5) says: From_ lines part the messages, quoted ones are unquoted, all else stays.

Guarantees: a message's bytes are those of the file but for the quoting and the blank line that the writer put behind
it; one message is in memory at a time; the file is only read. A file that another program writes meanwhile may give a
message of the wrong length, and nothing worse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

FROM = b"From "
STEP = 1 << 20
LONGEST_LINE = 4096
"""Of a From_ line, in bytes: an address and a date."""
_RD = re.compile(rb"^>(>*From )", re.MULTILINE)
_O = re.compile(rb"^>(From )", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class MboxMessage:
    """Where one message lies in the mbox at `path`: offsets in bytes, of its From_ line and of the next one's."""

    path: str
    start: int
    end: int
    once: bool
    """As mboxo: only `>From ` is quoted; else as mboxrd: `>>From ` and so on, too."""

    def from_line(self) -> bytes:
        """Return the From_ line without its end. Raises OSError."""
        with open(self.path, "rb") as file:
            file.seek(self.start)
            return file.readline(LONGEST_LINE).rstrip(b"\r\n")

    def message(self) -> bytes:
        """Return the message. Raises OSError."""
        with open(self.path, "rb") as file:
            file.seek(self.start)
            text = file.read(self.end - self.start)
        message = text.partition(b"\n")[2]
        if message.endswith(b"\r\n\r\n"):
            message = message[:-2]
        elif message.endswith(b"\n\n"):
            message = message[:-1]
        return (_O if self.once else _RD).sub(rb"\1", message)


def is_mbox(path: str) -> bool:
    """Whether the file at PATH begins with a From_ line. Raises OSError."""
    with open(path, "rb") as file:
        return file.read(len(FROM)) == FROM


def messages(path: str, *, once: bool = False) -> Iterator[MboxMessage]:
    """Yield where each message of the mbox at PATH lies, in order; ONCE as in MboxMessage. Raises OSError.

    Every line that begins with `From ` parts, whether or not a blank line stands before it: mbox(5) wants that.
    """
    with open(path, "rb") as file:
        start = 0
        for end in _ends(file):
            yield MboxMessage(path=path, start=start, end=end, once=once)
            start = end


def _ends(file: BinaryIO) -> Iterator[int]:
    """Yield where each next From_ line begins, and the end of FILE; not mapped, because others may cut it short."""
    mark = b"\n" + FROM
    offset, before = 0, b""
    while block := file.read(STEP):
        text = before + block
        at = text.find(mark)
        while at >= 0:
            yield offset - len(before) + at + 1
            at = text.find(mark, at + 1)
        offset += len(block)
        before = text[-len(mark) + 1 :]
    if offset:
        yield offset
