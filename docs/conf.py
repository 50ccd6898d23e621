"""Tells Sphinx how to make the documentation; `make docs` runs it with warnings as errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "qsfilter"
author = "the qsfilter authors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "qsfilter"
myst_heading_anchors = 3

INCLUDE = "\n```{{include}} ../../plugins/{plugin}/README.md\n:heading-offset: 1\n```\n"


def setup(app: Sphinx) -> None:
    """Connect what is below."""
    app.connect("source-read", add_readmes)


def add_readmes(app: Sphinx, page: str, source: list[str]) -> None:
    """Put every plugin's README behind the page on plugins, so that none is forgotten and nothing is said twice."""
    if page == "reference/plugins":
        for readme in sorted(Path(app.srcdir).parent.glob("plugins/*/README.md")):
            source[0] += INCLUDE.format(plugin=readme.parent.name)
