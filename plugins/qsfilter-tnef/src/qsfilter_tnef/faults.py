"""What is wrong with one TNEF stream, collected while it is read and told when all that could be read was yielded.

Guarantees: a few findings for one content, however much of it is broken; the work on it is counted and bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import unscannable
from qsfilter.words import irregular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Finding, Part

STEPS = 4096
"""Attributes and properties for the message itself; honest ones have about 150."""
STEPS_FOR_A_MEMBER = 64
"""As many for each member that the limits allow; honest attachments have about 30."""


class Faults:
    """Counts the steps of one reading and remembers the first fault of each sort."""

    def __init__(self, members: int) -> None:
        """Allow as many steps as MEMBERS attachments could take."""
        self.steps = STEPS + STEPS_FOR_A_MEMBER * members
        self._left = self.steps
        self._first: dict[str, str] = {}
        self._more: dict[str, int] = {}

    def step(self) -> bool:
        """Count one attribute, property or value; False when there were too many, and reading has to end."""
        self._left -= 1
        if self._left == -1:
            self._note("over-limit", f"more than {self.steps} attributes and properties")
        return self._left >= 0

    def corrupt(self, detail: str) -> None:
        """Note something that can't be read, or not as it was meant."""
        self._note("corrupt", detail)

    def over_limit(self, detail: str) -> None:
        """Note something that was too long to look into."""
        self._note("over-limit", detail)

    def checksum(self, detail: str) -> None:
        """Note a checksum that doesn't fit or is not there; no reader that people use refuses the data for it."""
        self._note("tnef-checksum", detail)

    def trailing(self, detail: str) -> None:
        """Note data behind the last attribute."""
        self._note("tnef-trailing-data", detail)

    def _note(self, code: str, detail: str) -> None:
        if code in self._first:
            self._more[code] = self._more.get(code, 0) + 1
        else:
            self._first[code] = detail

    def findings(self, part: Part) -> Iterator[Finding]:
        """Say what was wrong with PART, one finding for each sort."""
        for code, first in self._first.items():
            more = f", and {self._more[code]} more" if code in self._more else ""
            make = irregular if code.startswith("tnef-") else unscannable
            yield make(code, part, f"tnef: {first}{more}")
