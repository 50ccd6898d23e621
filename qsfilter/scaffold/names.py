"""Checks the name of a new plugin or rule, and says what is called after it.

Guarantee: a name that passes makes a distribution, a module and a class that no other of ours has, and that Python,
pytest and the line length can live with.
"""

from __future__ import annotations

import builtins
import keyword
import re
from typing import NamedTuple

from qsfilter import errors, model
from qsfilter.discovery import installed
from qsfilter.hookspecs import PROJECT

LONGEST = 40
OURS = frozenset(
    {
        "archive", "attachments", "clamav", "copyto", "headers", "legacylog", "libarchive", "macros", "magic", "notify",
        "pdf", "silent", "spamassassin", "tnef", "yara",
    }
)  # fmt: skip
"""The plugins of this project, whether or not they are installed."""
BUILT_IN = frozenset({"mime-reader", "zip-unpacker", "tar-unpacker", "stream-unpacker", "quarantine"})
"""Names of plugins that are always there."""
BESIDE = frozenset({"pytest"})
"""Modules that lie beside the package under the name a plugin's would have: qsfilter_pytest."""
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""A name in its normal form (PEP 503), without dots."""


class PluginNames(NamedTuple):
    """What is called after one plugin."""

    name: str
    """Its table in the configuration, and its entry point."""
    distribution: str
    module: str
    class_name: str


def plugin_names(name: str) -> PluginNames:
    """Return what is called after the plugin NAME. Raises ValueError that says what is wrong with it."""
    checked(name)
    if name.startswith(f"{PROJECT}-"):
        raise ValueError(f"{name!r} stands without {PROJECT}-, which is put in front of it")
    if not name[0].isalpha():
        raise ValueError(f"{name!r} begins with a digit, and a class can't")
    if name in OURS | BUILT_IN | BESIDE | set(installed()):
        raise ValueError(f"{name!r} is taken")
    class_name = "".join(word.capitalize() for word in name.split("-"))
    if class_name.startswith("Test"):
        raise ValueError(f"{name!r} would be the class {class_name}, which pytest takes for a test")
    if keyword.iskeyword(class_name) or hasattr(builtins, class_name) or class_name == "Iterator":
        raise ValueError(f"{name!r} would be the class {class_name}, which is one of Python's words")
    if hasattr(model, class_name) or hasattr(errors, class_name) or class_name == "PluginContract":
        raise ValueError(f"{name!r} would be the class {class_name}, which is one of qsfilter's words")
    distribution = f"{PROJECT}-{name}"
    return PluginNames(name, distribution, distribution.replace("-", "_"), class_name)


def checked(name: str) -> str:
    """Return NAME if it is in its normal form (PEP 503). Raises ValueError with that form where there is one."""
    if len(name) > LONGEST:
        raise ValueError(f"{name[:LONGEST]!r}… is longer than {LONGEST} characters")
    if _NAME.fullmatch(name) is None:
        normal = re.sub(r"[-_.]+", "-", name).strip("-").lower()
        hint = f"; {normal!r} would do" if _NAME.fullmatch(normal) else ""
        raise ValueError(f"{name!r} is no name of lower case letters, digits and single hyphens between them{hint}")
    return name
