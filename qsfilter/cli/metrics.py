"""print counters and latencies as OpenMetrics, or write them for a textfile collector

examples: qsfilter metrics
          qsfilter metrics --textfile /var/lib/node-exporter/qsfilter.prom
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from qsfilter.openmetrics import openmetrics, prometheus
from qsfilter.store import Store

if TYPE_CHECKING:
    import argparse

DEFAULT_FOLDER = "/var/spool/qsfilter/metrics"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--path", metavar="FOLDER", default=DEFAULT_FOLDER, help="the counters (default: %(default)s)")
    parser.add_argument("--textfile", metavar="FILE", help="write this file, whole or not at all, and print nothing")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the counters; return 1 where they can't be read. Raises OSError where FILE can't be written."""
    if not os.path.isdir(arguments.path):  # asking would make it, and then it would be ours and not the filter's
        print(
            f"qsfilter metrics: {arguments.path}: no counters yet; see [metrics] of the configuration", file=sys.stderr
        )
        return 1
    store = Store(arguments.path, durable=False)
    tallies = store.tallies()
    store.close()
    if tallies is None:
        print(f"qsfilter metrics: {store.take_trouble()}", file=sys.stderr)
        return 1
    if arguments.textfile is None:
        sys.stdout.write(openmetrics(tallies))
    else:
        replace_file(arguments.textfile, prometheus(tallies).encode())
    return 0


def replace_file(path: str, content: bytes) -> None:
    """Put CONTENT at PATH in one step, readable by all. Raises OSError, and then PATH is as before."""
    begun = f"{path}.{os.getpid()}.{os.urandom(4).hex()}"  # collectors read names that end in .prom
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o644)
            file.write(content)
        os.replace(begun, path)
    except BaseException:
        os.unlink(begun)
        raise
