"""Reads objects of OLE 1 (MS-OLEDS 2.2), as RTF holds them, and the URL in a link of OLE 2.

Guarantee: an object whose header lies gives what is there.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.names import as_text
from qsfilter_macros.compound import SIGNATURE
from qsfilter_macros.embedded import Package, native
from qsfilter_macros.opc import NETWORK, REMOTE, Pull

if TYPE_CHECKING:
    from collections.abc import Iterator

LINKED, EMBEDDED = 1, 2
PRESENTATION = b"\x01\x05\0\0"
"""How the picture begins that stands behind an object, by its version."""
URL = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
"""CLSID of a moniker that is a URL (MS-OSHARED 2.3.7.6)."""
FIRST_LINK = 64 << 10
"""Bytes of a stream in which its moniker is looked for."""
MOST_LINKS = 16


class _Header(NamedTuple):
    kind: int
    name: bytes
    """Of its class."""
    topic: bytes
    """File or URL of a link."""
    end: int


def contents(raw: bytes) -> Iterator[Package | Pull]:
    """Yield the file in the object RAW, or where a link goes to; RAW itself where it is no such object."""
    header = _header(raw)
    if header is None or header.kind not in (LINKED, EMBEDDED):
        yield Package(raw, ())
    if header is None:
        rest = raw
    elif header.kind == LINKED:
        rest = raw[header.end :]
        target = as_text(header.topic)
        if REMOTE.match(target):
            yield Pull("remote-object", f"link: {target}")
        elif NETWORK.match(target):
            yield Pull("linked-file", f"link: {target}")
    else:
        is_package = header.name.lower() == b"package"
        size = int.from_bytes(raw[header.end : header.end + 4], "little")
        end = header.end + 4 + size
        file = native(raw[header.end : end]) if is_package else Package(raw[header.end + 4 : end], ())
        if file.data or file.names:
            yield file
        behind = raw[end : end + 4]
        if behind.strip(b"\0") and behind != PRESENTATION:  # its size lies: another reader may take all there is
            yield native(raw[header.end :]) if is_package else Package(raw[header.end + 4 :], ())
        rest = raw[end:] if is_package or file.data.startswith(SIGNATURE) else raw[header.end + 4 :]
    at = rest.find(SIGNATURE)
    if at > 0 or (at == 0 and header is not None):
        yield Package(rest[at:], ())


def _header(raw: bytes) -> _Header | None:
    """Read the header of the object RAW (MS-OLEDS 2.2.4); None where there is none that fits."""
    if len(raw) < 8 or raw.startswith(SIGNATURE):
        return None
    at, texts = 8, []
    for _ in range(3):
        size = int.from_bytes(raw[at : at + 4], "little")
        if at + 4 + size > len(raw):
            return None
        texts.append(raw[at + 4 : at + 4 + size].split(b"\0", 1)[0])
        at += 4 + size
    return _Header(int.from_bytes(raw[4:8], "little"), texts[0], texts[1], at)


def urls(stream: bytes) -> Iterator[str]:
    r"""Yield the URLs that STREAM, the beginning of a stream `\1Ole` (MS-OLEDS 2.3.3), links to."""
    at = 0
    for _ in range(MOST_LINKS):
        at = stream.find(URL, at)
        if at < 0 or at + 20 > len(stream):
            return
        (size,) = struct.unpack_from("<I", stream, at + 16)
        text = stream[at + 20 : at + 20 + size].decode("utf-16-le", "replace").split("\0", 1)[0]
        if REMOTE.match(text):
            yield text
        at += 20
