"""What stands on top of the message when it is handed over: our header lines, and the edits that were asked for.

Guarantees: the body is never touched; behind the last edited field every byte is the received one; our own field is
added once, and a sender's copy of it is renamed, so that it can be believed; so are those of the legacy fields. Lines
are ASCII and at most 998 octets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.model import Field
from qsfilter.report import why_unexamined

if TYPE_CHECKING:
    from collections.abc import Iterable
    from mmap import mmap

    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Edit, Report

OUR_FIELD = b"X-QSFilter"
INBOUND = b"X-QSFilter-Inbound"
UNREMARKABLE = frozenset({Kind.IRREGULAR, Kind.NOTE})
MOST_FINDINGS = 10
LONGEST_LINE = 200
LONGEST_ADDED = 998
"""Octets of a line that a plugin adds, without its line end (RFC 5322, 2.1.1)."""
_NO_FIELD = re.compile(rb"^(?![!-9;-~]+[ \t]*:|[ \t])", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_TO_ASCII = bytes(octet if 32 <= octet < 127 else 32 if octet == 9 else 63 for octet in range(256))
_PRINTABLE = bytes(octet if 32 <= octet < 127 else 63 for octet in range(256))


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The message is handed over as `lines` and the received bytes from `offset` on."""

    lines: bytes
    offset: int = 0


def head(report: Report, raw: bytes | mmap, legacy: LegacyHeaders | None = None) -> Head:
    """Make the head of the message in REPORT, whose received bytes are RAW; LEGACY fields stand below our own."""
    newline = b"\r\n" if raw[: raw.find(b"\n") + 1].endswith(b"\r\n") else b"\n"
    lines = [b": ".join((OUR_FIELD, newline.join(_own_lines(report)))) + newline]
    edits = report.decision.edits if legacy is None else (*legacy.edits(report), *report.decision.edits)
    lines += [_added(edit, newline) for edit in edits if edit.what == "add"]
    renames = {OUR_FIELD.lower(): INBOUND}
    renames |= {edit.field.lower(): edit.value for edit in edits if edit.what == "rename_inbound"}
    tags = [edit.value.translate(_TO_ASCII) for edit in edits if edit.what == "subject_tag"]
    read = any(part.origin == "mime" and len(part.path.steps) == 1 for part in report.message.parts)
    return _with_edited(lines, raw, _usual_header(report) if read else _copies(raw, renames), renames, tags)


def _usual_header(report: Report) -> tuple[Field, ...]:
    """Return the header as most readers see it; what only others take for a field is the body's and stays."""
    return next((part.header for part in report.message.parts if part.path.steps == ((1, ""),)), ())


def _added(edit: Edit, newline: bytes) -> bytes:
    """Write the field that EDIT adds; a line end in it is a fold or nothing, so that it stays one field."""
    text = _FOLD.split(edit.field + b": " + edit.value)
    return newline.join(line.translate(_TO_ASCII)[:LONGEST_ADDED] for line in text) + newline


def _copies(raw: bytes | mmap, names: Iterable[bytes]) -> tuple[Field, ...]:
    """Find the sender's fields with NAMES in a header that was too long to be read."""
    start = raw.find(b"\n") + 1 if raw[:5] == b"From " else 0
    if raw[start : start + 1] in {b" ", b"\t"}:
        return ()  # a fold of nothing: there is no header
    behind = _NO_FIELD.search(raw, start)
    copy = re.compile(rb"^(?:%b)(?=[ \t]*:)" % b"|".join(map(re.escape, names)), re.IGNORECASE | re.MULTILINE)
    found = copy.finditer(raw, start, behind.start() if behind else len(raw))
    return tuple(Field(name=match[0], value=b"", span=match.span()) for match in found)


def _with_edited(
    lines: list[bytes], raw: bytes | mmap, fields: tuple[Field, ...], renames: dict[bytes, bytes], tags: list[bytes]
) -> Head:
    """Append the received header up to its last edited field to LINES."""
    done = 0
    for field in sorted(fields, key=_start):
        name = field.name.lower()
        start, end = field.span
        if start < done:
            continue  # the same bytes in another reading
        if name in renames:
            lines += [raw[done:start], renames[name], raw[start + len(field.name) : end]]
            done = end
        elif tags and name == b"subject":
            tag, tags = b" ".join(tags), []
            value = raw[start + len(field.name) : end].partition(b":")[2].lstrip(b" \t")
            lines += [raw[done:start], field.name, b": ", tag, b" ", value]
            done = end
    return Head(lines=b"".join(lines), offset=done)


def _start(field: Field) -> int:
    return field.span[0]


def _own_lines(report: Report) -> list[bytes]:
    """Say in folded lines what was found, by whom, and under which key the log knows the message."""
    remarkable = [found for found in report.findings if found.kind not in UNREMARKABLE]
    engines = [about for about in report.about if about.engine]
    if why_unexamined(report):
        first = "not scanned, as the postmaster lets mail pass;"
    elif remarkable:
        first = "accepted with findings;"
    elif engines:
        first = "clean;"
    else:
        first = "not scanned for malware;"
    said = [f" {found}{f' in {found.part}' if found.part else ''};" for found in remarkable[:MOST_FINDINGS]]
    if len(remarkable) > MOST_FINDINGS:
        said.append(f" and {len(remarkable) - MOST_FINDINGS} more;")
    names = ", ".join(f"{about.name} {about.version} {about.signatures}".rstrip() for about in report.about)
    return [_line(text) for text in (first, *said, f" by qsfilter ({names});", f" id={report.key[:16]}")]


def _line(text: str) -> bytes:
    return text.encode("ascii", "backslashreplace")[:LONGEST_LINE].translate(_PRINTABLE)
