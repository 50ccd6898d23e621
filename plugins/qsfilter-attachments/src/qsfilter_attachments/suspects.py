"""What makes a name suspicious whatever it ends with; the tests that the original had stand in `qsfilter.legacy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter_attachments.defaults import DEFAULT_EXTENSIONS

if TYPE_CHECKING:
    from qsfilter import Name

DISGUISES = frozenset(DEFAULT_EXTENSIONS) | {".html", ".htm", ".xhtml", ".shtml", ".svg", ".url"}
"""What `invoice.pdf` may be followed by for a double extension; not `.zip` and the like, which honest people write."""

_OVERRIDES = ("\u202d", "\u202e")
"""The characters that turn Latin letters round (UAX 9, 2.2). Marks and embeddings, which Windows and mail programs put
into honest names, turn nothing that decides what a Latin name ends with."""


def is_overridden(name: Name) -> bool:
    """Whether NAME turns the direction of reading, in its text, or in raw UTF-8 that was decoded as something else."""
    return any(override in name.text or override.encode() in name.raw for override in _OVERRIDES)
