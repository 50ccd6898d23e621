"""Finds what can be replayed: the units of a corpus, each read at once, and the cases in each.

Guarantees: sorted, so that every run has one order; a unit is found without reading its messages; what can't be read is
a case that says so; no compiled file is left beside a module.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from qsfilter.replay.expectations import EXPECT
from qsfilter.replay.mbox import MboxMessage, is_mbox, messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CONFIG = "qsfilter.toml"
"""The configuration that a corpus may bring along."""
FORMS = {b"\n": "LF", b"\r\n": "CRLF"}
AS_IT_CAME = "as it came"
MESSAGE, MODULE = ".eml", ".py"
MAILDIR = ("new", "cur")


class CorpusError(Exception):
    """A corpus that can't be read, or holds no case; no QsfilterError, because no mail ever waits for one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One message in one form, or the reason why there is none."""

    name: str
    """The path in the corpus without its suffix, and `:` with the name of the message where a module has several."""
    form: str
    """`LF`, `CRLF`, or `as it came`."""
    build: Callable[[], bytes]
    """Returns the message; raises what the case's module raises, and OSError."""
    expect: str
    """The path of NAME.expect, or of the one file of expectations beside a mailbox."""
    mailbox: bool = False
    """It was delivered: its envelope is in its trace fields, its expectation under its SHA-256."""
    from_line: bytes = b""
    """The line that stood above it in an mbox."""
    error: str = ""
    """Why the case can't be read."""

    def __str__(self) -> str:
        """Name and form, as `001a-two-codings CRLF`."""
        return f"{self.name} {self.form}".rstrip()

    def without_message(self) -> Case:
        """Return it as it can be sent to another process, in which it can't be built again."""
        return replace(self, build=built_elsewhere)


def built_elsewhere() -> bytes:
    """Refuse: the message of a case that was examined in another process is there."""
    raise CorpusError("the message was built in another process")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What is read at once: a saved message, a module that builds some, a message in a mailbox."""

    name: str
    """As in Case, without the name of a message in a module."""
    path: str
    expect: str
    mailbox: bool = False
    place: MboxMessage | None = None
    """Where it lies in an mbox."""

    @property
    def is_module(self) -> bool:
        """Whether it is a module, with any number of cases, and no message."""
        return self.path.endswith(MODULE) and not self.mailbox

    def cases(self) -> Iterator[Case]:
        """Yield the cases in it; a module is run."""
        if self.is_module:
            yield from _module_cases(self)
            return
        line, error = b"", ""
        build: Callable[[], bytes] = partial(_read, self.path)
        if self.place is not None:
            build = self.place.message
            try:
                line = self.place.from_line()
            except OSError as trouble:
                error = f"can't be read: {trouble.strerror}"
        yield Case(
            name=self.name,
            form=AS_IT_CAME,
            build=build,
            expect=self.expect,
            mailbox=self.mailbox,
            from_line=line,
            error=error,
        )


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def cases(corpus: str) -> Iterator[Case]:
    """Yield every case of CORPUS, sorted by name, each still to be built. Raises CorpusError if it can't be read."""
    for unit in units(corpus):
        yield from unit.cases()


def units(corpus: str, *, mboxo: bool = False) -> Iterator[Unit]:
    """Yield the units of CORPUS, sorted by name. Raises CorpusError if it can't be read.

    CORPUS is a folder, a maildir, an mbox file (by its first line; MBOXO: only `>From ` is quoted in it), a message or
    a module.
    """
    try:
        if not os.path.isdir(corpus):
            yield from _file(corpus, once=mboxo)
        elif all(os.path.isdir(os.path.join(corpus, folder)) for folder in MAILDIR):
            yield from _maildir(corpus)
        else:
            for stem, suffix in _files(corpus, ""):
                path = os.path.join(corpus, stem)
                yield Unit(name=stem, path=path + suffix, expect=path + EXPECT)
    except OSError as error:
        raise CorpusError(f"{error.filename or corpus}: {error.strerror}") from error


def has_expectations(corpus: str) -> bool:
    """Whether somebody has said anything of what is expected in CORPUS. Raises CorpusError."""
    return any(os.path.exists(unit.expect) for unit in units(corpus))


def _file(path: str, *, once: bool) -> Iterator[Unit]:
    stem, suffix = os.path.splitext(path)
    if suffix in {MESSAGE, MODULE} or not is_mbox(path):
        known = suffix in {MESSAGE, MODULE}
        os.stat(path)  # one that is not there is no case
        yield Unit(name=stem if known else path, path=path, expect=(stem if known else path) + EXPECT)
        return
    name = os.path.basename(path)
    for number, place in enumerate(messages(path, once=once), 1):
        yield Unit(name=f"{name}:{number}", path=path, expect=path + EXPECT, mailbox=True, place=place)


def _maildir(corpus: str) -> Iterator[Unit]:
    """Yield the messages of the maildir; flags, which change, are no part of their names."""
    found = [
        (entry.partition(":2,")[0], os.path.join(corpus, folder, entry))
        for folder in MAILDIR
        for entry in os.listdir(os.path.join(corpus, folder))
        if not entry.startswith(".")
    ]
    expect = corpus.rstrip("/") + EXPECT
    for name, path in sorted(found):
        yield Unit(name=name, path=path, expect=expect, mailbox=True)


def _files(folder: str, inside: str) -> Iterator[tuple[str, str]]:
    """Yield the cases below FOLDER/INSIDE: path below FOLDER without suffix, and suffix."""
    for entry in sorted(os.listdir(os.path.join(folder, inside))):
        path = os.path.join(inside, entry)
        stem, suffix = os.path.splitext(path)
        if entry.startswith(("_", ".")):
            continue
        if os.path.isdir(os.path.join(folder, path)):
            yield from _files(folder, path)
        elif suffix in {MESSAGE, MODULE}:
            yield stem, suffix


def _module_cases(unit: Unit) -> Iterator[Case]:
    try:
        module = _run(unit.path)
        given: Mapping[str, Callable[[bytes], bytes]] = module.get("MESSAGES") or {"": module["build"]}
        builders = [(f"{unit.name}:{key}" if key else unit.name, build) for key, build in given.items()]
        forms = {newline: FORMS[newline] for newline in module.get("NEWLINES", FORMS)}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the corpus is somebody's program
        why = f"can't be read: {type(error).__name__}: {error}"
        yield Case(name=unit.name, form="", build=bytes, expect=unit.expect, error=why)
        return
    for name, build in builders:
        for newline, form in forms.items():
            yield Case(name=name, form=form, build=partial(build, newline), expect=unit.expect)


def _run(path: str) -> dict[str, Any]:
    """Run the module at PATH, leaving no compiled file beside it, and return its names."""
    with open(path, "rb") as file:
        source = file.read()
    names: dict[str, Any] = {"__name__": os.path.basename(path), "__file__": path}
    exec(compile(source, path, "exec"), names)  # noqa: S102 - a case is a program
    return names
