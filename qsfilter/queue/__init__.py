"""The process edge: how qsfilter stands in the place of qmail-queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter.filter import Filter


def main(chosen: Filter | None = None) -> int:
    """Be qmail-queue for one message: filter it with CHOSEN, or with the configuration's filter.

    Returns the exit code where the message was not handed to a queue program; does not return where it was, because
    this process has then become that program. Never raises.
    """
    from qsfilter.queue.wrapper import serve_one  # noqa: PLC0415 - so that importing this costs nothing

    return serve_one(chosen)
