"""Fuzzes the readers of Qmail-Scanner's files: any bytes stand in its rules, and in settings_per_domain.txt.

The target holds them to what they promise: nothing but ConfigError is raised, and it names bad lines, one a line and
not too many; a rule has what its line has; settings become policy rules for somebody.
"""

from __future__ import annotations

import os
from functools import cache

from qsfilter import legacy, settings_per_domain
from qsfilter.actions import DEFAULT_ACTIONS, Kind
from qsfilter.errors import ConfigError

WHERE = "events.txt"


def read(data: bytes) -> None:
    """Read DATA as either file; raise what is no ConfigError, or AssertionError where a promise is broken."""
    lines = data.count(b"\n") + 1
    try:
        rules = legacy.parse(data, WHERE)
    except ConfigError as error:
        _require_lines(str(error), legacy.MOST_ERRORS, f"{WHERE}:")
    else:
        assert len(rules.attachments) + len(rules.headers) <= lines
        for attachment in rules.attachments:
            assert bool(attachment.name) is not bool(attachment.extension)
            assert attachment.size is None or attachment.size >= 0
        for header in rules.headers:
            assert header.kind in {Kind.MALWARE, Kind.POLICY}
            assert header.field.isascii()
            assert header.pattern in data
    _as_settings(data)


@cache
def _file() -> int:
    return os.memfd_create("settings", os.MFD_CLOEXEC)


def _as_settings(data: bytes) -> None:
    os.ftruncate(_file(), 0)
    os.pwrite(_file(), data, 0)
    try:
        rules = settings_per_domain.read_settings(f"/proc/self/fd/{_file()}", DEFAULT_ACTIONS)
    except ConfigError as error:
        _require_lines(str(error), settings_per_domain.MOST_ERRORS, f"/proc/self/fd/{_file()}: ")
        return
    assert len(rules) % 3 == 0, "a rule for each kind of finding that scanners make"
    assert all(len(rule.match.recipient) <= 1 for rule in rules)


def _require_lines(told: str, most: int, begins: str) -> None:
    """Require that TOLD are lines about bad ones, MOST of them and one that counts the others."""
    lines = told.split("\n")
    assert len(lines) <= most + 1
    assert all(line.startswith(begins) for line in lines[:most]), told


def seeds() -> dict[str, bytes]:
    """Return lines of every kind."""
    return {
        "events": b"#\n\neicar.com\tSIZE=69\tEICAR Test Virus\n.exe\tSIZE=-1\tExecutable\n"
        b"I LOVE.*\tVirus-Subject:\tILOVEYOU\nx\tPolicy-MAILFROM:\tnobody\n",
        "attachments": b"\xef\xbb\xbfeicar.com\t69\tEICAR\r\n.vbs\t0\tVBScript\r\n",
        "wrong": b"no tab here\n.\t0\tdot\nx\tSIZE=x\tno size\n",
        "octets": b"\xfc\xff.exe\t0\t\xc3\xbc\n",
        "settings": b"bob@example.com:clamav,sa'***SPAM***'5'0'9\nexample.com:none\n@scanners_default:all,ps\n",
        "wrong-settings": b"a b:sa\nexample.com:\nexample.com:sa'1'2'3'4'5'6'7'8'9'x\n",
    }
