"""Reads the file of allow entries beside the configuration, and adds those of `quarantine release --allow` to it.

Guarantees: the file is whole at every moment, for whoever reads it and after a crash; of two who add at the same time
both entries are there; whoever could read it, or the configuration, can read it afterwards; nothing in it silences
malware, because others than the configuration's owner can write it.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import suppress
from typing import Any

from qsfilter.errors import ConfigError
from qsfilter.maildir import write_all

LARGEST = 1 << 22
"""Bytes; some ten thousand entries."""
READABLE = 0o644
"""What a file that is made has of the configuration's mode; later mode, group and owner are those it has."""
WAIT_SECONDS = 10.0
PAUSE_SECONDS = 0.01


def tables_in(path: str) -> list[dict[str, Any]]:
    """Return the tables `[[allow]]` of the file at PATH; none where it does not exist. Raises ConfigError."""
    try:
        return _tables(_read(path), path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def add_entry(path: str, entry: str, configuration: str) -> None:
    """Add ENTRY, a table `[[allow]]`, to the file at PATH, durably.

    One that is made can be read by those who can read the file CONFIGURATION. Raises OSError, and ConfigError where
    what is there, or ENTRY, can't stand in such a file.
    """
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(folder)
        old = _read(path)
        text = (old if old.endswith(b"\n") or not old else old + b"\n") + entry.encode()
        _tables(text, path)
        _replace(path, text, configuration)
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except FileNotFoundError:
        return b""


def _tables(text: bytes, path: str) -> list[dict[str, Any]]:
    import tomllib  # noqa: PLC0415 - most sites have no such file

    if len(text) > LARGEST:
        raise ConfigError(f"{path}: has more than {LARGEST} bytes")
    try:
        whole = tomllib.loads(text.decode())
    except (ValueError, RecursionError) as error:  # of ValueError, TOMLDecodeError and UnicodeDecodeError
        raise ConfigError(f"{path}: {error}") from error
    tables = whole.get("allow", [])
    if whole.keys() - {"allow"} or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ConfigError(f"{path}: takes tables with the heading [[allow]], and nothing else")
    for number, table in enumerate(tables, 1):
        given = table.get("silence")
        if any(str(one).startswith("malware") for one in (given if isinstance(given, list) else [given])):
            raise ConfigError(f"{path}: allow[{number}].silence: malware is silenced in the configuration itself only")
    return tables


def _replace(path: str, text: bytes, configuration: str) -> None:
    """Put TEXT in the place of the file at PATH, for the same readers; at first for those of the CONFIGURATION."""
    new = f"{path}.{os.urandom(8).hex()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        there = os.path.exists(path)
        like = os.stat(path if there else configuration)
        mode = like.st_mode & (0o777 if there else READABLE)
        if os.geteuid() == 0:
            os.fchown(descriptor, os.stat(path if there else os.path.dirname(path)).st_uid, like.st_gid)
        elif not mode & stat.S_IROTH:
            os.fchown(descriptor, -1, like.st_gid)  # mail waits for whoever can't read it, so not without that
        os.fchmod(descriptor, mode)
        write_all(descriptor, text)
        os.fsync(descriptor)
        os.rename(new, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(new)
        raise
    finally:
        os.close(descriptor)


def _lock(folder: int) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(PAUSE_SECONDS)
