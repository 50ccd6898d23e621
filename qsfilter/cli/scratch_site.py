"""Writes a site's configuration anew for trials: what it examines is the same, what it keeps and sends goes nowhere.

Guarantee: no folder, log, socket or queue program of the site is named in what is written, but for those that plugins
read from.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from qsfilter import discovery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter.edge import Source

OWN_FOLDERS = ("cache", "metrics", "outbox")
"""Tables with a `path` that lies beside the quarantine where nothing is said."""


def scratch_site(source: Source, folder: str) -> tuple[str, str]:
    """Write the configuration SOURCE for a site in FOLDER; return its path without a service, and with one.

    The second is empty where SOURCE has no service. The queue program is one that takes everything.
    """
    whole = {key: value for key, value in source.table.items() if key != "service"}
    whole["deliver"] = {"qmail_queue": shutil.which("true") or "/bin/true"}
    whole["quarantine"] = {"path": os.path.join(folder, "quarantine")}
    whole["log"] = {"to": "stderr"}
    whole["attempts"] = {"path": ""}  # a message that is sent again and again is no poison here
    for name in OWN_FOLDERS:
        if name in whole:
            whole[name] = {key: value for key, value in whole[name].items() if key != "path"}
    if "rules" in whole:
        whole["rules"] = {**whole["rules"], "last_good": os.path.join(folder, "rules")}
    whole["plugins"] = {
        name: _redirected(name, given, os.path.join(folder, "plugins", name))
        for name, given in whole.get("plugins", {}).items()
    }
    alone = _written(whole, os.path.join(folder, "alone.toml"))
    if "service" not in source.table:
        return alone, ""
    whole["service"] = {**source.table["service"], "socket": os.path.join(folder, "run", "s"), "workers": 1}
    whole["service"].pop("front", None)
    return alone, _written(whole, os.path.join(folder, "served.toml"))


def _redirected(name: str, given: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """Return the table of a plugin; of one that keeps or reports, with its paths below FOLDER."""
    plugin = discovery.plugin_class(str(given.get("use", name)), f"plugins.{name}")
    if not (hasattr(plugin, "deliver") or hasattr(plugin, "report")):
        return dict(given)
    os.makedirs(folder, exist_ok=True)
    return {key: _below(os.path.join(folder, key), value) for key, value in given.items()}


def _below(place: str, value: object) -> object:
    """Return VALUE with PLACE for a path, and with places beside it for those in a list or a table."""
    if isinstance(value, str):
        return place if value.startswith("/") else value
    if isinstance(value, list):
        return [_below(f"{place}.{number}", one) for number, one in enumerate(value)]
    if isinstance(value, dict):
        return {key: _below(f"{place}.{number}", one) for number, (key, one) in enumerate(value.items())}
    return value


def _written(whole: Mapping[str, Any], path: str) -> str:
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in whole.items()))
    return path


def _toml(value: object) -> str:
    """Write VALUE as TOML has it inline; its strings, numbers and words are spelled as in JSON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
