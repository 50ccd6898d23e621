"""send test messages through the configuration and say what would become of each

Delivers nothing: the four messages of Qmail-Scanner's test_installation.sh, and EICAR in a zip in a zip.

example: qsfilter selftest --config /etc/qsfilter/qsfilter.toml
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qsfilter.cli.settings import add_config, filter_or_default
from qsfilter.cli.table import table
from qsfilter.config import DEFAULT_PATH
from qsfilter.model import Envelope
from qsfilter.testing.installation import installation_messages

if TYPE_CHECKING:
    import argparse

ENVELOPE = Envelope(sender=b"", recipients=(b"postmaster@localhost",))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each message")
    add_config(parser, f"{DEFAULT_PATH}, else the built-in default")


def run(arguments: argparse.Namespace) -> int:
    """Examine each test message; return 1 if one of them would not end as it should."""
    chosen = filter_or_default(arguments.config)
    rows = []
    for test in installation_messages():
        report = chosen.examine(test.raw, ENVELOPE)
        accepted = str(report.decision.action) == "accept"
        right = accepted is test.delivered
        findings = "; ".join(f"{found} in {found.part}" if found.part else str(found) for found in report.findings)
        why = findings if right else f"{findings or 'nothing was found'}; it takes {test.needs or 'no finding at all'}"
        rows.append((test.name, "ok" if right else "FAILED", str(report.decision.action), why))
    head = ("message", "result", "action", "why")
    if arguments.json:
        print("\n".join(json.dumps(dict(zip(head, row, strict=True))) for row in rows))
    else:
        print(table(head, rows))
    return int(any(result == "FAILED" for _, result, _, _ in rows))
