"""Makes a test of each case of a corpus, for projects that set `qsfilter_corpus` in their pytest configuration.

Guarantees: a case that differs shows what is expected and what it got as a difference of two texts; a module or message
that can't be read fails its own test; the filter is made once, when the first test needs it.
"""

from __future__ import annotations

import os
from difflib import ndiff
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.config import built_in_default, load
from qsfilter.errors import QsfilterError
from qsfilter.replay import CONFIG, CorpusError, Expectations, expect_text, replay, units, updated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _pytest._code.code import TerminalRepr

    from qsfilter.filter import Filter
    from qsfilter.replay import Case, Result, Unit


class Corpus:
    """One corpus: its units by path, its filter, and what is expected in it."""

    def __init__(self, path: str, config: str | None) -> None:
        """Find the units of the corpus at PATH; CONFIG names its configuration. Raises CorpusError."""
        own = os.path.join(path, CONFIG)
        self._config = config or (own if os.path.exists(own) else None)
        self._filter: Filter | None = None
        self.expectations = Expectations()
        self.units: dict[str, list[Unit]] = {}
        for unit in units(path):
            self.units.setdefault(os.path.realpath(unit.path), []).append(unit)

    @property
    def filter(self) -> Filter:
        """The filter, started. Raises ConfigError."""
        if self._filter is None:
            chosen = load(self._config) if self._config else built_in_default()
            chosen.start()
            self._filter = chosen
        return self._filter


class Corpora:
    """The plugin: what the corpora of one project hold."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the settings of CONFIG. Raises pytest.UsageError for a corpus that can't be read."""
        paths = config.getini("qsfilter_config")
        try:
            self._corpora = [
                Corpus(str(path), str(paths[0]) if paths else None) for path in config.getini("qsfilter_corpus")
            ]
        except CorpusError as error:
            raise pytest.UsageError(f"qsfilter_corpus: {error}") from error

    @pytest.hookimpl
    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> CaseFile | None:
        """Collect the cases in a file of a corpus."""
        real = os.path.realpath(file_path)
        for corpus in self._corpora:
            if real in corpus.units:
                made: CaseFile = CaseFile.from_parent(parent, path=file_path, corpus=corpus, units=corpus.units[real])
                return made
        return None


class CaseFile(pytest.File):
    """One file of a corpus."""

    def __init__(self, *, corpus: Corpus, units: list[Unit], **others: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**others)
        self._corpus, self._units = corpus, units

    def collect(self) -> Iterator[CaseItem]:
        """Yield a test for each case in it."""
        for unit in self._units:
            for case in unit.cases():
                name = str(case).removeprefix(unit.name).lstrip(": ") if not unit.place else case.name
                yield CaseItem.from_parent(self, name=name or "unreadable", corpus=self._corpus, case=case)


class Different(Exception):  # noqa: N818 - what a test says, and no error
    """A case is not as expected."""


class CaseItem(pytest.Item):
    """The test of one case."""

    def __init__(self, *, corpus: Corpus, case: Case, **others: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**others)
        self._corpus, self._case = corpus, case

    def runtest(self) -> None:
        """Examine the message and compare. Raises Different."""
        result = replay(self._corpus.filter, self._case, expectations=self._corpus.expectations)
        if not result.right:
            raise Different(difference(result))

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's own
    ) -> str | TerminalRepr:
        """Say what differs, without the trace of how it was compared."""
        if isinstance(excinfo.value, (Different, QsfilterError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """Say where the case is."""
        return self.path, None, str(self._case)


def difference(result: Result) -> str:
    """Say what differs in RESULT: a line, and where there is something to compare, both as NAME.expect has them."""
    if result.expected is None or result.error:
        return str(result)
    wanted = result.expected
    lines = ndiff(expect_text(wanted).splitlines(), expect_text(updated([result])).splitlines())
    compared = "\n".join(line for line in lines if not line.startswith("?"))
    return f"{result}\n\n{compared}\n\n- expected in {result.case.expect}\n+ got"
