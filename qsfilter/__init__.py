"""qsfilter: the content filter for mail queues that you program in Python.

The public words; what is not here or in `qsfilter.testing` and `qsfilter.queue` may change. Nothing happens at import.
"""

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
from qsfilter.policy import Policy
from qsfilter.registry import Entry
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
    "About", "Action", "Blob", "Child", "Client", "ConfigError", "Context", "Decision", "DeliveryError", "Disposition",
    "Edit", "Entry", "Envelope", "Field", "Filter", "Finding", "Head", "Kept", "Kind", "LimitReached", "Limits",
    "Maildir", "Message", "Name", "Outcome", "Part", "Path", "PluginError", "Policy", "Problem", "QmailQueue",
    "QsfilterError", "Report", "Verdict", "Waiver", "accept", "ambiguous", "defer", "discard", "hookimpl", "irregular",
    "malware", "note", "plugin", "policy", "quarantine", "reject", "rule", "spam", "unscannable",
]  # fmt: skip
