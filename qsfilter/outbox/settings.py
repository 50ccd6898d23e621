"""Reads the table `[outbox]`: where mails of our own wait, and how they are sent.

Guarantee: nothing is looked for on the machine, and nothing is imported that only sending needs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter import options
from qsfilter.errors import ConfigError
from qsfilter.tables import positive, table
from qsfilter.transport import QmailQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter.deliver import Transport
    from qsfilter.outbox.ways import Way


WAYS = ("qmail_queue", "qmail_inject", "sendmail", "smtp")


@dataclass(frozen=True, kw_only=True)
class Outbox:
    """The table, read."""

    path: str
    by: str = ""
    """How mails are sent, one of `WAYS`; empty where mail goes to a maildir, or nowhere, and the table says nothing."""
    to: tuple[str, ...] = ()
    """The program with its arguments, or host and port."""
    timeout: float = 60.0
    """Seconds for one try."""
    give_up_days: float = 7.0


def read_outbox(whole: Mapping[str, Any], where: str, quarantine: str, transport: Transport | None) -> Outbox:
    """Read it from the configuration WHOLE, which came from WHERE; the outbox lies beside the QUARANTINE by default.

    TRANSPORT is where mail goes; if it is a queue program, our own mails go there, too. Raises ConfigError.
    """
    given = table(whole, "outbox", where, ("path", *WAYS, "timeout", "give_up_days"))
    place = f"{where}: outbox"
    by, to = _way(given, place, transport)
    beside = os.path.join(os.path.dirname(quarantine.rstrip("/")), "outbox")
    return Outbox(
        path=options.checked(given.get("path", beside), str, f"{place}.path"),
        by=by,
        to=to,
        timeout=positive(given.get("timeout", 60.0), f"{place}.timeout"),
        give_up_days=positive(given.get("give_up_days", 7.0), f"{place}.give_up_days"),
    )


def require_way(outbox: Outbox, where: str) -> None:
    """Raise ConfigError naming WHERE if nothing says how the mails of OUTBOX are sent."""
    if not outbox.by:
        raise ConfigError(
            f"{where}: nothing says how mails of our own are sent, as no deliver.qmail_queue does; "
            "set outbox.smtp, outbox.sendmail, outbox.qmail_inject or outbox.qmail_queue"
        )


def way_of(outbox: Outbox) -> Way:
    """Return how the mails of OUTBOX are sent, which says it (`require_way`)."""
    from qsfilter.outbox import ways  # noqa: PLC0415 - the wrapper reads the table for each message, and sends nothing

    if outbox.by == "smtp":
        host, port = outbox.to
        return ways.BySmtp(host=host, port=int(port), timeout=outbox.timeout)
    if outbox.by == "qmail_queue":
        return ways.ByQueue(queue=QmailQueue(program=outbox.to))
    return ways.by_inject(outbox.to) if outbox.by == "qmail_inject" else ways.by_sendmail(outbox.to)


def _way(given: Mapping[str, Any], place: str, transport: Transport | None) -> tuple[str, tuple[str, ...]]:
    said = [key for key in WAYS if key in given]
    if len(said) > 1:
        raise ConfigError(f"{place}: set one of {', '.join(WAYS)}, not {' and '.join(said)}")
    if not said:
        return ("qmail_queue", transport.program) if isinstance(transport, QmailQueue) else ("", ())
    key, value = said[0], given[said[0]]
    if key == "smtp":
        return key, _server(value, f"{place}.smtp")
    program = (value,) if isinstance(value, str) else options.checked(value, tuple[str, ...], f"{place}.{key}")
    if not program or not os.path.isabs(program[0]):
        raise ConfigError(f"{place}.{key}: takes an absolute path, with arguments behind it in a list")
    return key, program


def _server(value: object, where: str) -> tuple[str, str]:
    text: str = options.checked(value, str, where)
    host, _, port = text.rpartition(":")
    if not host.strip("[]") or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise ConfigError(f'{where}: takes a host and a port, as "127.0.0.1:25", not {value!r}')
    return host.strip("[]"), port
