"""say what would become of saved messages, and why

Parses, unpacks, scans and decides as the queue would, and delivers nothing.

example: qsfilter explain --config /etc/qsfilter/qsfilter.toml message.eml
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.explanation import explanation, in_colour, plainly
from qsfilter.cli.settings import add_config, filter_or_default
from qsfilter.cli.terminal import columns, takes_colour
from qsfilter.edge import DEFAULT_PATH
from qsfilter.model import Client, Envelope
from qsfilter.names import shown
from qsfilter.report import as_dict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

STDIN = "-"
UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a message as it came; - for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
    parser.add_argument("--trace", action="store_true", help="show every call of every hook, and every vote")
    add_config(parser, f"{DEFAULT_PATH}, else a built-in one: EICAR rule, default extensions, every unpacker")
    parser.add_argument("--sender", default="", metavar="ADDRESS", help="the envelope sender")
    parser.add_argument(
        "--recipient", action="append", metavar="ADDRESS", help="an envelope recipient; may be repeated"
    )
    parser.add_argument("--client-ip", default="127.0.0.1", metavar="IP", help="where the message comes from")


def run(arguments: argparse.Namespace) -> int:
    """Explain each file; return 2 where one can't be read, else 1 where one would not be delivered, else 0."""
    chosen = filter_or_default(arguments.config)
    recipients = arguments.recipient or ["postmaster@localhost"]
    envelope = Envelope(sender=_bytes(arguments.sender), recipients=tuple(_bytes(rcpt) for rcpt in recipients))
    client = Client(ip=arguments.client_ip)
    paint = _painter()
    worst = 0
    for file in arguments.files:
        try:
            raw = _read(file)
        except OSError as error:
            worst = UNREADABLE
            _say_unreadable(file, error.strerror or str(error), json_wanted=arguments.json)
            continue
        report = chosen.examine(raw, envelope, client)
        worst = max(worst, int(str(report.decision.action) != "accept"))
        if arguments.json:
            print(json.dumps({"file": file, **as_dict(report)}))
        else:
            legacy = chosen.setup.headers
            told = explanation(
                file,
                report,
                raw,
                dialect=chosen.reply,
                trace=arguments.trace,
                legacy=legacy,
                paint=paint,
                columns=columns(sys.stdout),
            )
            print(told)
    return worst


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _read(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read()
    with open(file, "rb") as opened:
        return opened.read()


def _say_unreadable(file: str, reason: str, *, json_wanted: bool) -> None:
    if json_wanted:
        print(json.dumps({"file": file, "error": reason}))
    else:
        print(f"qsfilter: {shown(file)}: {reason}", file=sys.stderr)


def _painter() -> Callable[[str, str], str]:
    """Return how to put colour on a text: not at all but on a terminal that wants it."""
    return in_colour if takes_colour(sys.stdout) else plainly
