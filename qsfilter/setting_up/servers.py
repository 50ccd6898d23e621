"""Looks for clamd and spamd: where their own files say that they listen, then at the usual places.

Guarantees: each server is given 2 seconds, from connecting to the end of its answer; nothing is sent but the question
for its version (clamd) or whether it is there (spamd). A host name is looked up without a time limit.
"""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

from qsfilter.setting_up.bounded_reading import text
from qsfilter.setting_up.seen import Seen, absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.setting_up.seen import Place

    Told = Callable[[str], str]

SECONDS = 2.0
LONGEST_ANSWER = 4096
DAY = 86_400.0
CLAMD_FILES = ("/etc/clamav/clamd.conf", "/etc/clamd.conf", "/usr/local/etc/clamd.conf", "/etc/clamd.d/scan.conf")
CLAMD_SOCKETS = (
    "/run/clamav/clamd.ctl", "/run/clamav/clamd.sock", "/run/clamd.scan/clamd.sock", "/run/clamav/clamd.socket",
    "/var/lib/clamav/clamd.socket", "/tmp/clamd.socket", "/tmp/clamd",  # noqa: S108 - it is only asked
)  # fmt: skip
"""Packages' own, and those of the time of Qmail-Scanner; whoever listens there is asked for a version, no more."""
CLAMD_PORT = "tcp:127.0.0.1:3310"
SPAMD_FILES = ("/etc/default/spamd", "/etc/default/spamassassin", "/etc/sysconfig/spamassassin", "/etc/conf.d/spamd")
SPAMD_SOCKETS = ("/run/spamd.sock", "/run/spamd/spamd.sock", "/run/spamassassin/spamd.sock", "/tmp/spamd.sock")  # noqa: S108 - as above
SPAMD_PORTS = ("tcp:127.0.0.1:783", "tcp:[::1]:783")
_CLAMD_LINE = re.compile(r"^\s*(LocalSocket|TCPSocket|TCPAddr)\s+(\S+)", re.MULTILINE)
_SPAMD_OPTION = re.compile(r"--(socketpath|port)[= ]([^\s\"']+)")


def clamd(place: Place) -> Seen:
    """Ask for a clamd's version at each place in turn."""
    candidates = [place.clamd] if place.clamd else list(dict.fromkeys(_clamds(place)))
    return _first("clamd", candidates, place, b"zVERSION\0", _clamd_told)


def spamd(place: Place) -> Seen:
    """Ask whether a spamd is there at each place in turn."""
    candidates = [place.spamd] if place.spamd else list(dict.fromkeys(_spamds(place)))
    return _first("spamd", candidates, place, b"PING SPAMC/1.2\r\n\r\n", _spamd_told)


def ask(address: str, question: bytes, root: str = "") -> str:
    """Send QUESTION to ADDRESS, `unix:/PATH` (below ROOT) or `tcp:HOST:PORT`, and return the answer's first line.

    Raises OSError, and ValueError for what is no such address.
    """
    end = time.monotonic() + SECONDS
    answer = b""
    with _connected(address, root) as connection:
        connection.sendall(question)
        while not re.search(rb"[\0\n]", answer) and len(answer) < LONGEST_ANSWER:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            connection.settimeout(left)
            piece = connection.recv(LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    return re.split(rb"[\0\r\n]", answer)[0].decode("ascii", "backslashreplace")


def _connected(address: str, root: str) -> socket.socket:
    scheme, _, rest = address.partition(":")
    if scheme == "unix" and rest.startswith("/"):
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(SECONDS)
        try:
            made.connect(root + rest)
        except BaseException:
            made.close()
            raise
        return made
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) >= 1 << 16:
        raise ValueError(f"{address!r} is neither unix:/PATH nor tcp:HOST:PORT")
    return socket.create_connection((host.removeprefix("[").removesuffix("]"), int(port)), SECONDS)


def _first(what: str, candidates: list[str], place: Place, question: bytes, told: Told) -> Seen:
    troubles = []
    for address in candidates:
        try:
            detail = told(ask(address, question, place.root))
        except FileNotFoundError:
            continue  # no socket there
        except (OSError, ValueError) as error:
            troubles.append(f"{address}: {getattr(error, 'strerror', None) or error}")
            continue
        if detail:
            return Seen(what=what, value=(address,), detail=f"{address}, {detail}")
        troubles.append(f"{address}: what answers there is no {what}")
    return absent(what, "; ".join(troubles) or "no socket at the usual places")


def _clamds(place: Place) -> Iterator[str]:
    for path in CLAMD_FILES:
        found = dict(_CLAMD_LINE.findall(_text(place, path)))
        if "LocalSocket" in found:
            yield f"unix:{found['LocalSocket']}"
        if "TCPSocket" in found:
            yield f"tcp:{_host(found.get('TCPAddr', ''))}:{found['TCPSocket']}"
    yield from (f"unix:{path}" for path in CLAMD_SOCKETS)
    if not place.root:  # a folder has files, and no ports
        yield CLAMD_PORT


def _spamds(place: Place) -> Iterator[str]:
    for path in SPAMD_FILES:
        for option, value in _SPAMD_OPTION.findall(_text(place, path)):
            yield f"unix:{value}" if option == "socketpath" else f"tcp:127.0.0.1:{value}"
    yield from (f"unix:{path}" for path in SPAMD_SOCKETS)
    if not place.root:
        yield from SPAMD_PORTS


def _text(place: Place, path: str) -> str:
    try:
        return text(place.path(path))
    except OSError:
        return ""


def _host(address: str) -> str:
    if address in {"", "0.0.0.0", "::", "localhost"}:  # noqa: S104 - it listens everywhere, so here, too
        return "127.0.0.1"
    return f"[{address}]" if ":" in address else address


def _clamd_told(answer: str) -> str:
    """Return what a version as `ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026` says; empty where it is none."""
    if "COMMAND UNAVAILABLE" in answer:
        return "which does not tell its version"
    engine, _, rest = answer.partition("/")
    if not engine.startswith("ClamAV "):
        return ""
    number, _, date = rest.partition("/")
    try:
        built = time.mktime(time.strptime(date, "%a %b %d %H:%M:%S %Y"))
    except (ValueError, OverflowError):
        return f"{engine}, age of its signatures unknown"
    return f"{engine}, signatures {number}, {_age(time.time() - built)}"


def _age(seconds: float) -> str:
    days = max(0, int(seconds // DAY))
    return "from today" if not days else f"{days} day{'s' if days > 1 else ''} old"


def _spamd_told(answer: str) -> str:
    found = re.fullmatch(r"SPAMD/[0-9.]+ 0 PONG", answer.rstrip())
    return answer.split(" ", 1)[0] if found else ""
