"""Says how the rules of tcpserver name our queue wrapper: the site's own rules, or the three usual ones.

Guarantees: nothing is written; comments, refusals and lines that can't be read stay as they are; a line for this
machine itself, and one that names qmail's own queue program, goes on unscanned.
"""

from __future__ import annotations

import re

USUAL = """\
127.:allow,RELAYCLIENT=""
10.:allow,RELAYCLIENT=""
:allow
"""
"""The rules of a site that has not said any: this machine, its own network, everybody else."""
EVERYBODY = (":allow", ":deny")
"""How a line for everybody else begins; one for an address of IPv6 may begin with a colon, too."""
VARIABLE = "QMAILQUEUE"
LONGEST_LINE = 8192
_LINE = re.compile(r"([^:#]*):allow(,.*)?")
_LOCAL = re.compile(r"(?:.*@)?(?:127\..*|=localhost)")


def rewritten(rules: str, wrapper: str, queue: str) -> str:
    """Return RULES, the text of a tcp.smtp, with WRAPPER in the place of other queue programs than QUEUE, qmail's own.

    Where no line is for everybody else, one is added.
    """
    lines = [_line(line, wrapper, queue) for line in rules.rstrip("\n").split("\n")]
    if lines == [""]:
        lines = []
    if not any(line.startswith(EVERYBODY) for line in lines):
        lines.append(f":allow,{_setting(wrapper)}")
    return "".join(f"{line}\n" for line in lines)


def _line(line: str, wrapper: str, queue: str) -> str:
    found = _LINE.fullmatch(line.strip()) if len(line) <= LONGEST_LINE else None
    settings = _settings(found[2] or "") if found else None
    if found is None or settings is None:
        return line
    named = next((value for name, value, _ in settings if name == VARIABLE), None)
    if named == queue or (named is None and _LOCAL.fullmatch(found[1])):
        return line
    others = [text for name, _, text in settings if name != VARIABLE]
    return ",".join([f"{found[1]}:allow", *others, _setting(wrapper)])


def _settings(text: str) -> list[tuple[str, str, str]] | None:
    """Read `,NAME="value",…`: name, value and both as they stand. Any character may stand for the quotes."""
    found = []
    while text:
        one = re.match(r",([^=,]+)=(.)", text)
        end = text.find(one[2], one.end()) if one else -1
        if one is None or end < 0:
            return None
        found.append((one[1], text[one.end() : end], text[1 : end + 1]))
        text = text[end + 1 :]
    return found


def _setting(program: str) -> str:
    quote = next(quote for quote in "\"'|%+" if quote not in program)
    return f"{VARIABLE}={quote}{program}{quote}"
