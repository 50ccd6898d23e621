"""The words in which plugins and site rules speak: `malware(...)` states a fact, `reject(...)` gives an opinion.

Each builds one frozen value of `model.py`; nothing else happens here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from qsfilter.actions import Action, Kind
from qsfilter.model import Blob, Finding, Part, Path, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

Where = Part | Path | Blob | None
"""What a finding is about: a part, its path, a content (the core names every part that carries it), or the message."""


def finding(kind: Kind, name: str, where: Where = None, detail: str = "") -> Finding:
    """Make a Finding of KIND; the shorter words below are for the usual kinds."""
    if isinstance(where, Blob):
        return Finding(kind=kind, name=name, detail=detail, blob=where)
    return Finding(kind=kind, name=name, detail=detail, part=where.path if isinstance(where, Part) else where)


def malware(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that an engine knows WHERE as malware NAME."""
    return finding(Kind.MALWARE, name, where, detail)


def policy(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that WHERE breaks the site's rule NAME."""
    return finding(Kind.POLICY, name, where, detail)


def spam(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that the message is spam by the measure NAME."""
    return finding(Kind.SPAM, name, where, detail)


def unscannable(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that WHERE could not be checked; NAME is one of `actions.UNSCANNABLE_NAMES`."""
    return finding(Kind.UNSCANNABLE, name, where, detail)


def ambiguous(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that two readers of WHERE get different contents or names."""
    return finding(Kind.AMBIGUOUS, name, where, detail)


def irregular(name: str, where: Where = None, detail: str = "") -> Finding:
    """State that WHERE breaks a standard in a way that no reader's result depends on."""
    return finding(Kind.IRREGULAR, name, where, detail)


def note(name: str, where: Where = None, detail: str = "") -> Finding:
    """State something worth reading in the report and nowhere else."""
    return finding(Kind.NOTE, name, where, detail)


def accept(reason: str = "", *, recipients: Iterable[bytes] | None = None, silent: bool = False) -> Verdict:
    """Vote for delivery; any other vote outweighs it. SILENT keeps notices back."""
    return _vote(Action.ACCEPT, reason, recipients, silent=silent)


def discard(reason: str, *, recipients: Iterable[bytes] | None = None) -> Verdict:
    """Vote for answering "accepted" and delivering nothing."""
    return _vote(Action.DISCARD, reason, recipients)


def defer(reason: str, *, recipients: Iterable[bytes] | None = None) -> Verdict:
    """Vote for "try again later"; it holds for all recipients of the message."""
    return _vote(Action.DEFER, reason, recipients)


def quarantine(reason: str, *, recipients: Iterable[bytes] | None = None) -> Verdict:
    """Vote for keeping the message in quarantine and answering "accepted"."""
    return _vote(Action.QUARANTINE, reason, recipients)


def reject(reason: str, *, recipients: Iterable[bytes] | None = None, keep: bool = False) -> Verdict:
    """Vote for refusing the message for good; KEEP a durable copy first."""
    return _vote(Action.REJECT, reason, recipients, keep=keep)


def _vote(
    action: Action, reason: str, recipients: Iterable[bytes] | None, *, silent: bool = False, keep: bool = False
) -> Verdict:
    chosen = None if recipients is None else tuple(recipients)
    return Verdict(action=action, reason=reason, recipients=chosen, silent=silent, keep=keep)


Rule = Callable[..., object]
MODES = ("enforce", "shadow", "off")
"""What a plugin or a rule may do: count, be reported and change nothing, or not be asked."""


def rule(name: str, *, mode: str = "enforce") -> Callable[[Rule], Rule]:
    """Mark a function of a site's rules file as the rule NAME, in one of MODES.

    The function takes any of `message`, `findings` and `ctx`, in any order, and returns one verdict, several, or None.
    It is noted in the file's own namespace, so that many rules may share the name `_`. Raises TypeError for a name that
    is no text (as where `@rule` stands alone) and ValueError for an unknown mode.
    """
    given: object = name
    if not isinstance(given, str) or not given:
        raise TypeError('a rule is marked with its name: @rule("name")')
    if mode not in MODES:
        raise ValueError(f"mode: takes one of {', '.join(MODES)}, not {mode!r}")

    def mark(function: Rule) -> Rule:
        _ = function.__code__  # a class or another object would never be asked
        # Not the function's own namespace: behind another decorator, that is another module's.
        marked = sys._getframe(1).f_globals.setdefault("__qsfilter_rules__", [])  # noqa: SLF001 - the only way to the file that marks
        marked.append((name, mode, function))
        return function

    return mark
