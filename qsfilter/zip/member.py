"""Reads one member by each view of it, and says where they differ.

Guarantees: each content that some reader gets is told once; nothing is believed about a member but what its data bear
out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsfilter.zip.content import AES, KNOWN, LZMA, LZMA_ENDS, STORED, Content, read
from qsfilter.zip.records import (
    DESCRIPTOR,
    ENCRYPTED,
    ENTRY,
    LOCAL,
    behind_descriptor,
    extra_fields,
)

if TYPE_CHECKING:
    from qsfilter.zip.records import Header
    from qsfilter.zip.views import Member

SECRET = ENCRYPTED
"""The other bits about encryption mean nothing without this one."""
AES_FIELD = 0x9901
UNKNOWN = -1
LONGEST_BY_CHANCE = 512
"""Octets that encrypted data may seem to unpack to."""


class View(NamedTuple):
    """How one reader reads a member's data."""

    method: int
    packed: int
    """UNKNOWN where the data say themselves where they end."""
    size: int
    crc: int
    flags: int


class Opened(NamedTuple):
    """What reading a member by all views gave."""

    contents: tuple[tuple[bytes, str], ...]
    """Content and the code of the reading in which it exists; that of the usual one is empty."""
    end: int
    """First offset behind the data, by the view that takes most of them to be its own."""
    trouble: str = ""
    """Why no view reads it as it was packed."""
    odd: tuple[str, ...] = ()
    """Codes of what the views differ in."""
    unread: bool = False
    """No reader for its method is here."""
    encrypted: bool = False
    read: int = 0
    """Octets of the archive that were read for it."""
    over: bool = False
    """There is more of it than the bound allows."""


def views(member: Member) -> tuple[View, ...]:
    """Return the different ways to read MEMBER: as the directory says, and as the local header does."""
    found = [_view(header) for header in member.entries]
    local = member.local
    if local is not None:
        view = _view(local)
        if local.size_follows:
            view = view._replace(packed=UNKNOWN, size=UNKNOWN, crc=UNKNOWN)
            if found and any(one.method == view.method for one in found):
                # What ends by itself is read the same; for stored data, the directory says what a descriptor would.
                view = view._replace(packed=found[0].packed, size=found[0].size, crc=found[0].crc)
        found.append(view)
    # Some readers, libarchive among them, take a method's lower octet only.
    found += [way._replace(method=way.method & 0xFF) for way in found if way.method > 0xFF]
    return tuple(dict.fromkeys(found))


def _view(header: Header) -> View:
    flags = header.flags & (SECRET | LZMA_ENDS if header.method == LZMA else SECRET)
    return View(header.method, header.packed, header.size, header.crc, flags)


def open_member(data: bytes, member: Member, most: int) -> Opened:
    """Read MEMBER, which has a local header, from DATA by every view, each until it has more than MOST bytes."""
    local = member.local
    assert local is not None  # noqa: S101 - narrows; entries without one are not read
    start, ways = local.data, views(member)
    secret = [way for way in ways if _is_secret(way, local, member)]
    if len(secret) == len(ways):
        return _unlocked(data, start, ways, most)
    if secret:  # some readers ask for a password and others don't
        opened = _read_by_all(data, start, tuple(way for way in ways if way not in secret), most)
        return opened._replace(odd=(*opened.odd, "zip-encryption-flag"))
    return _read_by_all(data, start, ways, most)


def _read_by_all(data: bytes, start: int, ways: tuple[View, ...], most: int) -> Opened:
    """Read the data at START in each of WAYS."""
    contents: dict[bytes, str] = {}
    odd: dict[str, None] = {}
    troubles: list[str] = []
    end, spent, unread, over = start, 0, False, False
    for number, way in enumerate(ways):
        left = most - sum(map(len, contents))
        content, limit = _read(data, start, way, max(0, left))
        spent += _spent(data, start, way, content)
        end = max(end, min(limit, len(data)))
        trouble = _trouble(data, start, way, content, limit)
        code = "" if not number else "zip-methods" if way.method != ways[0].method else "zip-sizes"
        unread = unread or content.unread
        if not content.unread and (content.data or not number):  # a reader that gets nothing is in no danger
            _add(contents, content.data, code, odd)
        over = over or content.over
        troubles.append(trouble)
        if over:
            break
        spent += _other_ends(data, start, (way, content, limit), contents, odd, left)
        if content.whole and content.end < limit and way.packed != UNKNOWN:
            odd["zip-fields"] = None
    if len(ways) > 1 and not any(code in odd for code in ("zip-methods", "zip-sizes")):
        odd["zip-fields"] = None
    told = tuple((found, code) for found, code in contents.items())
    return Opened(told, end, "" if over else troubles[0], tuple(odd), unread and not told, read=spent, over=over)


def _other_ends(
    data: bytes,
    start: int,
    done: tuple[View, Content, int],
    contents: dict[bytes, str],
    odd: dict[str, None],
    most: int,
) -> int:
    """Add what readers get that stop at the told size, or that do not stop at the told end; return what was read."""
    way, content, limit = done
    most -= len(content.data)
    if content.whole and 0 < way.size < len(content.data):
        _add(contents, content.data[: way.size], "zip-sizes", odd)
    if content.whole or content.trouble or content.unread or limit >= len(data) or way.method == STORED:
        return 0
    longer = read(data, start, len(data), way.method, max(0, most), way.size, way.flags)
    if longer.whole:
        _add(contents, longer.data, "zip-sizes", odd)
    return longer.end - start


def _add(contents: dict[bytes, str], found: bytes, code: str, odd: dict[str, None]) -> None:
    """Add the content FOUND, unless it is there; CODE says in which reading it exists."""
    if found not in contents:
        if contents:
            odd[code] = None
        contents[found] = code if contents else ""


def _read(data: bytes, start: int, way: View, most: int) -> tuple[Content, int]:
    """Read the data at START as WAY says; return them and where they should end."""
    if way.packed != UNKNOWN:
        limit = start + way.packed
    elif way.method == STORED:
        limit = _stored_end(data, start)
    else:
        limit = len(data)
    content = read(data, start, limit, way.method, most, way.size, way.flags)
    return content, content.end if way.packed == UNKNOWN and content.whole else limit


def _spent(data: bytes, start: int, way: View, content: Content) -> int:
    """Return how many octets were looked at for CONTENT: all that follow, where no descriptor was found."""
    searched = way.packed == UNKNOWN and way.method == STORED and not data.startswith(DESCRIPTOR, content.end)
    return (len(data) if searched else content.end) - start


def _trouble(data: bytes, start: int, way: View, content: Content, limit: int) -> str:
    """Say what of CONTENT is not as WAY tells it."""
    if content.trouble:
        return content.trouble
    if not content.whole:
        return "the data are cut short"
    if way.packed == UNKNOWN:
        behind = behind_descriptor(data, limit, content.crc, limit - start, len(content.data))
        return "" if behind > limit else "no data descriptor that fits"
    if len(content.data) != way.size:
        return f"{way.size} bytes told, {len(content.data)} there"
    return "" if content.crc == way.crc else "wrong checksum"


def _stored_end(data: bytes, start: int) -> int:
    """Return where stored data end whose size only a descriptor tells: at one that fits, else at the next record."""
    at = data.find(DESCRIPTOR, start)
    while at >= 0:
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        if size == (at - start) & 0xFFFFFFFF and size == int.from_bytes(data[at + 12 : at + 16], "little"):
            return at
        if data[at + 8 : at + 16] == data[at + 16 : at + 24] == (at - start).to_bytes(8, "little"):
            return at
        at = data.find(DESCRIPTOR, at + 4)
    ends = [at for at in (data.find(LOCAL, start), data.find(ENTRY, start)) if at >= 0]
    end = min(ends, default=len(data))
    for width, size in ((12, 4), (20, 8)):  # descriptors without their signature
        told = data[end - 2 * size : end - size]
        if end - width >= start and told == data[end - size : end] == (end - width - start).to_bytes(size, "little"):
            return end - width
    return end


def _is_secret(way: View, local: Header, member: Member) -> bool:
    """Whether WAY says that MEMBER is encrypted (4.4.4, 7; AES as WinZip has it)."""
    if way.flags & SECRET:
        return True
    return way.method == AES and any(AES_FIELD in extra_fields(one.extra) for one in (local, *member.entries))


def _unlocked(data: bytes, start: int, ways: tuple[View, ...], most: int) -> Opened:
    """Try whether what is told to be encrypted can be read as it is: whatever the flag says, some readers do."""
    spent, end, partly = 0, start, b""
    for way in ways:
        end = max(end, start + max(way.packed, 0))
        # The cipher puts 12 octets in front of the data (6.1.3), AES 18 and more.
        if way.method not in KNOWN or (way.method == STORED and way.packed >= way.size + 12):
            continue
        content, limit = _read(data, start, way, most)
        spent += _spent(data, start, way, content)
        trouble = _trouble(data, start, way, content, limit)
        plain = way.method == STORED or (content.whole and (content.end == limit or len(content.data) == way.size))
        if content.over or not trouble or plain:
            told = (content.data, "")
            return Opened((told,), limit, trouble, ("zip-encryption-flag",), read=spent, over=content.over)
        if len(content.data) > max(len(partly), LONGEST_BY_CHANCE):
            partly = content.data
    return Opened(((partly, ""),), min(end, len(data)), encrypted=True, read=spent)
