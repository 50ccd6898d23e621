"""The line that is logged about each message: in which form, and where it goes.

Guarantees: a log that can't be written never fails the mail; what syslog does not take goes to standard error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.log_line import log_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.log_sinks import Syslog
    from qsfilter.model import Report

PREFIX = "qsfilter: "
FORMATS = ("logfmt", "json")
PLACES = ("stderr", "syslog")


class MessageLog:
    """The site's choice; the usual one is a line of `key=value` on standard error."""

    def __init__(self, *, format: str = "logfmt", to: str = "stderr", facility: str = "mail") -> None:  # noqa: A002 - the key's name
        """Write in FORMAT (one of `FORMATS`) TO one of `PLACES`; FACILITY is syslog's (`log_sinks.FACILITIES`)."""
        self.format = format
        self._to = to
        self._facility = facility
        self._syslog: Syslog | None = None

    def write(self, report: Report, stderr: Callable[[str, str], None]) -> None:
        """Say what became of the message in REPORT; STDERR is given a line and what stands before it."""
        line = log_line(report) if self.format == "logfmt" else _json(report)
        if self._to == "syslog":
            from qsfilter.log_sinks import ERR, INFO, Syslog  # noqa: PLC0415 - most sites log to descriptor 2

            if self._syslog is None:
                self._syslog = Syslog(self._facility)
            if self._syslog.write(line, ERR if failed(report) else INFO):
                return
        stderr(line, PREFIX if self.format == "logfmt" else "")


def failed(report: Report) -> bool:
    """Whether something about the message in REPORT could not be done, which syslog is told as an error."""
    return any(found.kind is Kind.FAILURE for found in report.findings)


def _json(report: Report) -> str:
    from qsfilter.log_forms import json_line  # noqa: PLC0415 - the usual form needs none of it

    return json_line(report)
