"""The codes of everything that can be odd about a zip archive, with the kind of finding each one is.

A code is AMBIGUOUS where two readers get different members, contents or names, and IRREGULAR where all get the same.
The documentation is printed from this table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.words import finding

if TYPE_CHECKING:
    from qsfilter.model import Finding, Part

AMBIGUOUS = {
    "zip-names": "a zip's directory, local header or Unicode field name one member differently",
    "zip-methods": "a zip's directory and local header give different methods, and the content reads differently",
    "zip-sizes": "a member's sizes contradict each other or its data, and the content reads differently",
    "zip-offsets": "a zip's directory points to two places, one counted from the file's start, one from the archive's",
    "zip-directories": "end records whose directories list different members: joined archives, a fake end record",
    "zip-count": "a zip's end record tells fewer members than its directory lists",
    "zip-local-only": "a member with a local header that no directory lists",
    "zip-encryption-flag": "a member that is marked as encrypted and is not",
}
"""Code → what it means; two readings differ in members, contents or names."""

IRREGULAR = {
    "zip-fields": "a zip's directory, local header and data differ in fields that change no content",
    "zip-end-records": "several end records of a zip that list the same members",
    "zip-trailing-data": "something stands behind the end of a zip",
}
"""Code → what it means; odd, and the same for every reader."""

ABOUT_SEVERAL = frozenset({"zip-directories", "zip-local-only", "zip-offsets", "zip-end-records", "zip-trailing-data"})
"""Codes that say nothing where the archives stand in something else, as several documents in a tar do."""


def odd(code: str, part: Part, detail: str = "") -> Finding:
    """Make the finding for CODE, one of the tables above, about PART."""
    return finding(Kind.AMBIGUOUS if code in AMBIGUOUS else Kind.IRREGULAR, code, part, detail)
