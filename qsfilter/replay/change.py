"""What two configurations make of one case, and how that differs.

Guarantee: a case of which one of them made nothing is never called the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qsfilter.replay.results import Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What two configurations make of one case."""

    old: Result
    new: Result

    @property
    def error(self) -> str:
        """Why they can't be compared."""
        for result in (self.old, self.new):
            if result.error and not result.unsaid:
                return result.error
        return ""

    @property
    def appeared(self) -> tuple[str, ...]:
        """Findings that only the new one makes."""
        return tuple(found for found in self.new.findings if found not in self.old.findings)

    @property
    def gone(self) -> tuple[str, ...]:
        """Findings that only the old one makes."""
        return tuple(found for found in self.old.findings if found not in self.new.findings)

    @property
    def same(self) -> bool:
        """Whether findings and the action for each recipient are the same."""
        if self.error:
            return False
        return (self.old.action, self.old.findings, sorted(self.old.recipients)) == (
            self.new.action,
            self.new.findings,
            sorted(self.new.recipients),
        )

    def __str__(self) -> str:
        """Say in one line what changes."""
        if self.error:
            return f"{self.new.case}: {self.error}"
        one = self.old.action == self.new.action
        said = [f"{self.old.action} as before" if one else f"{self.old.action} → {self.new.action}"]
        if len(self.new.recipients) > 1:
            before = dict(self.old.recipients)
            said += [
                f"{who}: {before.get(who, 'nothing')} → {action}"
                for who, action in self.new.recipients
                if before.get(who) != action
            ]
        said += [
            f"{what}: {', '.join(found)}" for what, found in (("new", self.appeared), ("gone", self.gone)) if found
        ]
        return f"{self.new.case}: {'; '.join(said)}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of `qsfilter replay --diff`."""
        return {
            "case": self.new.case.name,
            "form": self.new.case.form,
            "error": self.error,
            "old": self.old.judged,
            "new": self.new.judged,
            "appeared": self.appeared,
            "gone": self.gone,
        }
