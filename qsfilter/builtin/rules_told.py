"""The plugin `site-rules`: says in every message, and to `check`, which rules are not in force as they stand.

Guarantee: it votes for nothing, so no message waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.hookspecs import hookimpl
from qsfilter.model import Problem
from qsfilter.words import note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsfilter.model import Finding

NAME = "site-rules"
STALE = "rules-stale"


class AsWritten:
    """Nothing is wrong with the rules; this takes the name of the plugin that would say so."""


class NotAsWritten(AsWritten):
    """Says in every message which rules are not in force as they stand in their files."""

    def __init__(self, told: tuple[str, ...], unused: tuple[str, ...]) -> None:
        """Have one sentence in TOLD for each file; UNUSED are paths of what lies beside them and is not read."""
        self.told = told
        self.unused = unused

    @hookimpl
    def scan(self) -> Iterable[Finding]:
        """Note it."""
        for text in self.told:
            yield note(STALE, detail=text)

    @hookimpl
    def check(self) -> Iterable[Problem]:
        """Tell the postmaster."""
        for text in self.told:
            yield Problem(text=text, mend="mend it; mail is judged by what is said here, and each message notes it")
        for path in self.unused:
            mend = "if it has rules, give it a name that ends in .py; if not, one that begins with a dot"
            yield Problem(text=f"rules {path}: is not read", mend=mend, fatal=False)
