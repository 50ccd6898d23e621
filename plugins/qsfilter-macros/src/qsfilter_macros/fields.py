"""Says of the texts in an RTF, its template and the codes of its fields, what they pull in.

Guarantee: no more than the first `LONGEST` octets of a text are read, as no honest one is longer.
"""

from __future__ import annotations

import re

from qsfilter.names import as_text
from qsfilter_macros.opc import NETWORK, REMOTE, Pull

LONGEST = 4096
_TOKEN = re.compile(
    rb"\\'(?P<octet>[0-9A-Fa-f]{2})|\\u(?P<unicode>-?[0-9]{1,6}) ?(?:\\'..|[^\\{}])?"
    rb"|(?P<ignored>\{\s*\\\*)|(?P<open>\{)|(?P<close>\})|\\[A-Za-z]+-?[0-9]* ?"
    rb"|\\(?P<escaped>[\\{}])|\\.|(?P<text>[^\\{}]+)",
    re.DOTALL,
)
_CODE = re.compile(
    r"(DDEAUTO|DDE|LINK|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT)(?![A-Z])(.*)", re.IGNORECASE | re.DOTALL
)
_ARGUMENT = re.compile(r'"([^"]*)"?|(\S+)')
_PICTURES = frozenset({"INCLUDEPICTURE", "IMPORT"})


def text(data: bytes, at: int) -> str:
    """Return the text from AT to the end of its group, without groups in it that a reader may ignore."""
    found: list[str] = []
    depth, ignored = 0, 0  # `ignored` is the depth at which an ignored group began
    for token in _TOKEN.finditer(data, at, min(len(data), at + LONGEST)):
        sort = token.lastgroup
        if sort in ("open", "ignored"):
            depth += 1
            ignored = ignored or (depth if sort == "ignored" else 0)
        elif sort == "close":
            if not depth:
                break
            ignored = 0 if ignored == depth else ignored
            depth -= 1
        elif sort is not None and not ignored:
            found.append(_decoded(sort, token[sort]))
    return "".join(found)


def _decoded(sort: str, raw: bytes) -> str:
    if sort == "octet":
        return chr(int(raw, 16))
    if sort == "unicode":
        return chr(int(raw) & 0xFFFF)
    return as_text(raw.translate(None, b"\r\n"))


def template(name: str) -> Pull | None:
    """Say what a template NAME is, where it is not on one's own machine."""
    return _pull(name, "remote-template", f"template: {name}")


def field(code: str) -> Pull | None:
    """Say what the CODE of a field pulls in: a program by DDE, or a document (ECMA-376-1, 17.16.5)."""
    known = _CODE.match(code.strip())
    if known is None:
        return None
    name = known[1].upper()
    if name.startswith("DDE"):
        return Pull("dde", " ".join(code.split()))
    # Pictures of pasted web pages are honest, as are those at a URL in OOXML.
    finding = "linked-file" if name in _PICTURES else "remote-object"
    for quoted, bare in _ARGUMENT.findall(known[2]):
        pull = _pull(quoted or bare, finding, f"{name}: {quoted or bare}")
        if pull is not None:
            return pull
    return None


def _pull(target: str, finding: str, detail: str) -> Pull | None:
    if REMOTE.match(target):
        return Pull(finding, detail)
    return Pull("linked-file", detail) if NETWORK.match(target) else None
