"""Writes new files below a folder.

Guarantees: no file that is there is written over; where one can't be written, those that were are taken away again;
nobody but their owner may write them, as rules that others may write are refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def write(folder: str, files: Mapping[str, str]) -> None:
    """Write FILES (path below FOLDER → text), and make the folders they need.

    Raises FileExistsError where one of them is there already, and OSError.
    """
    made: list[str] = []
    try:
        for name, text in files.items():
            path = os.path.join(folder, name)
            _make_folder(os.path.dirname(path), made)
            with open(path, "x", encoding="utf-8", opener=_open) as file:
                made.append(path)
                file.write(text)
    except BaseException:
        for path in reversed(made):
            with contextlib.suppress(OSError):
                os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
        raise


def _open(path: str, flags: int) -> int:
    return os.open(path, flags, 0o644)


def refuse_existing(path: str) -> None:
    """Raise FileExistsError where there is something at PATH."""
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "is there already", path)


def _make_folder(folder: str, made: list[str]) -> None:
    """Make FOLDER and those above it, and note in MADE which were not there."""
    missing = []
    while folder and not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for one in reversed(missing):
        os.mkdir(one, 0o755)
        made.append(one)
