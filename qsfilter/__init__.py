"""qsfilter: the content filter for mail queues that you program in Python.

The public words; what is not here or in `qsfilter.testing` and `qsfilter.queue` may change. Nothing happens at import:
a word is fetched from its module when it is first used, so that the queue wrapper pays for none that it does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter.actions import Action, Kind
    from qsfilter.context import Context
    from qsfilter.edits import Head
    from qsfilter.errors import ConfigError, DeliveryError, LimitReached, PluginError, QsfilterError
    from qsfilter.filter import Filter
    from qsfilter.hookspecs import hookimpl, plugin
    from qsfilter.limits import Limits
    from qsfilter.model import (
        About,
        Blob,
        Child,
        Client,
        Container,
        Decision,
        Disposition,
        Edit,
        Envelope,
        Field,
        Finding,
        Kept,
        Message,
        Name,
        Outcome,
        Part,
        Path,
        Problem,
        Report,
        Verdict,
        Waiver,
    )
    from qsfilter.registry import Entry
    from qsfilter.site_policy import Policy
    from qsfilter.transport import Maildir, QmailQueue
    from qsfilter.words import (
        accept,
        ambiguous,
        defer,
        discard,
        irregular,
        malware,
        note,
        policy,
        quarantine,
        reject,
        rule,
        spam,
        unscannable,
    )

__version__ = "0.1.0"
__all__ = [
    "About", "Action", "Blob", "Child", "Client", "ConfigError", "Container", "Context", "Decision",
    "DeliveryError", "Disposition", "Edit", "Entry", "Envelope", "Field", "Filter", "Finding", "Head", "Kept",
    "Kind", "LimitReached", "Limits", "Maildir", "Message", "Name", "Outcome", "Part", "Path", "PluginError",
    "Policy", "Problem", "QmailQueue", "QsfilterError", "Report", "Verdict", "Waiver", "accept", "ambiguous",
    "defer", "discard", "hookimpl", "irregular", "malware", "note", "plugin", "policy", "quarantine", "reject",
    "rule", "spam", "unscannable",
]  # fmt: skip
_HOMES = {
    "actions": ("Action", "Kind"),
    "context": ("Context",),
    "edits": ("Head",),
    "errors": ("ConfigError", "DeliveryError", "LimitReached", "PluginError", "QsfilterError"),
    "filter": ("Filter",),
    "hookspecs": ("hookimpl", "plugin"),
    "limits": ("Limits",),
    "model": (
        "About", "Blob", "Child", "Client", "Container", "Decision", "Disposition", "Edit", "Envelope", "Field",
        "Finding", "Kept", "Message", "Name", "Outcome", "Part", "Path", "Problem", "Report", "Verdict", "Waiver",
    ),
    "registry": ("Entry",),
    "site_policy": ("Policy",),
    "transport": ("Maildir", "QmailQueue"),
    "words": (
        "accept", "ambiguous", "defer", "discard", "irregular", "malware", "note", "policy", "quarantine", "reject",
        "rule", "spam", "unscannable",
    ),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Fetch the word NAME from its module (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'qsfilter' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - costs what it saves otherwise

    found = globals()[name] = getattr(import_module(f"qsfilter.{_HOME[name]}"), name)
    return found


def __dir__() -> list[str]:
    """Name the public words, for those who complete them."""
    return [*globals(), *__all__]
