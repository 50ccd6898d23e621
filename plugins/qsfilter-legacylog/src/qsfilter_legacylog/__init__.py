"""Writes the logs of Qmail-Scanner in their columns, for scripts that read them.

Guarantees: nothing that a sender chose begins a field or a line; a log that can't be written changes nothing about the
mail; only regular files are written, each message's lines at once.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Problem, __version__, hookimpl, plugin
from qsfilter.log_sinks import FACILITIES, Syslog
from qsfilter_legacylog.files import append, openable
from qsfilter_legacylog.lines import mailstats_lines, quarantine_line, syslog_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Report

__all__ = ["LegacyLog"]

IDENT = "qmail-scanner"


@plugin
class LegacyLog:
    """quarantine.log, mailstats.csv and the syslog line."""

    quarantine_log: str = ""
    """The file for messages that were kept from somebody, an absolute path; empty for none."""
    mailstats: str = ""
    """The file for all messages, an absolute path; empty for none."""
    syslog: bool = False
    """Whether the lines about all messages go to syslog, too."""
    facility: str = "mail"
    """Facility of syslog."""

    def __post_init__(self) -> None:
        """Refuse paths that depend on where a caller stands, and an unknown facility."""
        for key, path in (("quarantine_log", self.quarantine_log), ("mailstats", self.mailstats)):
            if path and (not os.path.isabs(path) or "\0" in path):
                raise ConfigError(f"{key}: takes an absolute path")
        if self.facility not in FACILITIES:
            raise ConfigError(f"facility: takes one of {', '.join(FACILITIES)}")

    @cached_property
    def _daemon(self) -> Syslog:
        return Syslog(self.facility, IDENT)

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="legacylog", version=__version__)

    @hookimpl
    def report(self, report: Report) -> None:
        """Write the lines about a message that was answered for good. Raises OSError after trying all logs."""
        if report.outcome is None or not is_final(report.outcome.exit):
            return
        errors: list[OSError] = []
        written = (
            (self.quarantine_log, quarantine_line(report) if self.quarantine_log else ""),
            (self.mailstats, mailstats_lines(report) if self.mailstats else ""),
        )
        for path, text in written:
            try:
                if text:
                    append(path, text.encode("utf-8", "backslashreplace"))
            except OSError as error:
                errors.append(error)
        if self.syslog and not all(map(self._daemon.write, syslog_lines(report))):
            errors.append(OSError("the syslog daemon does not take lines"))
        if errors:
            raise errors[0]

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report logs that can't be written."""
        for key, path in (("quarantine_log", self.quarantine_log), ("mailstats", self.mailstats)):
            if path and (error := openable(path)):
                mend = f"give it to the user whom mail runs as, or change legacylog.{key}; mail goes on without it"
                yield Problem(text=f"legacylog.{key}: {path}: {error}", mend=mend, fatal=False)


def is_final(code: int) -> bool:
    """Whether CODE is no "try again later": 0, or one of qmail-queue's permanent codes."""
    return code == 0 or 11 <= code <= 40
