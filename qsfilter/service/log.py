"""The service's log: lines on descriptor 2, which multilog or journald takes.

Guarantees: a log that can't be written never fails mail, and one that nobody reads holds a line up for
`log_sinks.MOMENT_SECONDS` at most; a line is written at once, so those of two workers don't mix.
"""

from __future__ import annotations

from qsfilter.log_sinks import STDERR, Stderr


def log(line: str, prefix: str = "qsfilter: ") -> None:
    """Write PREFIX and LINE, with `?` for what does not print."""
    Stderr(STDERR, prefix).write(line)
