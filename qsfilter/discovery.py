"""Finds installed plugins through the entry-point group `qsfilter`, and their commands through `qsfilter.commands`.

Guarantee: nothing runs because it is installed; a plugin runs when a configuration names it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.hookspecs import PROJECT

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def installed() -> dict[str, EntryPoint]:
    """Return the installed plugins by name, in the order of their names."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - 25 ms, most of it for parsing what we do not ask

    return {point.name: point for point in sorted(entry_points(group=PROJECT), key=lambda point: point.name)}


def commands() -> dict[str, EntryPoint]:
    """Return the commands that installed plugins bring, by name: modules with `add_arguments` and `run`."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - as above

    found = sorted(entry_points(group=f"{PROJECT}.commands"), key=lambda point: point.name)
    return {point.name: point for point in found}


def _declared(use: str) -> str:
    """Return the `module:Class` that the distribution qsfilter-USE declares for the plugin USE.

    Empty where there is not exactly one such distribution, or it declares no such plugin; then all have to be asked.
    """
    start = f"{PROJECT}_{use.replace('-', '_')}-"
    found: list[str] = []
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue  # as the import system does
        ours = (name for name in names if name.startswith(start) and name.endswith(".dist-info"))
        found += [os.path.join(folder, name) for name in ours]
    if len(found) != 1:
        return ""
    try:
        with open(os.path.join(found[0], "entry_points.txt"), encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except (OSError, ValueError):
        return ""
    group = ""
    for line in lines:
        name, _, value = line.partition("=")
        if line.startswith("["):
            group = line
        elif group == f"[{PROJECT}]" and name.strip() == use:
            return value.strip()
    return ""


def plugin_class(use: str, where: str) -> type:
    """Import the plugin class that USE names: `module:Class`, or an entry point. Raises ConfigError naming WHERE."""
    module, _, name = use.partition(":")
    if not name:
        module, _, name = _declared(use).partition(":")
    if not name:
        known = installed()
        if use not in known:
            listed = ", ".join(known) or "none"
            text = f'{where}: no plugin {use!r} is installed; installed are {listed}; try "pip install qsfilter-{use}"'
            raise ConfigError(text)
        module, _, name = known[use].value.partition(":")
    from importlib import import_module  # noqa: PLC0415 - as above

    try:
        found = getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # a plugin's module can fail in any way while it is imported
        raise ConfigError(f"{where}: can't import {module}:{name}: {type(error).__name__}: {error}") from error
    if not isinstance(found, type):
        raise ConfigError(f"{where}: {module}:{name} is no class")
    return found
