"""examine mail for the front: keep warm workers behind a socket, in the foreground, until told to stop

SIGHUP takes over a new configuration, SIGTERM ends when all that is in hand is done.

example: qsfilter serve --config /etc/qsfilter/qsfilter.toml
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config
from qsfilter.edge import DEFAULT_PATH

if TYPE_CHECKING:
    import argparse

LAST_GOOD = "/var/spool/qsfilter/service"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    add_config(parser, DEFAULT_PATH)
    parser.add_argument(
        "--last-good",
        metavar="FOLDER",
        default=LAST_GOOD,
        help=f"keeps the last good configuration for a start with a broken one; default {LAST_GOOD}",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal says otherwise, and return 0. Raises QsfilterError where that can't begin or go on.

    With the master its workers end, and whoever waits for an answer is told to try again later.
    """
    from qsfilter.errors import DeliveryError  # noqa: PLC0415 - no other command needs these
    from qsfilter.service.master import Master  # noqa: PLC0415 - as above

    try:
        return Master(arguments.config, arguments.last_good).run()
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        raise DeliveryError(f"the service ends: {where}{error.strerror or error}") from error
