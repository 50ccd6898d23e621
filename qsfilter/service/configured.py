"""The configuration of the service: read, tried, kept as the last good one, and made ready for workers.

Guarantees: a broken configuration leaves the one in force alone; at the start, the last good one of the same file takes
its place if it can be used, and the log says so; a copy is trusted only where it is this user's alone.
"""

from __future__ import annotations

import gc
import hashlib
import os
import pwd
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter import own_folder
from qsfilter.builtin.rule_set import for_mail
from qsfilter.config import from_source
from qsfilter.edge import Edge, Service, edge, parsed, read
from qsfilter.errors import ConfigError, QsfilterError
from qsfilter.maildir import write_all
from qsfilter.service.log import log
from qsfilter.service.warm import warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.edge import Source
    from qsfilter.filter import Filter

LARGEST = 1 << 20
"""Bytes of a configuration."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Configured:
    """A configuration that workers can be forked with."""

    source: Source
    chosen: Filter
    edge: Edge
    service: Service
    trusted: frozenset[int]


def ready(source: Source) -> Configured:
    """Make everything ready that workers with the configuration SOURCE need. Raises QsfilterError."""
    around = edge(source.table, source.path)
    chosen = from_source(source, for_mail)
    if chosen.transport is None:
        raise ConfigError(f"{source.path}: nothing says where mail goes; set deliver.qmail_queue or deliver.maildir")
    service = around.service or Service()
    warm(chosen)
    gc.collect()
    gc.freeze()  # what is here stays for ever, and a collection in a worker would write to shared pages
    return Configured(
        source=source, chosen=chosen, edge=around, service=service, trusted=frozenset(_numbers(service.trusted_callers))
    )


def load_at_start(path: str | None, folder: str) -> Configured:
    """Read the configuration at PATH, or the copy of its last good version in FOLDER. Raises QsfilterError."""
    try:
        return _usable(lambda: read(path))
    except QsfilterError as error:
        broken = error
    from qsfilter.edge import DEFAULT_PATH, VARIABLE  # noqa: PLC0415 - rare

    where = path or os.environ.get(VARIABLE) or DEFAULT_PATH
    text = _kept(where, folder)
    if text is None:
        raise broken
    try:
        found = _usable(lambda: parsed(text, where))
    except QsfilterError:  # as where a plugin's package is gone, which is no matter of what the file says
        log(f"the last good version, which {folder} keeps, can't be used either")
        raise broken from None
    log(f"{broken}; the last good version goes on, which {folder} keeps")
    return found


def _usable(source: Callable[[], Source]) -> Configured:
    """Make ready what SOURCE reads. Raises QsfilterError whatever is wrong."""
    try:
        return ready(source())
    except QsfilterError:
        raise
    except (Exception, SystemExit) as error:  # a plugin may do anything when it is imported
        raise ConfigError(f"the configuration can't be used: {type(error).__name__}: {error}") from error


def keep(found: Configured, folder: str) -> None:
    """Keep a copy of what is good in FOLDER; where that fails, it is good all the same."""
    try:
        descriptor = own_folder.opened(folder)
        try:
            name = _name(found.source.path)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            file = own_folder.opened_file(descriptor, f"{name}.new", flags)
            try:
                write_all(file, found.source.text)
                os.fsync(file)
            finally:
                os.close(file)
            os.rename(f"{name}.new", name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        log(f"the configuration is not kept as the last good one in {folder}: {error.strerror}")


def _kept(path: str, folder: str) -> bytes | None:
    """Return the copy of the last good version of PATH, if FOLDER has one that can be trusted."""
    if not os.path.isdir(folder):
        return None
    try:
        descriptor = own_folder.opened(folder)
        try:
            file = own_folder.opened_file(descriptor, _name(path), os.O_RDONLY)
            try:
                return os.read(file, LARGEST)
            finally:
                os.close(file)
        finally:
            os.close(descriptor)
    except OSError:
        return None


def _name(path: str) -> str:
    return f"last-good-{hashlib.sha256(os.path.abspath(path).encode()).hexdigest()[:16]}.toml"


def _numbers(users: tuple[str, ...]) -> list[int]:
    """Return the numbers of USERS; one that this machine does not know is nobody."""
    found = []
    for user in users:
        try:
            found.append(int(user) if user.isdigit() else pwd.getpwnam(user).pw_uid)
        except KeyError:
            continue
    return found
