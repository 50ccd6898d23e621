"""Every error at whatever system call: mail is handed over whole, or kept whole, or put off with a line that says why.

Wrapper, front, worker and master are given errors that the manual page of each call names: at some calls of each phase
of their work, and with QSFILTER_SOAK=1 at all. An error that comes where it does no harm may go unseen.
"""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from tests.reliability import masters, strace, ways
from tests.reliability.each_call import MARKS, READING, by_mail, by_mail_or_one, by_moment, by_worker
from tests.reliability.figures import record
from tests.reliability.mails import CLEAN, MAILS, Mail
from tests.reliability.strace import Injection
from tests.reliability.ways import FULL, each, new_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.reliability.strace import Call, Ended

FULL_DISK = "ENOSPC EDQUOT"
FILES = "EMFILE ENFILE ENOMEM"
ERRORS = {
    "accept4": f"{FILES} EINTR ECONNABORTED",
    "bind": "EACCES EROFS ENOMEM",
    "clone": "EAGAIN ENOMEM",
    "clone3": "EAGAIN ENOMEM",
    "close": f"EIO EINTR {FULL_DISK}",
    "connect": "EACCES EAGAIN ENOMEM",
    "dup2": "EINTR EMFILE",
    "execve": "EACCES EIO EMFILE ENFILE ENOMEM",
    "fchmod": "EIO EROFS",
    "fdatasync": f"EIO EINTR EROFS {FULL_DISK}",
    "flock": "EINTR ENOLCK",
    "fork": "EAGAIN ENOMEM",
    "fsync": f"EIO EINTR EROFS {FULL_DISK}",
    "ftruncate": "EIO EINTR EROFS",
    "getdents64": "EIO",
    "link": f"EIO EACCES EROFS ENOMEM {FULL_DISK}",
    "linkat": f"EIO EACCES EROFS ENOMEM {FULL_DISK}",
    "memfd_create": FILES,
    "mkdir": f"EACCES EROFS ENOMEM {FULL_DISK}",
    "mkdirat": f"EACCES EROFS ENOMEM {FULL_DISK}",
    "mmap": "ENOMEM ENFILE",
    "openat": f"EACCES EIO EINTR {FILES}",
    "pipe2": "EMFILE ENFILE",
    "pread64": "EIO EINTR",
    "pwrite64": f"EIO EINTR {FULL_DISK}",
    "read": "EIO EINTR",
    "recvfrom": "EINTR ENOMEM",
    "recvmsg": "EINTR ENOMEM EMFILE",
    "rename": f"EIO EACCES EROFS ENOMEM {FULL_DISK}",
    "renameat": f"EIO EACCES EROFS ENOMEM {FULL_DISK}",
    "renameat2": f"EIO EACCES EROFS ENOMEM {FULL_DISK}",
    "sendmsg": "EINTR EPIPE ENOMEM",
    "sendto": "EINTR EPIPE ENOMEM",
    "socket": f"{FILES} EACCES",
    "unlink": "EIO EACCES EROFS ENOMEM",
    "unlinkat": "EIO EACCES EROFS ENOMEM",
    "vfork": "EAGAIN ENOMEM",
    "write": f"EIO EINTR {FULL_DISK}",
}
"""What each call can give; a call that is not here is left alone."""
OTHER_WORDS = {
    "EACCES": ("No module named", "can't import"),
    "EAGAIN": ("the filter is busy", "start the thread"),
    "ENFILE": ("failed to map", "cannot map", "start the thread"),
    "ENOMEM": ("memory", "failed to map", "cannot map", "spawn thread"),
    "EPIPE": ("the front is gone", "timeout by clamav"),  # which is there, and says nothing of what it did not get
}
"""How a log line says it where a library does not tell its error."""
CUT = re.compile(r"(\w[^:]*?) ?\.\.\.")
"""What stands in front of an ellipsis."""
Failure = tuple[Injection, str]
"""What is injected, and the error's name."""
pytestmark = MARKS


def failures(found: Iterable[Call]) -> list[Failure]:
    """Return every error that the calls FOUND can give."""
    return [
        (Injection(one.name, one.ordinal, f"error={name}"), name)
        for one in found
        for name in ERRORS.get(one.name, "").split()
    ]


def in_phases(found: list[Call], first: int) -> list[Failure]:
    """Choose errors of the wrapper: as it reads, as it loads what it needs, and as it works on the message."""
    start = next(number for number, one in enumerate(found) if one.name == "setitimer")
    phases = ((found[:READING], 9), (found[READING:start], 7), (found[start:], 22))
    return [one for calls, most in phases for one in strace.spread(failures(calls), most, first)]


def fail_each(make: Callable[[Path], ways.Wrapper], tmp_path: Path, mail: Mail, chosen: list[Failure]) -> list[Ended]:
    """Try MAIL with all that is CHOSEN; return those that happened, of which each must be told if it puts mail off."""
    told = dict(chosen)
    happened = []
    for one, ended in each(make, new_folder(tmp_path), mail, told):
        if not ended.hit:
            continue
        happened.append(ended)
        name = told[one]
        where = f"{mail.name}, {one} ({ended.failed}): exit code {ended.code}: {ended.log}"
        assert "did not answer in time" not in ended.log, where
        if ended.code:
            assert is_log_line(one, ended.failed) or says(ended, name), where
        elif name != "EINTR":
            assert not makes_durable(one, ended.failed), f"accepted, though it may not be durable: {where}"
    return happened


def says(ended: Ended, name: str) -> bool:
    """Whether a log line tells the error NAME, in whatever words."""
    words = (os.strerror(getattr(errno, name)), *OTHER_WORDS.get(name, ()))
    lines = [line for line in ended.log.splitlines() if line.startswith("qsfilter: ")]
    return any(word in line or _is_cut(line, word) for word in words for line in lines)


def _is_cut(line: str, word: str) -> bool:
    """Whether LINE tells something as long that it is cut within WORD."""
    return any(word.startswith(begun) for begun in CUT.findall(line))


def is_log_line(one: Injection, call: str) -> bool:
    return one.name == "write" and "qsfilter: " in call


def makes_durable(one: Injection, call: str) -> bool:
    """Whether the copy in quarantine is not safe without this CALL."""
    if "/quarantine/" not in call:
        return False
    return one.name in {"write", "fsync", "rename", "renameat", "renameat2"} or (
        # A file system may tell only here what it could not write.
        one.name == "close" and "/tmp/" in call.partition("/quarantine/")[2]
    )


def tell(way: str, ended: list[Ended]) -> None:
    """Record what became of mail when calls failed; a check has found it lost and altered never."""
    accepted = sum(one.code == 0 for one in ended)
    record(f"errors.{way}", calls=len(ended), accepted=accepted, put_off=len(ended) - accepted, lost=0, altered=0)


@by_mail
def test_the_wrapper(tmp_path: Path, mail: Mail) -> None:
    found = ways.Wrapper(new_folder(tmp_path)()).calls(mail)
    chosen = failures(found) if FULL else in_phases(found, MAILS.index(mail))
    tell("wrapper", fail_each(ways.Wrapper, tmp_path / "1", mail, chosen))


@by_mail
def test_the_front(tmp_path: Path, mail: Mail) -> None:
    with ways.Front(new_folder(tmp_path)()) as way:
        found = failures(way.calls(mail))
    chosen = found if FULL else strace.spread(found, 28, MAILS.index(mail))
    tell("front", fail_each(ways.Front, tmp_path / "1", mail, chosen))


@by_mail_or_one
def test_the_wrapper_that_asks_the_service(tmp_path: Path, mail: Mail) -> None:
    with ways.Asking(new_folder(tmp_path)()) as way:
        found = way.calls(mail)
    connecting = next(number for number, one in enumerate(found) if one.name == "socket")
    early, late = failures(found[:connecting]), failures(found[connecting:])
    chosen = [*early, *late] if FULL else [*strace.spread(early, 5, 1), *strace.spread(late, 18, 1)]
    tell("asking", fail_each(ways.Asking, tmp_path / "1", mail, chosen))


@by_worker
@by_mail
def test_a_worker(tmp_path: Path, mail: Mail, worker: type[ways.Worker]) -> None:
    with worker(new_folder(tmp_path)()) as way:
        found = failures(way.calls(mail))
    chosen = found if FULL else strace.spread(found, 20, MAILS.index(mail))
    tell("worker", fail_each(worker, tmp_path / "1", mail, chosen))


@by_moment
def test_the_master(tmp_path: Path, moment: str) -> None:
    """While it starts, has a message examined again, takes a new configuration over, and ends."""

    def make(place: Path) -> masters.Master:
        return masters.Master(place, moment)

    with make(new_folder(tmp_path)()) as way:
        found = failures(way.calls(way.mail))
    chosen = found if FULL else strace.spread(found, 9)
    tell("master", fail_each(make, tmp_path / "1", way.mail, chosen))


def test_as_the_wrapper_starts(tmp_path: Path) -> None:
    """Whoever runs Python learns from Python what is wrong; the mail is safe."""
    found = ways.Wrapper(new_folder(tmp_path)()).calls(CLEAN, whole=True)
    begun = next(number for number, one in enumerate(found) if one.name == "read" and one.told.startswith("0<"))
    chosen = strace.spread(failures(found[:begun]), 300 if FULL else 12, 1)
    ended = each(ways.Wrapper, new_folder(tmp_path / "1"), CLEAN, [one for one, _ in chosen])
    tell("start", [one for _, one in ended if one.hit])


def test_a_worker_that_cant_give_a_message_up_ends(tmp_path: Path) -> None:
    """From then on it would give up the one before, and fronts would wait for nobody."""
    with ways.Worker(tmp_path) as way:
        ended = way.tried(CLEAN, Injection("recvfrom", 1, "error=ENOMEM"))
        assert ended.hit
        assert ended.code == 71
        assert "a message in custody can't be given up: Cannot allocate memory" in way.running.log
        assert "a worker ended with code 1; the message is deferred" in way.running.log
        assert way.tried(CLEAN, Injection("sendto", 1, "error=EPIPE")).code == 71
        assert "did not answer in time" not in ended.log


def test_new_rules_that_cant_be_tried_leave_mail_alone(tmp_path: Path) -> None:
    with ways.Ruled(new_folder(tmp_path)()) as way:
        found = failures(one for one in way.calls(CLEAN) if one.name in {"pipe2", "clone", "clone3", "fork"})
    assert {one.name for one, _ in found} > {"pipe2"}
    ended = fail_each(ways.Ruled, tmp_path / "1", CLEAN, found)
    assert all(one.code == 0 and "can't be tried: " in one.log for one in ended)
    tell("worker", ended)


def test_without_a_thread_for_the_time_limit_mail_waits(tmp_path: Path) -> None:
    way = ways.Wrapper(tmp_path)
    started = next(one for one in way.calls(CLEAN) if one.name in {"clone", "clone3"})
    ended = way.tried(CLEAN, Injection(started.name, started.ordinal, "error=EAGAIN"))
    assert ended.hit
    assert ended.code == 51
    assert "can't start the thread that ends what hangs" in ended.log
