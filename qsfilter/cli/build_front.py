"""build the front: a small C program that takes qmail-queue's place and asks the service

Paths and limits of the configuration are compiled in, so that the front reads no file; build it anew when deliver,
service.socket, service.fallback or limits change. It needs a C compiler; qsfilter-queue does the same without one.

example: qsfilter build-front --to /opt/qsfilter/bin/qsfilter-front
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config
from qsfilter.edge import DEFAULT_PATH, edge, read
from qsfilter.errors import ConfigError
from qsfilter.queue.alarm import GRACE_SECONDS
from qsfilter.queue.front import LONGEST_SECONDS, Settings, build
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    import argparse

    from qsfilter.edge import Edge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "--to", metavar="PATH", default="", help="where the front is put, in one rename (default: service.front)"
    )
    parser.add_argument(
        "--cc", metavar="COMPILER", default="", help="the C compiler (default: $CC, else the first of cc, gcc, clang)"
    )
    parser.add_argument(
        "--wrapper",
        metavar="PATH",
        default=wrapper_beside_us(),
        help="the queue wrapper for fallback = in-process (default: the one beside this Python)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    add_config(parser, DEFAULT_PATH)


def run(arguments: argparse.Namespace) -> int:
    """Build the front and say where it is; return 0. Raises ConfigError."""
    wrapper = os.path.abspath(arguments.wrapper)
    source = read(arguments.config)
    around = edge(source.table, source.path)
    to = arguments.to or (around.service.front if around.service else "")
    if not to:
        raise ConfigError("where shall the front be put? set service.front, or say --to PATH")
    if os.path.exists(to) and os.path.exists(wrapper) and os.path.samefile(to, wrapper):
        raise ConfigError(f"{to} is the queue wrapper; name another place for the front")
    build(settings_of(around, source.path, wrapper), to, arguments.cc)
    print(json.dumps({"front": to}) if arguments.json else f"{to} is built; let QMAILQUEUE name it")
    return 0


def wrapper_beside_us() -> str:
    """Return the path of the queue wrapper that was installed with this Python."""
    return os.path.join(os.path.dirname(sys.executable), "qsfilter-queue")


def settings_of(around: Edge, where: str, wrapper: str) -> Settings:
    """Return the settings of a front for the edge AROUND of the configuration WHERE.

    WRAPPER is the queue wrapper to fall back to. Raises ConfigError where there is no service or no queue program.
    """
    if around.service is None:
        raise ConfigError(f"{where}: there is no table [service], so nobody would answer a front")
    if not isinstance(around.transport, QmailQueue):
        raise ConfigError(f"{where}: the front hands over to a queue program; set deliver.qmail_queue")
    if around.service.fallback == "defer":
        fallback: tuple[str, ...] = ()
    elif os.access(wrapper, os.X_OK):
        fallback = (wrapper,)
    else:
        raise ConfigError(f"service.fallback: the queue wrapper {wrapper} can't be run; name it with --wrapper")
    return Settings(
        queue=around.transport.program,
        socket=around.service.socket,
        reply=around.reply,
        fallback=fallback,
        seconds=min(around.limits.seconds + GRACE_SECONDS, LONGEST_SECONDS),
        envelope_bytes=around.limits.envelope_bytes,
    )
