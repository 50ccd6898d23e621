"""Tells Sphinx how to make the documentation; `make docs` runs it with warnings as errors."""

from __future__ import annotations

project = "qsfilter"
author = "the qsfilter authors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's name for it
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "qsfilter"
myst_heading_anchors = 3
