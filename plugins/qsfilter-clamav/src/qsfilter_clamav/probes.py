"""What `qsfilter check` asks a clamd: whether it answers, how old its signatures are, and what it does at its limits.

The probes are harmless: two contents of a few kilobytes, and zeros of the greatest size that the plugin would send.
"""

from __future__ import annotations

import gzip
import os
import time
from typing import TYPE_CHECKING

from qsfilter import Blob, Problem
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.replies import OK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qsfilter_clamav.replies import Version
    from qsfilter_clamav.servers import Server

LEVELS = 101
"""One more than MaxRecursion can be set to."""
DAY = 86_400.0


def problems(
    servers: Iterable[Server],
    *,
    max_file_bytes: int,
    chunk: int,
    descriptors: bool,
    max_age_days: float,
    seconds: float,
) -> Iterator[Problem]:
    """Ask each of SERVERS, SECONDS long at most, and yield what is wrong with it.

    That one does not answer is fatal where none does.
    """
    silent: list[Problem] = []
    answering = 0
    for server in servers:
        pool = Pool((server,), descriptors=descriptors, chunk=chunk)
        deadline = time.monotonic() + seconds
        limits, encrypted, large = nested(), encrypted_zip(), Blob(bytes(max_file_bytes))
        answers, troubles = pool.ask((limits, encrypted), deadline)
        if len(answers) < 2:
            silent.append(_silent(server, "; ".join(troubles)))
            continue
        answering += 1
        yield from _age(server, pool.version, max_age_days)
        if answers[encrypted].status == OK:
            yield Problem(
                text=f"{server}: clamd calls encrypted contents clean",
                mend="set AlertEncrypted yes in clamd.conf; the action for unscannable.encrypted then holds for them",
                fatal=False,
            )
        if answers[limits].status == OK:
            yield Problem(
                text=f"{server}: clamd calls contents clean that it has not scanned to their end",
                mend="set AlertExceedsMax yes in clamd.conf; until then its limits let mail through unscanned",
            )
            continue
        answers, troubles = pool.ask((large,), deadline)
        if large not in answers:
            silent.append(_silent(server, "; ".join(troubles)))
        elif answers[large].status != OK:
            yield Problem(
                text=f"{server}: clamd does not scan {max_file_bytes} bytes: {answers[large].text}",
                mend="set max_file_bytes to the smaller one of MaxFileSize and StreamMaxLength in clamd.conf",
                fatal=False,
            )
    yield from (Problem(text=one.text, mend=one.mend, fatal=not answering) for one in silent)


def nested() -> Blob:
    """Return gzip in gzip, deeper than any MaxRecursion; new each time, as clamd remembers what was clean."""
    content = os.urandom(8)
    for _ in range(LEVELS):
        content = gzip.compress(content, 0, mtime=0)
    return Blob(content)


def encrypted_zip() -> Blob:
    """Return a zip archive whose one member is marked as encrypted; new each time."""
    content = os.urandom(32)
    common = b"\x14\0\1\0\0\0\0\0\0\0" + content[:4] + len(content).to_bytes(4, "little") * 2 + b"\5\0\0\0"
    local = b"PK\3\4" + common + b"a.txt" + content
    central = b"PK\1\2\x14\0" + common + bytes(14) + b"a.txt"
    end = b"PK\5\6" + bytes(4) + b"\1\0\1\0" + len(central).to_bytes(4, "little") + len(local).to_bytes(4, "little")
    return Blob(local + central + end + bytes(2))


def _silent(server: Server, trouble: str) -> Problem:
    if server.local and "Permission denied" in trouble:
        mend = "let the user of the filter write to the socket: LocalSocketMode 666, or its group (LocalSocketGroup)"
    elif server.local:
        mend = "start clamav-daemon, or correct `servers`; LocalSocket in clamd.conf is the path"
    else:
        mend = "start clamav-daemon, or correct `servers`; TCPSocket and TCPAddr in clamd.conf are port and address"
    return Problem(text=f"clamd does not answer: {trouble}", mend=mend)


def _age(server: Server, version: Version | None, max_age_days: float) -> Iterator[Problem]:
    if version is None or version.built is None:
        yield Problem(
            text=f"{server}: clamd does not tell how old its signatures are",
            mend="see that freshclam has loaded a daily database, and that EnableVersionCommand is not no",
            fatal=False,
        )
        return
    days = (time.time() - version.built) / DAY
    if days > max_age_days:
        yield Problem(
            text=f"{server}: clamd's signatures ({version.signatures}) are {days:.0f} days old",
            mend="see whether freshclam runs, and what it writes to its log",
            fatal=False,
        )
