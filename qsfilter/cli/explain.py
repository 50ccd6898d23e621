"""say what would become of saved messages, and why

Parses, unpacks, scans and decides as the queue would, and delivers nothing.

example: qsfilter explain --json --config /etc/qsfilter/qsfilter.toml message.eml
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config, filter_or_default
from qsfilter.config import DEFAULT_PATH
from qsfilter.model import Client, Envelope
from qsfilter.names import printable, shown
from qsfilter.report import as_dict, exit_code

if TYPE_CHECKING:
    import argparse

    from qsfilter.model import Report

STDIN = "-"
UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a message as it came; - for standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
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
        print(json.dumps({"file": file, **as_dict(report)}) if arguments.json else _for_people(file, report))
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


def _for_people(file: str, report: Report) -> str:
    lines = [f"{file}: {report.decision.action} (exit {exit_code(report)}, id {report.key[:16]})"]
    lines += ["  parts"]
    for part in report.message.parts:
        names = " ".join(shown(name.text) for name in part.names)
        lines.append(f"    {part.path}  {part.declared or part.origin}  {part.blob.size} bytes  {names}".rstrip())
    lines += ["  findings"] if report.findings else ["  no findings"]
    for found in report.findings:
        where = f" in {found.part}" if found.part is not None else ""
        lines.append(f"    {found}{where}  by {found.source}  {found.detail}".rstrip())
    lines += [f"    (in shadow) {found}  by {found.source}" for found in report.shadow]
    votes = [verdict for verdict in report.verdicts if verdict.source != "policy"]
    lines += ["  votes"] if votes else []
    for vote in votes:
        mode = " (in shadow)" if vote.shadow else ""
        lines.append(f"    {vote.action}{mode}  by {vote.source}  {vote.reason}".rstrip())
    lines.append("  recipients")
    for group in report.decision.groups:
        names = ", ".join(recipient.decode("utf-8", "backslashreplace") for recipient in group.recipients)
        lines.append(f"    {names or '(none)'}: {group.action}{f' because of {group.reason}' if group.reason else ''}")
    slowest = sorted(report.calls, key=lambda call: -call.seconds)[:3]
    told = ", ".join(f"{call.hook} {call.plugin} {call.seconds * 1000:.2f} ms" for call in slowest)
    lines.append(f"  {report.seconds * 1000:.2f} ms; longest: {told}")
    return "\n".join(map(printable, lines))
