"""What rules on headers and file names cost beside reading the message; ratios are printed."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from qsfilter import Client, Envelope, Filter
from qsfilter.testing import attachment, message, part
from qsfilter_attachments import Attachments
from qsfilter_headers import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLIENT = Client(ip="192.0.2.1")
ROUNDS = 9
MOST = 0.5
"""Of what reading the message costs; 0.1 ms on 10 kB was asked for."""
FIELDS = {f"X-Trace-{number}": "a mail server wrote this line, and it is " + "long " * 20 for number in range(60)}
RAW = message(part(b"Hello\n"), attachment(b"x" * 100, "letter.txt"), fields=FIELDS)
HEADER_RULES = tuple(
    {"field": "Subject" if number % 2 else f"X-Trace-{number % 60}", "pattern": f".*you have won {number}.*"}
    for number in range(200)
)
NAMES = tuple(f"invoice{number}*.x{number}" for number in range(2000))


def seconds(ways: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the best seconds of one call of each of WAYS, taken in turns."""
    took = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            for _ in range(20):
                way()
            took[name] = min(took[name], (time.perf_counter() - started) / 20)
    return took


def test_rules_cost_little_beside_the_reading(capsys: pytest.CaptureFixture[str]) -> None:
    """200 header rules and 2,000 rules on file names."""
    without = Filter(Headers(), Attachments(defaults=False))
    ruled = Filter(Headers(rules=HEADER_RULES), Attachments(block=NAMES, defaults=False))
    for one in (without, ruled):
        one.start()
    assert not ruled.examine(RAW, ENVELOPE, CLIENT).findings
    took = seconds(
        {
            "without rules": lambda: without.examine(RAW, ENVELOPE, CLIENT),
            "with rules": lambda: ruled.examine(RAW, ENVELOPE, CLIENT),
        }
    )
    rules = took["with rules"] - took["without rules"]
    with capsys.disabled():
        sys.stdout.write(
            f"\n200 header rules and 2,000 name rules, {len(RAW)} bytes: {rules * 1e6:.0f} us, "
            f"beside {took['without rules'] * 1e6:.0f} us for the examination\n"
        )
    assert rules <= MOST * took["without rules"]
