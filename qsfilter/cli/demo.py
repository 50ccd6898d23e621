"""see the filter at work: five messages through the real queue wrapper, into a maildir of a scratch folder

examples: qsfilter demo
          qsfilter demo --folder demo --json
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from typing import TYPE_CHECKING

from qsfilter.cli.table import table
from qsfilter.cli.terminal import columns
from qsfilter.discovery import installed
from qsfilter.edge import VARIABLE
from qsfilter.errors import ConfigError
from qsfilter.model import Envelope
from qsfilter.testing.caller import call
from qsfilter.testing.installation import LEGACY_RULE, installation_messages

if TYPE_CHECKING:
    import argparse

    from qsfilter.testing.caller import Answer

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
HEAD = ("message", "action", "exit", "ms", "findings")
NEEDED = ("yara", "attachments")
CONFIGURATION = """\
[deliver]
maildir = "{folder}/Maildir"
[quarantine]
path = "{folder}/quarantine"
[plugins.yara]
[plugins.attachments]
legacy = "{folder}/quarantine-events.txt"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each message")
    parser.add_argument(
        "--folder", metavar="FOLDER", help="where to work (default: a new one below the temporary folder)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; return 0 if every message ended as it should."""
    missing = [name for name in NEEDED if name not in installed()]
    if missing:
        raise ConfigError(f"the demonstration needs {' and '.join(f'qsfilter-{name}' for name in missing)}")
    folder = arguments.folder or tempfile.mkdtemp(prefix="qsfilter-demo-")
    os.makedirs(folder, exist_ok=True)
    _write(os.path.join(folder, "quarantine-events.txt"), LEGACY_RULE)
    config = os.path.join(folder, "qsfilter.toml")
    _write(config, CONFIGURATION.format(folder=folder))
    program = os.path.join(os.path.dirname(sys.executable), "qsfilter-queue")
    environment = {**os.environ, VARIABLE: config}
    rows, wrong = [], 0
    for test in installation_messages():
        answer = call(program, test.raw, ENVELOPE, environment=environment)
        told = log_fields(answer)
        delivered = told.get("handed") == "1"
        wrong += delivered is not test.delivered
        rows.append(
            (
                test.name,
                told.get("action", "?"),
                str(answer.code),
                f"{answer.seconds * 1000:.0f}",
                told.get("findings", answer.log),
            )
        )
    if arguments.json:
        print("\n".join(json.dumps(dict(zip(HEAD, row, strict=True))) for row in rows))
    else:
        print(table(HEAD, rows, columns(sys.stdout)))
        print(f"\ndelivered    {folder}/Maildir/new")
        print(f"quarantined  {folder}/quarantine")
        print("\nThe milliseconds are whole processes. Look closer:")
        print(f"  {_command('explain --help')}")
        print(f"  {_command(f'quarantine list --path {folder}/quarantine')}")
    if wrong:
        print(f"qsfilter: {wrong} of {len(rows)} messages did not end as they should", file=sys.stderr)
    return int(wrong > 0)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def log_fields(answer: Answer) -> dict[str, str]:
    r"""Read the wrapper's log line: `key=value`, texts quoted with \ before " and \."""
    found = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))', answer.log)
    return {key: re.sub(r"\\(.)", r"\1", quoted) or plain for key, quoted, plain in found}


def _command(rest: str) -> str:
    return f"{os.path.join(os.path.dirname(sys.executable), 'qsfilter')} {rest}"
