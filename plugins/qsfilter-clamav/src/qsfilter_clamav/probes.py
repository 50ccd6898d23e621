"""What `qsfilter check` asks a clamd: whether it answers, how old its signatures are, and what it does at its limits.

The probes are harmless: two contents of a few kilobytes, and zeros of the greatest size that the plugin would send.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter import Blob, Problem
from qsfilter_clamav.choice import plain
from qsfilter_clamav.harmless import encrypted_zip, nested
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.replies import OK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qsfilter_clamav.replies import Version
    from qsfilter_clamav.servers import Server

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
        asked = pool.ask(plain(limits, encrypted), deadline)
        if asked.missing:
            silent.append(_silent(server, "; ".join(asked.troubles)))
            continue
        answering += 1
        yield from _age(server, pool.version, max_age_days)
        if asked.answers[encrypted].status == OK:
            yield Problem(
                text=f"{server}: clamd calls encrypted contents clean",
                mend="set AlertEncrypted yes in clamd.conf; the action for unscannable.encrypted then holds for them",
                fatal=False,
            )
        if asked.answers[limits].status == OK:
            yield Problem(
                text=f"{server}: clamd calls contents clean that it has not scanned to their end",
                mend="set AlertExceedsMax yes in clamd.conf; until then its limits let mail through unscanned",
            )
            continue
        asked = pool.ask(plain(large), deadline)
        if asked.missing:
            silent.append(_silent(server, "; ".join(asked.troubles)))
        elif asked.answers[large].status != OK:
            yield Problem(
                text=f"{server}: clamd does not scan {max_file_bytes} bytes: {asked.answers[large].text}",
                mend="set max_file_bytes to the smaller one of MaxFileSize and StreamMaxLength in clamd.conf",
                fatal=False,
            )
    yield from (Problem(text=one.text, mend=one.mend, fatal=not answering) for one in silent)


def _silent(server: Server, trouble: str) -> Problem:
    if server.local and "Permission denied" in trouble:
        mend = "let the user of the filter write to the socket: LocalSocketMode 666, or its group (LocalSocketGroup)"
    elif server.tls:
        mend = (
            "start what speaks TLS before clamd (stunnel, say), or correct `servers`: `ca_file` is who signed its "
            "certificate, `server_name` what that names, `certificate` and `key` are what it wants to see of ours"
        )
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
