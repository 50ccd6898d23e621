"""Reads the rule files of Qmail-Scanner: `quarantine-attachments.txt` (1.x) and `quarantine-events.txt` (2.x).

A line is `value TAB type TAB description`; a run of tabs is one separator, and blanks separate nothing:

    eicar.com    69 or SIZE=69     EICAR Test Virus    files of this name and of exactly this size (SIZE=-1: any)
    .exe         0 or SIZE=-1      Executable          files of this extension; the size is ignored
    I LOVE.*     Virus-Subject:    ILOVEYOU            a header value that the whole pattern matches; or Policy-Subject:

Names and descriptions are decoded as names in mail are (UTF-8, else Latin-1); patterns stay bytes.

Guarantees: nothing but ConfigError is raised, and it names every bad line of every file, one a line; time and memory
are bounded by the size of a file. The original's tests of file names stand here too, for its virtual headers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.errors import ConfigError
from qsfilter.names import as_text, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LARGEST_FILE = 4 << 20
"""Bytes of one rule file."""
LONGEST_LINE = 8192
"""Bytes of one line."""
MOST_ERRORS = 100
"""Bad lines that are named; the others are only counted."""
LONGEST_NAME = 255
"""Characters of the longest name that file systems know; the original blocked what is longer."""

EXTENSIONS = (
    ".vbs", ".lnk", ".scr", ".wsh", ".hta", ".pif", ".cpl", ".exe",
    ".cmd", ".com", ".bat", ".shs", ".jse", ".js", ".vbe", ".wsf",  # codespell:ignore shs
)  # fmt: skip
"""What the original's file, and that of its packagers, proposed to block."""

_SIZE = re.compile(rb"(?:SIZE=)?([0-9]{1,15})|SIZE=-1", re.IGNORECASE)
_HEADER = re.compile(rb"(Virus|Policy)-([!-9;-~]+):", re.IGNORECASE)
_DECOY = re.compile(
    r"docx?|dot|xls[xt]?|pptx?|pps|pdf|rtf|txt|csv|od[tsp]|jpe?g|gif|png|bmp|tiff?|heic"
    r"|mp[34]|mpe?g|avi|mov|wav|wm[av]|html?|zip|eml",
    re.ASCII | re.IGNORECASE,
)
_CLSID = re.compile(r"\.\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}\s*\Z", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentRule:
    """Blocks files by name and size, or by extension; one of `name` and `extension` is empty."""

    name: str
    """The whole name, as written; the original ignores case."""
    extension: str
    """What the name ends with, its dot included."""
    size: int | None
    """Bytes of the decoded file, exactly; None for any."""
    description: str
    where: str
    """`file:line`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaderRule:
    """Blocks mail by the value of a header field."""

    kind: Kind
    """MALWARE for `Virus-`, POLICY for `Policy-`."""
    field: str
    """Name of the field, as written; 2.x has virtual ones for facts that stand in no header, as `MAILFROM`."""
    pattern: bytes
    """Regular expression that the whole value has to match, case and all."""
    description: str
    where: str
    """`file:line`."""
    shadow: bool = False
    """What it finds is reported and changes nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """All rules, in the order of files and lines."""

    attachments: tuple[AttachmentRule, ...] = ()
    headers: tuple[HeaderRule, ...] = ()


def read(paths: str | Iterable[str]) -> Rules:
    """Read the file or files at PATHS. Raises ConfigError with all bad lines, or why a file can't be read."""
    found: list[AttachmentRule | HeaderRule] = []
    wrong: list[str] = []
    for path in (paths,) if isinstance(paths, str) else paths:
        try:
            with open(path, "rb") as file:
                _read_file(file.read(LARGEST_FILE + 1), path, found, wrong)
        except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
            wrong.append(f"{path}: {getattr(error, 'strerror', None) or error}")
    return _rules(found, wrong)


def parse(data: bytes, path: str) -> Rules:
    """Read DATA, the content of a rule file; PATH is what errors call it. Raises ConfigError with all bad lines."""
    found: list[AttachmentRule | HeaderRule] = []
    wrong: list[str] = []
    _read_file(data, path, found, wrong)
    return _rules(found, wrong)


def _rules(found: list[AttachmentRule | HeaderRule], wrong: list[str]) -> Rules:
    if wrong:
        more = [f"and {len(wrong) - MOST_ERRORS} lines more"] if len(wrong) > MOST_ERRORS else []
        raise ConfigError("\n".join(wrong[:MOST_ERRORS] + more))
    return Rules(
        attachments=tuple(rule for rule in found if isinstance(rule, AttachmentRule)),
        headers=tuple(rule for rule in found if isinstance(rule, HeaderRule)),
    )


def _read_file(data: bytes, path: str, found: list[AttachmentRule | HeaderRule], wrong: list[str]) -> None:
    if len(data) > LARGEST_FILE:
        wrong.append(f"{path}: larger than {LARGEST_FILE} bytes")
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = line.strip(b" \t\r")
        if text and not text.startswith(b"#"):
            where = f"{path}:{number}"
            try:
                found.append(_rule(line.rstrip(b"\r").strip(b"\t"), where))
            except ConfigError as error:
                wrong.append(f"{where}: {error}")


def _rule(line: bytes, where: str) -> AttachmentRule | HeaderRule:
    """Read one LINE that holds a rule; its value and its description may hold blanks."""
    if len(line) > LONGEST_LINE:
        raise ConfigError(f"longer than {LONGEST_LINE} bytes")
    value, *rest = re.split(rb"\t+", line, maxsplit=2)
    if not rest:
        raise ConfigError(f"fields are separated by tabs, and there is none (spaces instead?): {shown(as_text(line))}")
    type_ = rest[0].strip(b" ")
    description = as_text(b" ".join(rest[1:]).replace(b"\t", b" ").strip(b" "))
    if header := _HEADER.fullmatch(type_):
        kind = Kind.MALWARE if header[1].lower() == b"virus" else Kind.POLICY
        field = header[2].decode("ascii")
        return HeaderRule(kind=kind, field=field, pattern=value, description=description, where=where)
    if not (size := _SIZE.fullmatch(type_)):
        expected = "a size (69, SIZE=69, SIZE=-1) or a header (Virus-Subject:, Policy-Subject:)"
        hint = "; are there spaces instead of a tab?" if b" " in type_ else ""
        raise ConfigError(f"{shown(as_text(type_))} stands where {expected} is expected{hint}")
    name = as_text(value.strip(b" "))
    if not name.strip(". "):
        raise ConfigError(f"{shown(name)} is neither a name nor an extension")
    wildcard = name.startswith(".")
    return AttachmentRule(
        name="" if wildcard else name,
        extension=name if wildcard else "",
        size=None if wildcard or size[1] is None else int(size[1]),
        description=description,
        where=where,
    )


def too_long(name: str, longest: int = LONGEST_NAME) -> bool:
    """Whether a component of NAME has more than LONGEST characters, so that no file system could hold it."""
    return len(name) > longest and any(len(piece) > longest for piece in re.split(r"[/\\]", name))


def double_barrelled(name: str, extensions: Collection[str] = EXTENSIONS) -> bool:
    """Whether NAME pretends to end earlier than it does, as `x.doc.pif` or with a run of blanks before its extension.

    EXTENSIONS are those that make a name suspicious behind one of a document, with their dots and in lower case.
    """
    stem, dot, last = name.rpartition(".")
    if len(stem) > 3 and stem[-3:].isspace():
        return True
    decoy = stem.rstrip().rpartition(".")[2]
    return _DECOY.fullmatch(decoy) is not None and dot + last.strip().lower() in extensions


def has_clsid(name: str) -> bool:
    """Whether NAME ends with a class id, by which Windows opens a file without showing it: `x.txt.{3050F4D8-…}`."""
    return _CLSID.search(name) is not None
