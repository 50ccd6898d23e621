"""Refuses what was typed and can't be meant."""

from __future__ import annotations

import os
import stat

from qsfilter.errors import QsfilterError


class UsageError(QsfilterError):
    """An argument that can't be meant; the text says which one and why."""

    exit = 2


def existing_folder(path: str) -> str:
    """Return PATH, a folder that an option names. Raises UsageError where there is none, which is no empty one."""
    try:
        is_folder = stat.S_ISDIR(os.stat(path).st_mode)
    except FileNotFoundError as error:
        raise UsageError(f"there is no folder {path}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', error)}") from error
    if not is_folder:
        raise UsageError(f"{path} is no folder")
    return path
