"""Writes results as JUnit XML, as CI systems read it.

Guarantees: whatever stands in a name, the file is XML 1.0: what that has no characters for is escaped as Python writes
it; results are written as they come and not held; the file is put in its place whole, at the end.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from qsfilter.names import printable

if TYPE_CHECKING:
    from types import TracebackType
    from typing import IO, Self


class JUnit:
    """One file: `with JUnit(path, suite) as junit: junit.add(…)`; nothing is left behind where the block fails."""

    def __init__(self, path: str, suite: str) -> None:
        """Write to PATH in the end; SUITE is the name of all. Raises OSError."""
        self._path, self._suite = path, suite
        self._tests = self._failures = self._errors = 0
        self._seconds = 0.0
        self._body: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._body:
            if kind is None:
                self._write()

    def add(
        self, name: str, folder: str, seconds: float, *, failure: str = "", error: str = "", output: str = ""
    ) -> None:
        """Add the case NAME in FOLDER, which took SECONDS: right without FAILURE and ERROR; OUTPUT is what it said."""
        self._tests += 1
        self._seconds += seconds
        inner = ""
        for tag, text in (("failure", failure), ("error", error)):
            if text:
                inner += f"<{tag} message={_attribute(text)}>{_text(text)}</{tag}>"
        self._failures += bool(failure)
        self._errors += bool(error)
        if output:
            inner += f"<system-out>{_text(output)}</system-out>"
        self._body.write(
            f"  <testcase classname={_attribute(folder)} name={_attribute(name)} "
            f'time="{seconds:.6f}">{inner}</testcase>\n'
        )

    def _write(self) -> None:
        if os.path.exists(self._path) and not os.path.isfile(self._path):  # a pipe, a terminal
            with open(self._path, "w", encoding="utf-8") as file:
                self._copy(file)
            return
        path = os.path.realpath(self._path)
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            with open(temporary, "w", encoding="utf-8") as file:
                self._copy(file)
            os.replace(temporary, path)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise

    def _copy(self, file: IO[str]) -> None:
        counts = (
            f'tests="{self._tests}" failures="{self._failures}" errors="{self._errors}" skipped="0" '
            f'time="{self._seconds:.6f}"'
        )
        file.write('<?xml version="1.0" encoding="utf-8"?>\n')
        file.write(f"<testsuites {counts}>\n<testsuite name={_attribute(self._suite)} {counts}>\n")
        self._body.seek(0)
        shutil.copyfileobj(self._body, file)
        file.write("</testsuite>\n</testsuites>\n")


def _attribute(text: str) -> str:
    return quoteattr(printable(text))


def _text(text: str) -> str:
    return escape("\n".join(map(printable, text.split("\n"))))
