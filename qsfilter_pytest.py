"""Tells pytest of `qsfilter_corpus`: a project that sets it gets a test for each message of its corpus.

Guarantee: where it is not set, nothing of qsfilter is imported; that is why this module stands beside the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the settings of the project's pytest configuration."""
    parser.addini("qsfilter_corpus", "folders, maildirs and mbox files whose messages are tests", type="paths")
    parser.addini("qsfilter_config", "the configuration (default: the corpus's own, else the built-in)", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Load what makes the tests, where a corpus is named."""
    if config.getini("qsfilter_corpus"):
        from qsfilter.testing.pytest_plugin import Corpora  # noqa: PLC0415 - it costs nothing where nobody asks

        config.pluginmanager.register(Corpora(config), "qsfilter-corpora")
