"""What `qsfilter check` tries as other users where root asks: whether their mail gets through, and what they can read.

Guarantee: it is tried by processes of these users, and not worked out from modes; nothing is made, changed or sent.
"""

from __future__ import annotations

import errno
import grp
import json
import os
import pwd
import socket
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qsfilter.builtin.quarantine import BOXES
from qsfilter.cli.build_front import wrapper_beside_us
from qsfilter.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qsfilter.edge import Edge
    from qsfilter.filter import Filter

CALLERS = ("qmaild", "alias", "qmails", "nobody")
"""As whom mail is queued by qmail-smtpd, by programs in .qmail files, for bounces, and by somebody with no rights."""
USUAL = "qmaild"
"""The one whose mail is filtered by the rules of tcpserver."""
NOBODY = "nobody"
"""Of whom it is tried what he can see, and nothing else: no server queues mail as nobody."""
CONNECT_SECONDS = 5.0
LONGEST_ANSWER = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Somebody whose mail is queued."""

    name: str
    uid: int
    groups: tuple[int, ...]
    """The first is his own."""


def callers() -> list[User]:
    """Return those of CALLERS that this machine knows, with all their groups."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = []
    for name in CALLERS:
        if entry := known.get(name):
            others = sorted({group.gr_gid for group in grp.getgrall() if name in group.gr_mem} - {entry.pw_gid})
            found.append(User(name=name, uid=entry.pw_uid, groups=(entry.pw_gid, *others)))
    return found


def rights_problems(chosen: Filter, around: Edge, where: str, users: Sequence[User] | None = None) -> Iterator[Problem]:
    """Yield what USERS (default: `callers()`) can't do and have to, and what they can see and must not.

    Nothing is yielded where the one who asks is not root. WHERE is the configuration's path.
    """
    if os.geteuid() != 0:
        return
    quarantine = next(entry.plugin for entry in chosen.setup.registry.entries if entry.name == "quarantine")
    kept = str(getattr(quarantine, "path", ""))
    private = _private(chosen, kept)
    if around.service is not None:
        yield from _owners(around.service.socket, private)
    has_to = _asked(around, where, kept)
    for user in callers() if users is None else users:
        asked = dict.fromkeys(("run", "read", "connect", "write"), ()) if user.name == NOBODY else has_to
        hidden = [path for path in private if not _is_his(path, user)]
        said = _tried(user, {**asked, "hidden": hidden})
        yield from _problems(user, said)
        if user.groups[1:]:
            yield from _by_further_groups(user, said, _tried(replace(user, groups=user.groups[:1]), asked))


def _private(chosen: Filter, kept: str) -> list[str]:
    """Return the folders that hold mail, or what is believed of mail, as far as they are there."""
    paths = [kept]
    paths += [chosen.cache.folder] if chosen.cache is not None else []
    paths += [chosen.attempts.folder] if chosen.attempts is not None else []
    for entry in chosen.setup.registry.entries:
        paths += [str(getattr(entry.plugin, name, "")) for name in ("path", "outbox")]
    return [path for path in dict.fromkeys(paths) if os.path.isabs(path) and os.path.isdir(path)]


def _is_his(path: str, user: User) -> bool:
    """Whether PATH is of USER, or of a group that the site has put him into: who has to write there can read it."""
    found = os.stat(path)
    return found.st_uid == user.uid or found.st_gid in user.groups


def _asked(around: Edge, where: str, kept: str) -> dict[str, list[str]]:
    """Return which paths a caller has to be able to run, read, connect to and write."""
    asked: dict[str, list[str]] = {"run": [], "read": [], "connect": [], "write": []}
    service = around.service
    if service is not None:
        asked["connect"] = [service.socket]
        asked["run"] = [service.front] if service.front else []
    if service is None or not service.front or service.fallback == "in-process":
        asked["run"] += [wrapper_beside_us(), sys.executable]
        asked["read"] = [os.path.abspath(where)]
    if service is None or service.fallback == "in-process":
        asked["write"] = [os.path.join(kept, box, "new") for box in BOXES]
    return asked


def _tried(user: User, asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what a process of USER can't do of what is ASKED, and what it sees of what is hidden. Raises OSError."""
    answer, answering = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(user.groups)
            os.setgid(user.groups[0])
            os.setuid(user.uid)
            os.write(answering, json.dumps(_trial(asked)).encode())
        finally:
            os._exit(0)
    os.close(answering)
    with open(answer, "rb") as file:
        said = file.read(LONGEST_ANSWER)
    os.waitpid(child, 0)
    if not said:
        raise OSError(errno.EPERM, f"can't become user {user.name}")
    told: dict[str, list[str]] = json.loads(said)
    return told


def _trial(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {
        "run": [path for path in asked["run"] if not os.access(path, os.X_OK)],
        "read": [path for path in asked["read"] if not os.access(path, os.R_OK)],
        "connect": [path for path in asked["connect"] if not _connects(path)],
        "write": [path for path in asked["write"] if not _can_make(path)],
        "hidden": [path for path in asked.get("hidden", ()) if os.access(path, os.R_OK)],
    }


def _connects(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(path)
        except PermissionError:
            return False
        except OSError:
            return True  # nobody listens, or he is busy, which is told elsewhere
    return True


def _can_make(path: str) -> bool:
    while not os.path.lexists(path) and path != "/":
        path = os.path.dirname(path)
    return os.access(path, os.W_OK | os.X_OK)


def _problems(user: User, said: dict[str, list[str]]) -> Iterator[Problem]:
    wrongs = {
        "run": ("can't run", "let everybody read and run it, and search the folders above it"),
        "read": ("can't read", "let that user's group read it"),
        "connect": ("can't connect to", "the socket's mode is 0666; let everybody search the folders above it"),
        "write": ("can't keep copies in", "make the quarantine writable for a group that this user is in (mode 2770)"),
    }
    for name, (cannot, mend) in wrongs.items():
        if said[name]:
            yield _for(user, f"user {user.name} {cannot} {said[name][0]}", mend)
    for path in said["hidden"]:
        yield Problem(text=f"user {user.name} can read {path}, and so other people's mail", mend=f"chmod o= {path}")


def _by_further_groups(user: User, said: dict[str, list[str]], alone: dict[str, list[str]]) -> Iterator[Problem]:
    """Yield what USER can do, as is SAID, and can't ALONE, with no group but his own."""
    can = {"run": "run", "read": "read", "connect": "connect to", "write": "keep copies in"}
    for name, deed in can.items():
        if alone[name] and not said[name]:
            yield Problem(
                text=f"user {user.name} can {deed} {alone[name][0]} by a further group alone, "
                "and tcpserver and setuidgid give a process one group",
                mend="name that group in tcpserver's option -g, unless it does already",
                fatal=False,
            )


def _for(user: User, text: str, mend: str) -> Problem:
    usual = user.name == USUAL
    consequence = "his mail waits" if usual else "his mail waits, if QMAILQUEUE is set for him"
    return Problem(text=f"{text}; {consequence}", mend=mend, fatal=usual)


def _owners(path_of_socket: str, private: list[str]) -> Iterator[Problem]:
    """Hold the owners of what the service writes against its own user, who is the owner of its socket."""
    try:
        serving = os.stat(path_of_socket).st_uid
    except OSError:
        return  # that nobody listens is told elsewhere
    for path in private:
        owner = os.stat(path).st_uid
        if serving not in {0, owner}:
            text = f"{path} belongs to user {owner}, and the service runs as user {serving}"
            yield Problem(text=text, mend=f"chown -R {serving} {path}")
