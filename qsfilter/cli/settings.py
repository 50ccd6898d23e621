"""The options that several commands share: which configuration, and for whom."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from qsfilter.config import built_in_default, load
from qsfilter.edge import DEFAULT_PATH, VARIABLE

if TYPE_CHECKING:
    import argparse

    from qsfilter.filter import Filter


def add_config(parser: argparse.ArgumentParser, otherwise: str) -> None:
    """Add `--config`; OTHERWISE says what is used without it."""
    parser.add_argument("--config", metavar="FILE", help=f"the configuration (default: ${VARIABLE}, else {otherwise})")


def told(error: Exception) -> str:
    """Return what ERROR says, and what to do where there is no configuration at all."""
    if str(error) != f"{DEFAULT_PATH}: {os.strerror(errno.ENOENT)}":
        return str(error)
    return f"{error}; qsfilter init writes one, and --config names another"


def filter_or_default(path: str | None) -> Filter:
    """Return the filter of the configuration, started: PATH, what the environment names, or the usual place.

    Where there is none, the built-in default.
    """
    there = path or os.environ.get(VARIABLE) or os.path.exists(DEFAULT_PATH)
    chosen = load(path) if there else built_in_default()
    chosen.start()
    return chosen
