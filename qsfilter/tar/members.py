"""One member of a tar: what extended headers announce of it, its names, and its data.

Guarantees: a name that an extended header overrides is given too; a sparse file is given with its holes and, for
readers that know none, without; what is announced takes bounded memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.model import Child
from qsfilter.names import name
from qsfilter.tar.headers import BLOCK, CONTINUED, FOLDER, LINKS, decimal, records
from qsfilter.tar.sparse import sparse
from qsfilter.words import unscannable

if TYPE_CHECKING:
    from collections.abc import Generator

    from qsfilter.model import Blob, Finding, Name, Part, Span
    from qsfilter.tar.headers import Header

LONGEST = 1 << 20
"""Bytes of all extended headers of one member; names are far shorter."""
MOST_IN_USTAR = 0o77777777777
"""The largest size that a header's own field can hold; above, readers of ustar alone are left with nothing."""
PIECES = (b"GNU.sparse.offset", b"GNU.sparse.numbytes")
KEYS = frozenset(
    (
        *(b"path", b"linkpath", b"size", *PIECES, b"GNU.sparse.name", b"GNU.sparse.map", b"GNU.sparse.numblocks"),
        *(b"GNU.sparse.major", b"GNU.sparse.size", b"GNU.sparse.realsize"),
    )
)
"""The records that change what a member is."""


class Announced:
    """What extended headers have said of the next member, and of all further ones."""

    def __init__(self, everywhere: dict[bytes, bytes] | None = None) -> None:
        self.everywhere = everywhere or {}
        self.records: list[tuple[bytes, bytes]] = []
        self.names: list[bytes] = []
        self.links: list[bytes] = []
        self.taken = 0

    @property
    def pending(self) -> bool:
        """Whether something has been said of the next member alone."""
        return self.taken > 0

    def for_next(self) -> Announced:
        """Return what is still said when a member has been read."""
        return Announced(self.everywhere) if self.pending else self

    def take(self, kind: bytes, blob: Blob) -> str:
        """Read the extended header of type KIND with the content BLOB; return what is wrong with it."""
        self.taken += 0 if kind == b"g" else blob.size
        if max(self.taken, blob.size) > LONGEST:
            return "an extended header is too long"
        if kind in {b"L", b"K"}:
            (self.names if kind == b"L" else self.links).append(blob.data.rstrip(b"\0"))
            return ""
        found, trouble = records(blob.data)
        known = [(key, value) for key, value in found if key in KEYS]
        if kind == b"g":
            self.everywhere.update(known)
        else:
            self.records += known
        return trouble

    def pax(self) -> dict[bytes, bytes]:
        """Return the records that hold for the next member; an empty value takes one back."""
        return {key: value for key, value in (self.everywhere | dict(self.records)).items() if value}

    def sizes(self, found: Header) -> tuple[tuple[int, ...], str]:
        """Return the size of the member whose header is FOUND, any other that some reader takes, and what is wrong."""
        own = found.size if found.size is not None and found.size >= 0 else None
        said = self.pax().get(b"size")
        if said is None:
            return (own or 0,), "" if own is not None else "the size of a member can't be read"
        size = decimal(said)
        if size is None:
            return (own or 0,), "a pax header has an impossible size"
        same = own == size or size > MOST_IN_USTAR
        return (size,) if same else (size, own or 0), ""

    def is_folder(self, found: Header) -> bool:
        """Whether some reader takes the member whose header is FOUND for a folder: by its type, or by its name."""
        named = (found.name, self.pax().get(b"path", b""), *self.names)
        return found.type == FOLDER or any(one.endswith(b"/") for one in named)

    def names_of(self, found: Header) -> tuple[Name, ...]:
        """Return every name of the member whose header is FOUND, and the targets of a link; what counts most first."""
        pax = self.pax()
        told = [name(pax[key], "tar-pax") for key in (b"GNU.sparse.name", b"path") if key in pax]
        told += [name(one, "tar-long") for one in reversed(self.names)]
        told += [name(found.name, "tar")] if found.name else []
        if found.type in LINKS:
            targets = [pax.get(b"linkpath", b""), *reversed(self.links), found.link]
            told += [name(one, "tar-link") for one in targets if one]
        once: dict[tuple[bytes, bool], Name] = {}
        for one in told:
            once.setdefault((one.raw, one.source == "tar-link"), one)
        return tuple(once.values())


def member(
    part: Part, found: Header, announced: Announced, span: Span, most: int
) -> Generator[Child | Finding, None, int]:
    """Yield the member of PART whose header is FOUND and whose data is SPAN; return where the next one begins.

    MOST is how many bytes a sparse file may have.
    """
    blob, names = part.blob, announced.names_of(found)
    where = f"tar member {names[0].text!a}"[:150] if names else "a tar member"
    told = [value for key, value in announced.records if key in PIECES]
    holes = sparse(blob, found, announced.pax(), told, span)
    start, end = holes.data if holes else span
    behind = -(-end // BLOCK) * BLOCK
    missing, end = end > blob.size, max(start, min(end, blob.size))
    if end == start and not missing and not holes and announced.is_folder(found):
        return behind
    if holes and not missing:
        if not holes.fits():
            yield unscannable("corrupt", part, f"{where}: its map of holes can't be right")
        elif holes.size > most:
            yield unscannable("over-limit", part, f"{where}: it has {holes.size} bytes with its holes")
        elif holes.size > end - start:
            yield Child(data=holes.filled(blob), names=names, origin="tar")
    yield Child(data=blob.part_of(start, end), names=names, origin="tar", span=(start, end))
    if missing:
        yield unscannable("corrupt", part, f"{where} is cut short")
    if found.type == CONTINUED:
        yield unscannable("corrupt", part, f"{where}: its beginning is in another volume")
    return behind
