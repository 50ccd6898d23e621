"""The process edge: how qsfilter stands in the place of qmail-queue."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from qsfilter.filter import Filter


def main(chosen: Filter | None = None) -> NoReturn:
    """Be qmail-queue for one message: filter it with CHOSEN, or with the configuration's filter.

    This process becomes the queue program, or ends with the exit code that says why not. Never raises or returns:
    Python's own way to the end would wait for threads and exit handlers of plugins, and could change the code.
    """
    from qsfilter.queue.wrapper import serve_one  # noqa: PLC0415 - so that importing this costs nothing

    os._exit(serve_one(chosen))
