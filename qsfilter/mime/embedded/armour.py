"""What the formats that hide a file in text share: base64 as it stands there, and the look of a content.

Guarantees: linear, and never raises on any bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.mime.coding import decode
from qsfilter.model import Blob
from qsfilter.sniff import containers

if TYPE_CHECKING:
    from qsfilter.model import Name

LINE = re.compile(rb"([^\r\n]*+)(?:\r\n?|\n|\Z)")
"""One line, whatever ends it: CR, LF, CR LF, or the end of all."""
_BASE64_LINES = re.compile(rb"(?:[ \t]*+[A-Za-z0-9+/]++[A-Za-z0-9+/= \t]*+(?:\r\n?|\n|\Z)(?:[ \t]*+(?:\r\n?|\n))*+)*+")
_BASE64_WORDS = re.compile(rb"(?:[A-Za-z0-9+/]++={0,2}[ \t]*+(?:\r\n?|\n|\Z))*+")
_BASE64_TAIL = re.compile(rb"[ \t]*=[= \t]*(?:\r\n?|\n|\Z)")
_PADDING = re.compile(rb"=[=\s]*+")
_TEXT = bytes((*range(0x20, 0x7F), 0x08, 0x09, 0x0A, 0x0C, 0x0D, 0x1B))
_FILES = (
    b"MZ",
    b"\x7fELF",
    b"%PDF",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"GIF8",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"L\0\0\0\x01\x14\x02\0",
    b"#!/",
    b"ActiveMime",
    b"ITSF",
    b"FWS",
    b"CWS",
    b"RIFF",
    b"ID3",
    b"OggS",
    b"BM",
    b"\xca\xfe\xba\xbe",
)
"""Beginnings of files that mail carries, beside the containers of `sniff`."""
_SAMPLE = 1024


def from_base64(letters: bytes) -> bytes:
    """Decode LETTERS, and go on behind padding, so that nothing in them is passed over."""
    if b"=" in letters.rstrip(b"= \t\r\n"):
        return b"".join([decode(block, b"base64") for block in _PADDING.split(letters)])
    return decode(letters, b"base64")


def base64_lines(text: bytes, at: int, *, words: bool = False) -> tuple[bytes, int]:
    """Return what the run of base64 lines (RFC 4648, 4) at AT in TEXT decodes to, and the offset behind the run.

    Empty lines inside the run are passed over; it ends at the first line with any other character, or at a line of
    nothing but padding, which still belongs to it. With WORDS it ends at an empty line, too, or one with blanks in it.
    """
    lines = (_BASE64_WORDS if words else _BASE64_LINES).match(text, at)
    end = lines.end() if lines else at
    tail = _BASE64_TAIL.match(text, end)
    return from_base64(text[at:end]), tail.end() if tail else end


def is_text(data: bytes) -> bool:
    """Whether DATA, by its first kilobyte, is text in ASCII or UTF-8."""
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        return False
    if not sample.translate(None, _TEXT):
        return True
    try:
        shown = sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:  # else a character that the sample's end cuts in two
            return False
        shown = sample[: error.start].decode("utf-8")
    return not any(char < " " and char not in "\b\t\n\f\r\x1b" for char in shown)


def is_known_file(data: bytes) -> bool:
    """Whether DATA begins as a file that mail carries."""
    return data.startswith(_FILES) or bool(containers(Blob(data[:512])))


def extensions(names: tuple[Name, ...]) -> set[str]:
    """Return the last extensions of every form of NAMES, in lower case and without their dots."""
    texts = (form for candidate in names for form in candidate.forms)
    return {text.rpartition(".")[2].casefold() for text in texts if "." in text}
