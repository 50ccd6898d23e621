"""Answers to the flags of qmail-scanner-queue.pl, for cron jobs and scripts that call the queue wrapper with them.

Guarantees: where descriptor 1 can only be read there is an envelope to come, and no argument is looked at; what another
process may still be writing is not removed.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

from qsfilter.builtin.rule_set import for_check
from qsfilter.config import from_source
from qsfilter.edge import read
from qsfilter.errors import ConfigError, QsfilterError
from qsfilter.held import removal
from qsfilter.legacy import Rules
from qsfilter.legacy import read as read_rules
from qsfilter.transport import Maildir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsfilter.filter import Filter

HELP = """\
usage: qsfilter-queue [-v | -h | -g | -r | -z]

Without a flag it is qmail-queue: the message on descriptor 0, the envelope on descriptor 1.

  -v  versions of the filter, of its plugins and of their signatures
  -h  this help
  -g  read the rule files and say how many rules they have, or which lines are wrong; nothing has to be generated
  -r  print the rules of the rule files
  -z  remove what dead processes have left behind, and print the versions

All else is asked of `qsfilter`; see qsfilter --help."""
FLAGS = frozenset("vhgrz")
WRONG_USAGE = 2
DEPTH = 4
"""Folders below the path of a plugin in which maildirs are looked for."""
_OURS = re.compile(r"\.[0-9a-f]{16}\Z")
"""How a name in `tmp` ends that `maildir` has made."""


def is_meant(arguments: Sequence[str]) -> bool:
    """Whether ARGUMENTS are flags to be answered; not where descriptor 1 is for reading, as under qmail-smtpd."""
    if not arguments:
        return False
    try:
        return fcntl.fcntl(1, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
    except OSError:  # it is closed, which the wrapper answers
        return False


def answer(arguments: Sequence[str]) -> int:
    """Do what the flags in ARGUMENTS say; return the exit code: 0, 1 (something is wrong), 2 (wrong usage) or 55."""
    flags = "".join(argument.removeprefix("-") for argument in arguments)
    if not flags or not set(flags) <= FLAGS or not all(argument.startswith("-") for argument in arguments):
        print(HELP, file=sys.stderr)
        return WRONG_USAGE
    try:
        return max([_answer(flag) for flag in dict.fromkeys(flags)])
    except QsfilterError as error:
        print(f"qsfilter-queue: {error}", file=sys.stderr)
        return error.exit
    except OSError as error:
        print(f"qsfilter-queue: {error.filename or 'error'}: {error.strerror or error}", file=sys.stderr)
        return 1


def _answer(flag: str) -> int:
    if flag == "h":
        print(HELP)
        return 0
    chosen = from_source(read(), for_check)
    if flag in "gr":
        return _rules(chosen, listed=flag == "r")
    if flag == "z":
        _clean(chosen)
    chosen.start()
    _versions(chosen)
    return 0


def _versions(chosen: Filter) -> None:
    print(f"qsfilter {version('qsfilter')}")
    for about in chosen.setup.about:
        age = "" if about.age is None else f" ({about.age / 86400:.1f} days old)"
        print(f"{about.name} {about.version} {about.signatures}".rstrip() + age)


def _rules(chosen: Filter, *, listed: bool) -> int:
    """Count or list the rules of every rule file that a plugin reads. Raises ConfigError, which names bad lines."""
    paths: dict[str, None] = {}
    for entry in chosen.setup.registry.entries:
        given = getattr(entry.plugin, "legacy", ())
        paths.update(dict.fromkeys((given,) if isinstance(given, str) else given))
    if not paths:
        print("no plugin reads a rule file of Qmail-Scanner; see the option `legacy` of attachments and headers")
    wrong = 0
    for path in paths:
        try:
            rules = read_rules(path)
        except ConfigError as error:
            print(error, file=sys.stderr)
            wrong = 1
            continue
        if listed:
            print("\n".join(_lines(rules)))
        else:
            print(f"{path}: {len(rules.attachments)} rules on names, {len(rules.headers)} on header fields")
    return wrong


def _lines(rules: Rules) -> Iterator[str]:
    for one in rules.attachments:
        size = "SIZE=-1" if one.size is None else f"SIZE={one.size}"
        yield f"{one.name or one.extension}\t{size}\t{one.description}"
    for rule in rules.headers:
        kind = "Virus" if rule.kind == "malware" else "Policy"
        yield f"{rule.pattern.decode('utf-8', 'backslashreplace')}\t{kind}-{rule.field}:\t{rule.description}"


def _clean(chosen: Filter) -> None:
    """Remove files in `tmp` folders of maildirs that are so old that no process can still be writing them."""
    now = time.time()
    removed = 0
    for entry in chosen.setup.registry.entries:
        path = getattr(entry.plugin, "path", "")
        if entry.name == "quarantine":
            removed += sum(removal.remove_stray(path, box, name) for box, name, _ in removal.strays(path, now))
        elif isinstance(path, str) and os.path.isabs(path):
            removed += sum(_removed(box, now) for box in _maildirs(path, DEPTH))
    if isinstance(chosen.transport, Maildir):
        removed += _removed(chosen.transport.path, now)
    print(f"removed {removed} files that dead processes had left")


def _maildirs(path: str, depth: int) -> Iterator[str]:
    """Yield PATH and the folders below it that are maildirs, at most DEPTH down; symbolic links are not followed."""
    if all(os.path.isdir(os.path.join(path, folder)) for folder in ("tmp", "new", "cur")):
        yield path
        return
    if depth and os.path.isdir(path):
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                yield from _maildirs(entry.path, depth - 1)


def _removed(box: str, now: float) -> int:
    """Remove what is old in `tmp` of the maildir BOX and was made by us; return how many files."""
    folder = os.path.join(box, "tmp")
    if not os.path.isdir(folder):
        return 0
    removed = 0
    for entry in os.scandir(folder):
        try:
            found = entry.stat(follow_symlinks=False)
            old = now - found.st_mtime > removal.STRAY_SECONDS
            if old and stat.S_ISREG(found.st_mode) and _OURS.search(entry.name):
                os.unlink(entry.path)
                removed += 1
        except FileNotFoundError:
            continue  # another process has renamed or removed it
    return removed
