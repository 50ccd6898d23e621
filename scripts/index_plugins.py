"""Prints plugins/README.md, the index of our plugins, from their metadata; `make index` writes it.

Guarantee: the same plugins print the same page.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from qsfilter.discovery import plugin_class
from qsfilter.hookspecs import HOOKS, PROJECT

PLUGINS = Path(__file__).parents[1] / "plugins"
HEAD = """\
# Plugins

This page is printed by `make index` from the plugins' metadata. Each folder is a distribution of its own, in the shape
that `qsfilter new-plugin` writes; [the reference](../docs/reference/plugins.md) says what each does for mail.

| plugin | what it is | hooks | stands on |
|---|---|---|---|
"""


def row(folder: Path) -> str:
    """Return the line on the plugin in FOLDER."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    (name,) = project["entry-points"]["qsfilter"]
    cls = plugin_class(project["entry-points"]["qsfilter"][name], folder.name)
    marks = {name: getattr(function, f"{PROJECT}_impl", None) for name, function in vars(cls).items()}
    known = {mark["specname"] or name for name, mark in marks.items() if mark}
    hooks = " ".join(hook for hook in HOOKS if hook in known)
    needed = [re.split(r"[<>=!~ ;\[]", one)[0] for one in project["dependencies"]]
    stands_on = ", ".join(f"`{one}`" for one in needed if one != PROJECT) or "the core alone"
    return f"| [`{name}`]({folder.name}/README.md) | {project['description']} | {hooks} | {stands_on} |\n"


if __name__ == "__main__":
    print(HEAD + "".join(row(one.parent) for one in sorted(PLUGINS.glob("*/pyproject.toml"))), end="")
