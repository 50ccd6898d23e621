"""Texts in which ASCII is written with other octets: in UTF-16, UTF-32, UTF-7, EBCDIC, or with NUL in between.

Guarantee: only codecs of linear time that are named here are used, and they never raise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter.model import Child

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter.mime.embedded.leaf_text import LeafText

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    *((mark, "utf-7") for mark in (b"+/v8", b"+/v9", b"+/v+", b"+/v/")),
)
"""Byte order marks (Unicode Standard, 23.8), the longer first."""
_DECLARED = re.compile(
    rb"charset[\s\0]*\*?\d*\*?[\s\0]*=[\s\0\"']*(?:x-|cs)?"
    rb"(?:unicode-?[12]-?[01]-?)?(utf-?7|utf-?16|utf-?32|ucs-?2|ucs-?4|iso-10646-ucs-[24]|unicode|[\w-]*ebcdic[\w-]*|(?:ibm|cp)-?0*(\d+))"
    rb"[-_]?([bl]e)?",
    re.IGNORECASE,
)
_EBCDIC = {
    b"37": "cp037",
    b"273": "cp273",
    b"424": "cp424",
    b"500": "cp500",
    b"875": "cp875",
    b"1026": "cp1026",
    b"1140": "cp1140",
    b"1047": "cp500",
    **{b"%d" % number: "cp037" for number in (*range(277, 298), *range(1141, 1150))},
}
_FEW, _MANY, _MOST = 0.05, 0.4, 0.9
"""Shares of zero octets among every fourth one."""
LEAST = 4
"""Groups of four octets by which UTF-16 is told without a mark."""
_ONE_IN = 10
"""A text with one NUL among so many octets is still a text; some readers drop them."""
_UTF7_IN_MARKUP = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*(?:unicode-1-1-)?utf-?7\b", re.IGNORECASE)


def children(leaf: LeafText) -> Iterator[Child]:
    """Yield LEAF in UTF-8, so that what searches for ASCII finds it; what is inside is looked for there."""
    codec = _codec(leaf)
    if not codec and leaf.markup and _UTF7_IN_MARKUP.search(leaf.text):
        codec = "utf-7"
    if codec:
        text = leaf.text.decode(codec, "replace").removeprefix("\ufeff").encode("utf-8", "replace")
        if text != leaf.text:
            yield Child(data=text, declared=leaf.part.declared, origin="charset")
    elif 0 < leaf.text.count(b"\0") * _ONE_IN <= len(leaf.text):
        text = leaf.text.replace(b"\0", b"")
        yield Child(data=text, names=leaf.part.names, declared=leaf.part.declared, origin="charset")


def _codec(leaf: LeafText) -> str:
    """Return the codec of LEAF; empty where ASCII is ASCII."""
    told = next((found for mark, found in _MARKS if leaf.head.startswith(mark)), "")
    if not told and b"\0" in leaf.head:
        told = _by_zeros(leaf.head)
    declared = next((match for field in leaf.part.header if (match := _DECLARED.search(field.value))), None)
    if told or declared is None:
        return told
    charset, number = declared[1].lower().replace(b"-", b""), declared[2]
    if b"ebcdic" in charset:
        return "cp037"
    if number is not None:
        return _EBCDIC.get(number, "")
    if charset.endswith(b"7"):
        return "utf-7"
    if b"\0" not in leaf.text:
        return ""  # a mailer's mistake: no Latin letter is without a zero octet
    wide = "utf-32" if charset.endswith((b"32", b"4")) else "utf-16"
    order = declared[3].lower().decode("ascii") if declared[3] else "be" if leaf.text.find(b"\0") % 2 == 0 else "le"
    return f"{wide}-{order}"


def _by_zeros(head: bytes) -> str:
    """Tell UTF-16 and UTF-32 by where the zero octets of Latin letters stand, and where they do not."""
    size = len(head) // 4
    if size < LEAST:
        return ""
    zeros = [head[skip : size * 4 : 4].count(b"\0") / size for skip in range(4)]
    few = [lane < _FEW for lane in zeros]
    if few.count(True) == 1 and sum(lane > _MOST for lane in zeros) == 3:
        return {0: "utf-32-le", 3: "utf-32-be"}.get(few.index(True), "")
    if few[0] and few[2] and min(zeros[1], zeros[3]) > _MANY:
        return "utf-16-le"
    if few[1] and few[3] and min(zeros[0], zeros[2]) > _MANY:
        return "utf-16-be"
    return ""
