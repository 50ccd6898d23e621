"""Finds the library that reads zstd, which not every Python has.

Guarantee: nothing is imported to know it.
"""

from __future__ import annotations

from importlib.util import find_spec

LIBRARIES = {"_zstd": "compression.zstd", "zstandard": "zstandard"}
"""What is looked for, and what is then imported: the standard library's since Python 3.14, or the package."""


def library() -> str:
    """Name the module that can read zstd, without importing it; empty where there is none."""
    return next((module for looked_for, module in LIBRARIES.items() if find_spec(looked_for)), "")
