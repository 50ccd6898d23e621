"""Makes members of the attributes and properties of one TNEF stream.

Guarantees: a member is yielded as soon as its last name is known; contents are spans of the stream, and nothing is
copied but texts; bytes that could not be read as part of the structure are members as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import Child
from qsfilter_tnef import attributes as tnef
from qsfilter_tnef import properties as mapi
from qsfilter_tnef import rtf
from qsfilter_tnef.labels import Labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Blob, Context, Part
    from qsfilter.model import Span
    from qsfilter_tnef.attributes import Attribute
    from qsfilter_tnef.faults import Faults
    from qsfilter_tnef.properties import Property

ORIGIN = "tnef"
TITLES = {tnef.ATTACH_TITLE: "tnef-title", tnef.ATTACH_TRANSPORT_FILENAME: "tnef-transport-name"}
NAMES = {
    mapi.ATTACH_LONG_FILENAME: "tnef-long-filename",
    mapi.ATTACH_FILENAME: "tnef-filename",
    mapi.DISPLAY_NAME: "tnef-display-name",
    mapi.ATTACH_TRANSPORT_NAME: "tnef-transport-name",
    mapi.ATTACH_LONG_PATHNAME: "tnef-long-pathname",
    mapi.ATTACH_PATHNAME: "tnef-pathname",
    mapi.ATTACH_EXTENSION: "tnef-extension",
}
BODIES = {mapi.BODY: "text/plain", mapi.UNCOMPRESSED_BODY: "text/plain", mapi.BODY_HTML: "text/html"}
GUID = 16
COM_GUID_END = b"\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
"""What COM's own interfaces share: IMessage, IStorage and IStream, which stand in front of an object's content."""


class Stream:
    """One TNEF stream while it is read."""

    def __init__(self, part: Part, faults: Faults, ctx: Context) -> None:
        self._blob = part.blob
        self._faults = faults
        self._ctx = ctx
        self._codepage = ""
        self._rtf_left = rtf.MOST
        self._contents: list[Span] = []
        self._labels = Labels(faults)

    def members(self) -> Iterator[Child]:
        """Yield bodies, attachments and what could not be read."""
        base, (start, end) = self._blob.base, self._blob.span
        some = False
        for attribute in tnef.attributes(base, start, end, self._faults):
            some = some or attribute.number != tnef.UNREAD
            yield from self._attribute(attribute)
        yield from self._attachment()
        if not some:
            self._faults.corrupt("no attribute can be read")

    def _attribute(self, found: Attribute) -> Iterator[Child]:
        """Take one attribute, whatever level it claims: readers go by its number."""
        number, start, end = found
        if number == tnef.ATTACH_REND_DATA:
            yield from self._attachment()
        elif number == tnef.ATTACH_DATA:
            self._contents.append((start, end))
        elif number in TITLES:
            self._labels.add(self._bytes(start, min(end, start + Labels.LONGEST + 1)), TITLES[number], self._codepage)
        elif number in (tnef.MSG_PROPS, tnef.ATTACHMENT):
            for value in mapi.properties(self._blob.base, start, end, self._faults):
                yield from self._property(value, attached=number == tnef.ATTACHMENT)
        elif number == tnef.BODY:
            yield self._leaf(start, end, "text/plain")
        elif number == tnef.OEM_CODEPAGE and end - start >= 4:
            self._codepage = f"cp{int.from_bytes(self._bytes(start, start + 4), 'little')}"
        elif number in (tnef.UNREAD, tnef.ATTACH_META_FILE):
            yield self._leaf(start, end)

    def _property(self, value: Property, *, attached: bool) -> Iterator[Child]:
        number, kind, start, end = value
        if number in NAMES and attached:
            raw = self._bytes(start, min(end, start + Labels.LONGEST + 1))
            self._labels.add(raw, NAMES[number], "utf-16-le" if kind == mapi.UNICODE else self._codepage)
        elif number == mapi.ATTACH_MIME_TAG and attached:
            raw = self._bytes(start, min(end, start + Labels.LONGEST))
            self._labels.declare(raw, "utf-16-le" if kind == mapi.UNICODE else "latin-1")
        elif number == mapi.ATTACH_DATA:
            self._contents += self._object(start, end, kind)
        elif number in BODIES and kind == mapi.UNICODE:
            yield self._text(start, end, BODIES[number])
        elif number in BODIES:
            yield self._leaf(start, end, BODIES[number])
        elif number == mapi.RTF_COMPRESSED:
            yield self._rtf(start, end)
        elif number in (mapi.UNREAD, mapi.ATTACH_RENDERING):
            yield self._leaf(start, end)

    def _attachment(self) -> Iterator[Child]:
        """Yield the attachment that ends here; one without content is there for its names."""
        contents, labels = self._contents, self._labels
        self._contents, self._labels = [], Labels(self._faults)
        names, declared = labels.names(), labels.declared
        for start, end in contents:
            yield Child(data=self._span(start, end), names=names, declared=declared, origin=ORIGIN)
        if names and not contents:
            yield Child(data=b"", names=names, declared=declared, origin=ORIGIN)

    def _object(self, start: int, end: int, kind: int) -> list[Span]:
        """Return an attachment's content, of an object what stands behind the GUID of its interface.

        Where type and GUID tell two stories, both views.
        """
        whole, behind = (start, end), (start + GUID, end)
        of_com = end - start >= GUID and self._bytes(start + 4, start + GUID) == COM_GUID_END
        if (kind == mapi.OBJECT) == of_com:
            return [behind if of_com else whole]
        return [whole, behind] if end - start >= GUID else [whole]

    def _text(self, start: int, end: int, declared: str) -> Child:
        """Return a text in UTF-16 as the UTF-8 in which scanners look for signatures."""
        most = 2 * (self._ctx.budget.bytes_left + 2)  # which is more UTF-8 than is left
        text = self._bytes(start, min(end, start + most)).decode("utf-16-le", "replace")
        return Child(data=text.removesuffix("\0").encode(), declared=declared, origin=ORIGIN)

    def _rtf(self, start: int, end: int) -> Child:
        """Return the RTF, or what stands there where it can't be read."""
        sort = self._bytes(start + 8, min(end, start + 12))
        if sort == rtf.STORED and end - start >= rtf.HEADER.size:
            return self._leaf(start + rtf.HEADER.size, end, "text/rtf")
        if sort != rtf.COMPRESSED or end - start < rtf.HEADER.size:
            self._faults.corrupt("a body is no compressed RTF")
            return self._leaf(start, end)
        most = min(self._rtf_left, self._ctx.budget.bytes_left)
        if end - start > most:
            self._faults.over_limit(f"compressed RTF of {end - start} octets")
            return self._leaf(start, end)
        self._rtf_left -= end - start
        text = rtf.inflated(self._blob.base, start, end, self._faults)
        return Child(data=text, declared="text/rtf", origin=ORIGIN)

    def _leaf(self, start: int, end: int, declared: str = "") -> Child:
        return Child(data=self._span(start, end), declared=declared, origin=ORIGIN)

    def _span(self, start: int, end: int) -> Blob:
        first = self._blob.span[0]
        return self._blob.part_of(start - first, end - first)

    def _bytes(self, start: int, end: int) -> bytes:
        return bytes(self._blob.base[start:end])
