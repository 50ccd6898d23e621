"""Reads the hexadecimal digits of one object in an RTF, as Word does or in another way that some reader might.

Guarantees: each octet is looked at once in a reading, and every look is paid for with `Work`; groups cost no stack.
"""

from __future__ import annotations

import re
from binascii import unhexlify

from qsfilter_macros.compound import TooLargeError

STEP = 1 << 20
MOST_STEPS = 4_000_000
"""Braces and control words in objects, and objects; a document of Word has a few for each object."""
MOST_VISITS = 16
"""Octets that are visited in objects, for one of the document; objects in each other and readings visit some again."""
LONGEST_WORD = 254
"""Octets of a control word with its backslash and its number, as Word reads it; what follows is text."""
WORD, OUTER, ALL = range(3)
"""Which digits in groups inside an object count: those that Word takes, none, or all."""
VALUES = frozenset(
    b"""
    atnicn atntime fname fontfile htmltag keycode maln mhtmltag mmath mmathPr nextfile objtime private pxe rsidtbl rtf
    """.split()
)
"""Words that Word knows to take no text, so that digits behind them are the object's, even behind an asterisk."""
DESTINATIONS = frozenset(
    b"""
    annotation atnauthor atndate atnid atnref atrfend atrfstart author background bkmkend bkmkstart blipuid category
    colorschememapping colortbl comment company creatim datafield datastore do doccomm docvar factoidname falt
    ffdeftext ffentrymcr ffexitmcr ffformat ffhelptext ffl ffname ffstattext field file filetbl fldinst fldrslt fldtype
    fontemb fonttbl footer footerf footerl footerr footnote formfield generator header headerf headerl headerr hl
    hlinkbase hlloc hlsrc info keywords latentstyles levelnumbers leveltext lfolevel list listlevel listname
    listoverride listoverridetable listpicture listtable listtext mailmerge manager mmaddfieldname mmconnectstr
    mmdatasource mmheadersource mmmailsubject mmquery nonesttables objalias objclass objdata object objname objsect
    oleclsid operator panose password passwordhash pict pn pntext pntxta pntxtb printim propname protusertbl result
    revtbl revtim shp shpgrp shpinst shppict shprslt shptxt sn sp staticval stylesheet subject sv tc template themedata
    title txe upr userprops windowcaption writereservhash xe xform xmlnstbl xmlopen
    """.split()
)
"""Words that begin a text of their own (RTF 1.9.1, appendix B), so that digits behind them are not the object's."""
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_SPECIAL = re.compile(rb"[{}\\]")
_CONTROL = re.compile(rb"\\([A-Za-z]+)(-?[0-9]+)? ?")


class Work:
    """What may still be done for one document."""

    def __init__(self, size: int) -> None:
        """Allow what a document of SIZE octets may cost."""
        self._steps = MOST_STEPS
        self._visits = MOST_VISITS * max(STEP, size)

    def spend(self, visits: int = 0) -> None:
        """Pay for one step, and VISITS octets. Raises TooLargeError."""
        self._steps -= 1
        self._visits -= visits
        if self._steps < 0 or self._visits < 0:
            raise TooLargeError("its objects have too many groups and words, or lie in each other")


def number(digits: bytes | None) -> int:
    r"""Return the number behind \bin: none is 0, and so is a negative one."""
    return max(0, int(digits or 0))


class Reading:
    """One way to read an object, and what came of it."""

    def __init__(self, groups: int = WORD, *, halves: bool = False, obeyed: bool = True) -> None:
        r"""Take the digits in GROUPS; HALVES of octets are kept where Word loses them; \bin is OBEYED."""
        self.octets = bytearray()
        self.nested = False
        """Whether another choice of groups may give other octets."""
        self.halved = False
        """Whether there were half octets to be lost."""
        self._groups = groups
        self._halves = halves
        self._obeyed = obeyed
        self._half = b""
        self._kept = True
        self._star = False

    def read(self, data: bytes, at: int, most: int, work: Work) -> None:
        """Read what begins AT a place in DATA to the end of its group, at most MOST octets and a few."""
        outer: list[bool] = []
        while at < len(data) and len(self.octets) <= most:
            special = _SPECIAL.search(data, at)
            end = special.start() if special else len(data)
            work.spend(end - at + 1)
            if end > at:
                self.nested = self.nested or bool(outer) or not self._kept
                for start in range(at, end if self._kept else at, STEP):
                    self._add(data[start : min(end, start + STEP)])
                    if len(self.octets) > most:
                        return
            octet = data[end : end + 1]
            at = end + 1
            if octet == b"\\":
                at = self._control(data, end, most, work)
            elif octet == b"{":
                outer.append(self._kept)
                self._kept, self._star = self._kept and self._groups != OUTER, False
            elif octet and not outer:
                return
            elif octet:
                self._kept, self._star = outer.pop(), False

    def _control(self, data: bytes, at: int, most: int, work: Work) -> int:
        """Read the control word or symbol AT a place; return where the text goes on."""
        word = _CONTROL.match(data, at, at + LONGEST_WORD)
        if word is None:
            symbol = data[at + 1 : at + 2]
            self._star = self._star or symbol == b"*"
            if symbol != b"'":
                return at + 2
            self._lose_half()
            return at + 4
        name, at = word[1], word.end()
        if name == b"bin":
            last = min(len(data), at + number(word[2])) if self._obeyed else at
            work.spend(last - at)
            if self._kept and last > at:
                self._lose_half()
                self.octets += memoryview(data)[at : min(last, at + most + 1)]
            at = last
        elif self._groups == WORD and name not in VALUES and (self._star or name in DESTINATIONS):
            self.nested, self._kept = True, False
        self._star = False
        return at

    def _add(self, piece: bytes) -> None:
        """Add the digits of PIECE; what is no digit is passed over, and a last half octet waits for its other half."""
        digits = self._half + piece.translate(None, _NOT_HEX)
        even = len(digits) & ~1
        self._half = digits[even:]
        self.octets += unhexlify(digits[:even])

    def _lose_half(self) -> None:
        r"""Lose a half octet in front of \' and \bin, as Word does, or keep it."""
        if self._half:
            self.halved = True
            if not self._halves:
                self._half = b""
