"""Files in yEnc (yEnc 1.3, yenc.org) in a text: whole ones, and the parts of those that were cut into several.

Guarantees: every block is found, also without its `=yend`; parts of one file are joined as well, by their offsets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.errors import LimitReached
from qsfilter.model import Child
from qsfilter.names import name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText

_BEGIN = re.compile(
    rb"=(?<![^\r\n].)ybegin[ \t]([^\r\n]{0,1000}+)[^\r\n]*+(?:\r\n?|\n)"
    rb"(?:=ypart[ \t]([^\r\n]{0,200}+)[^\r\n]*+(?:\r\n?|\n))?",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(rb"=(?<![^\r\n].)y(?:end|begin)(?=[ \t\r\n]|\Z)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rb"(?:^|[ \t])name=(.*)", re.IGNORECASE)
_OFFSET = re.compile(rb"(?:^|[ \t])begin=([0-9]{1,18})", re.IGNORECASE)
_ESCAPE = re.compile(rb"=([\s\S])")
_SHIFTED = bytes((octet - 42) & 255 for octet in range(256))
_ESCAPED = tuple(bytes(((octet - 64) & 255,)) for octet in range(256))


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield the file of each block in LEAF, then what several parts of one file make together. Raises LimitReached."""
    text = leaf.text
    some = False
    found: dict[bytes, list[tuple[int, bytes]]] = {}
    at = 0
    for _ in range(leaf.limits.members):
        begin = _BEGIN.search(text, at)
        if begin is None:
            break
        end = _END.search(text, begin.end())
        at = end.start() if end else len(text)
        named = _NAME.search(begin[1])
        raw = named[1].strip().strip(b'"') if named else b""
        data = _decoded(text[begin.end() : at])
        if not data or (named is None and b"size=" not in begin[1].lower()):
            at = begin.end()
            continue
        if begin[2] is not None:
            offset = _OFFSET.search(begin[2])
            found.setdefault(raw, []).append((int(offset[1]) if offset else 0, data))
        some = True
        yield Child(data=data, names=(name(raw, "yenc"),) if raw else (), origin="yenc")
    else:
        raise LimitReached("members", leaf.limits.members)
    for raw, pieces in found.items():
        if len(pieces) > 1:
            joined = b"".join(data for _, data in sorted(pieces, key=lambda piece: piece[0]))
            yield Child(data=joined, names=(name(raw, "yenc"),) if raw else (), origin="yenc")
    if not some and leaf.coding == "yenc":
        yield Child(data=_decoded(text), names=leaf.part.names, origin="yenc")


def _decoded(lines: bytes) -> bytes:
    """Decode LINES: 42 less than each octet, 106 less behind an equals sign, line ends dropped."""
    letters = lines.translate(None, b"\r\n")
    if b"=" in letters:
        letters = _ESCAPE.sub(lambda match: _ESCAPED[match[1][0]], letters)
    return letters.translate(_SHIFTED)
