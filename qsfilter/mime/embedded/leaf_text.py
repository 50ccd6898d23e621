"""One leaf as the readers of the formats in this package see it.

Guarantee: the bytes of a span are copied once, when somebody asks for them, and let go with this value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter.limits import Limits
    from qsfilter.model import Part, Span

HEAD = 1024
"""Octets by which a leaf is told; a line of base64 fits in."""
FIELDS = frozenset(
    b"received return-path delivered-to from sender reply-to to cc bcc subject date message-id mime-version "
    b"content-type content-transfer-encoding content-disposition content-id content-location dkim-signature "
    b"in-reply-to references x-mailer list-id authentication-results".split()
)
"""Fields of which one begins a message that is not declared as such."""
MESSAGE_ENDINGS = frozenset({"eml", "mht", "mhtml", "mim", "mime", "mbox", "mbx", "nws", "emlx"})
"""Names under which programs open a file as a message, whatever it begins with."""
OFFICE_ENDINGS = frozenset({"doc", "dot", "xls", "ppt", "rtf", "mht", "mhtml"})
"""Names under which a word processor opens MHTML, also with something else in front of it."""


class LeafText:
    """A leaf with its first bytes, and what was noticed about it."""

    __slots__ = ("_text", "coding", "head", "limits", "markup", "part", "taken")

    def __init__(self, part: Part, limits: Limits) -> None:
        base, (start, end) = part.blob.base, part.blob.span
        self.part = part
        self.limits = limits
        self.head = bytes(base[start : min(end, start + HEAD)])
        self.coding = ""
        """Format whose armour the transfer encoding promises: `uuencode`, `yenc`, `binhex`, or empty."""
        self.markup = False
        """Whether it can be HTML, XML or SVG."""
        self.taken: list[Span] = []
        """Where the readers of formats have found what they look for; what tells by looks alone leaves it to them."""
        self._text: bytes | None = None

    @property
    def text(self) -> bytes:
        """All of its bytes."""
        if self._text is None:
            base, (start, end) = self.part.blob.base, self.part.blob.span
            whole = isinstance(base, bytes) and (start, end) == (0, len(base))
            self._text = base if whole and isinstance(base, bytes) else bytes(base[start:end])
        return self._text
