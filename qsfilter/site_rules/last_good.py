"""The last good version of every rules file: what is asked of whoever keeps it, and keeping it in memory.

Guarantee: a version is kept only after it was loaded and all rules were good with it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from qsfilter.site_rules.files import Place


class Copy(NamedTuple):
    """The last good version of one file."""

    path: str
    """Where its text lies, for traces."""
    text: bytes | None
    """None where it is known to be there and must not be run."""
    when: float
    """Seconds since 1970 at which it was taken."""


class Nothing:
    """Keeps nothing: a file that can't be used is an error."""

    tries = False
    """Whether a new version is tried in a process of its own first."""
    waits = True
    """Whether a version that may still be in the middle of being written is left for later."""

    def get(self, path: str) -> Copy | None:  # noqa: ARG002 - those that keep something need it, here and below
        """Return the last good version of the file at PATH."""
        return None

    def put(self, path: str, text: bytes) -> None:
        """Keep TEXT for the file at PATH. Raises ConfigError that says why it can't be kept."""

    def forget(self, path: str) -> None:
        """Remove what is kept for PATH."""

    def paths(self, place: Place) -> list[str]:  # noqa: ARG002
        """Return the paths in the folder of PLACE for which something is kept."""
        return []

    def ran(self, place: Place) -> bool:  # noqa: ARG002
        """Tell whether all rules were once good with PLACE among them; then a new file there can be left out."""
        return False

    def note_ran(self, place: Place) -> None:
        """Note that all rules are good, with PLACE among them. Raises ConfigError."""

    def trouble(self, path: str, text: bytes) -> str:  # noqa: ARG002
        """Return what was wrong with TEXT for PATH when it was last tried, if that is not long ago."""
        return ""

    def note_trouble(self, path: str, text: bytes, why: str) -> None:
        """Note that TEXT for PATH can't be used, and WHY."""


class InMemory(Nothing):
    """Keeps versions as long as the process lives."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._copies: dict[str, Copy] = {}
        self._ran: set[str] = set()

    def get(self, path: str) -> Copy | None:
        """Return the version."""
        return self._copies.get(path)

    def put(self, path: str, text: bytes) -> None:
        """Keep it."""
        self._copies[path] = Copy(path, text, time.time())

    def forget(self, path: str) -> None:
        """Drop it."""
        self._copies.pop(path, None)

    def paths(self, place: Place) -> list[str]:
        """List those in the folder."""
        return within(place, list(self._copies))

    def ran(self, place: Place) -> bool:
        """Tell."""
        return place.path in self._ran

    def note_ran(self, place: Place) -> None:
        """Note it."""
        self._ran.add(place.path)


def within(place: Place, paths: list[str]) -> list[str]:
    """Return those PATHS that lie in the folder of PLACE and have names that it takes, as PLACE would write them."""
    folder = os.path.abspath(place.folder)
    names = [os.path.basename(path) for path in paths if os.path.dirname(os.path.abspath(path)) == folder]
    return [os.path.join(place.folder, name) for name in sorted(names) if place.takes(name)]
