"""Makes the contents of a new plugin's folder, and of a new rule's files, out of the templates.

Guarantee: the same name and hooks give the same files, but for the year in the license.
"""

from __future__ import annotations

import os
import time
from string import Template
from typing import TYPE_CHECKING

from qsfilter.hookspecs import HOOKS
from qsfilter.scaffold.cutting import without

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from qsfilter.scaffold.names import PluginNames

TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")
ALWAYS = ("about",)
"""Hooks that every plugin has, asked for or not: reports name the version that found something."""


def plugin_files(names: PluginNames, hooks: Collection[str], version: str) -> dict[str, str]:
    """Return the files of a plugin called by NAMES with HOOKS, for the series of the core's VERSION: path → text."""
    known = {**names._asdict(), "series": series(version), "year": str(time.gmtime().tm_year)}
    unwanted = [hook for hook in HOOKS if hook not in hooks and hook not in ALWAYS]
    return {
        "LICENSE": _filled("LICENSE", known),
        "README.md": _filled("README.md.txt", known),
        "pyproject.toml": _filled("pyproject.toml.txt", known),
        f"src/{names.module}/__init__.py": without(_filled("plugin.py.txt", known), unwanted),
        f"src/{names.module}/py.typed": "",
        f"tests/test_{names.name.replace('-', '_')}.py": without(_filled("test_plugin.py.txt", known), unwanted),
    }


def rule_files(name: str, *, test: bool) -> dict[str, str]:
    """Return the file of the rule NAME, and that of its TEST if it is wanted: path → text."""
    files = {f"{name}.py": _filled("rule.py.txt", {"name": name})}
    if test:
        files[f"tests/test_{name.replace('-', '_')}.py"] = _filled("test_rule.py.txt", {"name": name})
    return files


def series(version: str) -> str:
    """Return what a plugin asks for that was made for the core of VERSION, as `>=0.1,<0.2`; see SECURITY.md."""
    major, minor = map(int, version.split(".")[:2])
    return f">={major}.{minor},<{major + 1}" if major else f">=0.{minor},<0.{minor + 1}"


def _filled(template: str, known: Mapping[str, str]) -> str:
    with open(os.path.join(TEMPLATES, template), encoding="utf-8") as file:
        return Template(file.read()).substitute(known)
