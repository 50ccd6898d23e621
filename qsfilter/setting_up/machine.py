"""Looks at the rest of the machine: signatures, a C compiler, users, tcpserver's rules, and who supervises services."""

from __future__ import annotations

import glob
import os
import time
from typing import TYPE_CHECKING

from qsfilter.queue.front import COMPILERS
from qsfilter.setting_up.bounded_reading import words
from qsfilter.setting_up.seen import Seen, absent

if TYPE_CHECKING:
    from qsfilter.setting_up.seen import Place

HOUR = 3600
DATABASES = ("/var/lib/clamav", "/usr/local/share/clamav", "/var/clamav")
USERS = ("qsfilter", "qmaild", "alias", "qmails")
"""Whom the service runs as, and who calls the queue program."""
TCPRULES = (
    "/etc/tcp.smtp", "/etc/tcprules.d/tcp.smtp", "/etc/qmail/tcp.smtp", "/var/qmail/control/tcp.smtp",
)  # fmt: skip
ROAMING = "vpopmail"
"""The user in whose home the rules are where vpopmail opens the relay for its users."""
SYSTEMD = "/run/systemd/system"


def freshclam(place: Place) -> Seen:
    """Look for freshclam, and when it last wrote a daily database."""
    path = place.program("freshclam")
    if not path:
        return absent("freshclam")
    found = [name for folder in DATABASES for name in glob.glob(place.path(f"{folder}/daily.c?d"))]
    if not found:
        return Seen(what="freshclam", value=(path,), detail=f"{path}, but no daily database yet")
    hours = max(0, int(time.time() - max(map(os.path.getmtime, found)))) // HOUR
    return Seen(what="freshclam", value=(path,), detail=f"{path}, daily database written {hours} hours ago")


def compiler(place: Place) -> Seen:
    """Look for what `qsfilter build-front` needs."""
    found = next(filter(None, map(place.program, COMPILERS)), "")
    return Seen(what="a C compiler", value=(found,)) if found else absent("a C compiler", "qsfilter-queue needs none")


def user(place: Place, name: str) -> Seen:
    """Look for the user NAME, and the name of its group."""
    for fields in _users(place):
        if fields[0] == name:
            group = _group(place, fields[3])
            return Seen(what=f"user {name}", value=(name, group), detail=f"group {group}")
    return absent(f"user {name}")


def _users(place: Place) -> list[list[str]]:
    """Return the entries of passwd (its fields: name, password, number, group, remarks, home, shell)."""
    try:
        lines = words(place.path("/etc/passwd"))
    except OSError:
        return []
    return [fields for line in lines if len(fields := line.split(":")) == 7]


def _group(place: Place, number: str) -> str:
    groups = (line.split(":") for line in words(place.path("/etc/group")))
    return next((group[0] for group in groups if len(group) > 2 and group[2] == number), number)


def tcp_rules(place: Place) -> Seen:
    """Look for the rules by which tcpserver names a queue program for each client."""
    homes = [fields[5] for fields in _users(place) if fields[0] == ROAMING]
    paths = (*TCPRULES, *(f"{home}/etc/tcp.smtp" for home in homes))
    found = next((path for path in paths if os.path.isfile(place.path(path))), "")
    return Seen(what="tcp.smtp", value=(found,)) if found else absent("tcp.smtp", "not at the usual places")


def tcprules(place: Place) -> Seen:
    """Look for the program that compiles them."""
    found = place.program("tcprules")
    return Seen(what="tcprules", value=(found,)) if found else absent("tcprules")


def supervisor(place: Place) -> Seen:
    """Look for who starts services and keeps them running."""
    found = [name for name, program in (("daemontools", "svscan"), ("runit", "runsv")) if place.program(program)]
    found += ["systemd"] if os.path.isdir(place.path(SYSTEMD)) else []
    what = "daemontools, runit or systemd"
    return Seen(what=what, value=tuple(found)) if found else absent(what)
