"""Looks at qmail: its home, its queue program and whether that is qmail's own, QMAILQUEUE, and its control files."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from qsfilter.setting_up.bounded_reading import content, words
from qsfilter.setting_up.seen import Seen, absent

if TYPE_CHECKING:
    from qsfilter.setting_up.seen import Place

HOMES = ("/var/qmail", "/usr/local/qmail", "/var/lib/qmail", "/var/indimail")
PROGRAM_BYTES = 64 << 20
OBEYING = ("qmail-smtpd", "qmail-inject")
"""Programs that have to obey QMAILQUEUE: one for mail from outside, one for mail of this machine."""
VARIABLE = b"QMAILQUEUE"
OLD_SCRIPT = "qmail-scanner-queue.pl"
ELF = b"\x7fELF"


def home(place: Place) -> Seen:
    """Look for the home of qmail: the first folder with `control` or `bin/qmail-queue` in it."""
    for folder in (place.qmail.rstrip("/"),) if place.qmail else HOMES:
        if os.path.isdir(place.path(f"{folder}/control")) or os.path.isfile(place.path(f"{folder}/bin/qmail-queue")):
            return Seen(what="qmail", value=(folder,))
    return absent("qmail", f"nothing at {', '.join((place.qmail,) if place.qmail else HOMES)}")


def queue(place: Place) -> Seen:
    """Look for qmail's own queue program; a script in its place is a filter that somebody put there."""
    what = "qmail-queue"
    path = f"{place.qmail}/bin/qmail-queue"
    if not os.path.exists(place.path(path)):
        path = place.program("qmail-queue")
    if not path:
        return absent(what, f"neither in {place.qmail}/bin nor on the path")
    try:
        with open(os.open(place.path(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            start = file.read(len(ELF))
    except PermissionError:
        start = ELF  # qmail's own is often readable by nobody but root
    if start != ELF:
        return absent(what, f"{path} is a script, so perhaps a filter; qmail's own has another name then")
    rights = os.stat(place.path(path)).st_mode
    return Seen(what=what, value=(path,), detail=path + ("" if rights & stat.S_ISUID else ", not setuid"))


def patched(place: Place) -> Seen:
    """Look whether qmail's programs know QMAILQUEUE; without it nothing is ever filtered."""
    what = "QMAILQUEUE in qmail's programs"
    obeying, told = [], []
    for name in OBEYING:
        path = place.path(f"{place.qmail}/bin/{name}")
        if not os.path.exists(path):
            path = place.path(place.program(name) or path.removeprefix(place.root))
        try:
            if VARIABLE in content(path, PROGRAM_BYTES):
                obeying.append(name)
            else:
                told.append(f"not in {name}")
        except OSError as error:
            told.append(f"{name}: {error.strerror}")
    detail = ", ".join([*obeying, *told])
    return Seen(what=what, value=tuple(obeying), detail=detail) if OBEYING[0] in obeying else absent(what, detail)


def control(place: Place, name: str) -> Seen:
    """Read the control file NAME."""
    try:
        found = words(place.path(f"{place.qmail}/control/{name}"))
    except OSError as error:
        return absent(f"control/{name}", error.strerror or "")
    if not found:
        return absent(f"control/{name}", "is empty")
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return Seen(what=f"control/{name}", value=found, detail=", ".join(found[:3]) + more)


def old_script(place: Place) -> Seen:
    """Look for a Qmail-Scanner, whose settings `qsfilter migrate` takes over."""
    path = f"{place.qmail}/bin/{OLD_SCRIPT}"
    if not os.path.isfile(place.path(path)):
        return absent(OLD_SCRIPT)
    if b"perl" not in content(place.path(path)).partition(b"\n")[0]:
        return absent(OLD_SCRIPT, f"{path} is no Perl script; qsfilter-queue may bear that name")
    return Seen(what=OLD_SCRIPT, value=(path,), detail=f"{path}; qsfilter migrate reads its settings")
