"""Reads what the process edge has to know before there is a Filter: queue program, reply dialect, service, limits.

Guarantee: nothing of plugins, rules or policy is looked at, so that a queue wrapper that only asks the service, and the
one who builds the front, pay for none of it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from qsfilter import options
from qsfilter.errors import ConfigError
from qsfilter.limits import MIB, Limits
from qsfilter.tables import choice, count, table
from qsfilter.transport import Maildir, QmailQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "QSFILTER_CONFIG"
DEFAULT_PATH = "/etc/qsfilter/qsfilter.toml"
REPLIES = ("plain", "notqmail", "curti", "sagredo", "indimail")
FALLBACKS = ("defer", "in-process")
LONGEST_SOCKET = 100


class Source(NamedTuple):
    """A configuration as it was read."""

    table: Mapping[str, Any]
    path: str
    digest: str
    """SHA-256 of the file, hexadecimal."""
    text: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """The table `[service]`: what `qsfilter serve` is, and how those who ask it find it."""

    socket: str = "/run/qsfilter/qsfilter.sock"
    workers: int = 8
    waiting: int = 8
    """Messages that may wait for a worker; the next one is told to come again."""
    front: str = ""
    """Where `qsfilter build-front` puts the front, and `qsfilter check` looks at it; empty where there is none."""
    fallback: str = "defer"
    """Where no service is there: `defer`, or `in-process`, which is what `qsfilter-queue` does without a service."""
    trusted_callers: tuple[str, ...] = ("root", "qmaild")
    """Users (names or numbers) whose RELAYCLIENT, TCPREMOTE* and switches count."""
    messages: int = 10_000
    """After so many a worker is replaced."""
    grown_bytes: int = 64 * MIB
    """After its memory has grown by so much, too."""
    held_bytes: int = 512 * MIB
    """Size of all messages that are examined at one time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """What stands around the filter."""

    transport: QmailQueue | Maildir | None
    reply: str
    """Dialect of the answer (`queue.contract.DIALECTS`)."""
    service: Service | None
    limits: Limits


def read(path: str | None = None) -> Source:
    """Read the file at PATH, else the one that QSFILTER_CONFIG names, else /etc/qsfilter/qsfilter.toml.

    Raises ConfigError (exit code 55) where it can't be read or is no TOML.
    """
    chosen = path or os.environ.get(VARIABLE) or DEFAULT_PATH
    try:
        with open(chosen, "rb") as file:
            text = file.read()
    except OSError as error:
        raise ConfigError(f"{chosen}: {error.strerror}") from error
    return parsed(text, chosen)


def parsed(text: bytes, path: str) -> Source:
    """Parse TEXT, which is the configuration at PATH. Raises ConfigError."""
    import tomllib  # noqa: PLC0415 - a wrapper that is written in Python needs none

    try:
        return Source(tomllib.loads(text.decode()), path, hashlib.sha256(text).hexdigest(), text)
    except (ValueError, RecursionError) as error:  # of ValueError, TOMLDecodeError and UnicodeDecodeError
        raise ConfigError(f"{path}: {error}") from error


def edge(whole: Mapping[str, Any], where: str) -> Edge:
    """Read the edge out of the configuration WHOLE, which came from the file WHERE. Raises ConfigError."""
    deliver = table(whole, "deliver", where, ("qmail_queue", "maildir", "reply"))
    return Edge(
        transport=_transport(deliver, where),
        reply=choice(deliver.get("reply", "plain"), REPLIES, f"{where}: deliver.reply"),
        service=_service(whole, where),
        limits=_limits(table(whole, "limits", where), where),
    )


def _transport(deliver: Mapping[str, Any], where: str) -> QmailQueue | Maildir | None:
    queue, maildir = deliver.get("qmail_queue"), deliver.get("maildir")
    if queue is not None and maildir is not None:
        raise ConfigError(f"{where}: deliver: set qmail_queue or maildir, not both")
    if maildir is not None:
        return Maildir(path=options.checked(maildir, str, f"{where}: deliver.maildir"))
    if queue is None:
        return None
    program = (
        (queue,) if isinstance(queue, str) else options.checked(queue, tuple[str, ...], f"{where}: deliver.qmail_queue")
    )
    if not program or not os.path.isabs(program[0]):
        raise ConfigError(f"{where}: deliver.qmail_queue: takes an absolute path, with arguments behind it in a list")
    return QmailQueue(program=program)


def _service(whole: Mapping[str, Any], where: str) -> Service | None:
    if "service" not in whole:
        return None
    given = table(whole, "service", where, tuple(field.name for field in fields(Service)))
    place = f"{where}: service"
    values: dict[str, Any] = {
        key: count(given[key], f"{place}.{key}")
        for key in ("workers", "waiting", "messages", "grown_bytes", "held_bytes")
        if key in given
    }
    for key in ("socket", "front"):
        if key in given:
            values[key] = options.checked(given[key], str, f"{place}.{key}")
            if not os.path.isabs(values[key]):
                raise ConfigError(f"{place}.{key}: takes an absolute path")
    if len(os.fsencode(values.get("socket", ""))) > LONGEST_SOCKET:
        raise ConfigError(f"{place}.socket: takes a path of at most {LONGEST_SOCKET} bytes, as sockets have them")
    if "fallback" in given:
        values["fallback"] = choice(given["fallback"], FALLBACKS, f"{place}.fallback")
    if "trusted_callers" in given:
        values["trusted_callers"] = options.checked(
            given["trusted_callers"], tuple[str, ...], f"{place}.trusted_callers"
        )
    return Service(**values)


def _limits(given: Mapping[str, Any], where: str) -> Limits:
    known = {field.name: float if field.name == "seconds" else int for field in fields(Limits)}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise options.unknown_key(f"{where}: limits", key, known)
        values[key] = options.checked(value, known[key], f"{where}: limits.{key}")
        if not 1 <= values[key] < float("inf"):
            raise ConfigError(f"{where}: limits.{key}: takes a number from 1 up")
    return Limits(**values)
