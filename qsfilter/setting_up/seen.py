"""What a look at the machine says, and where it looks."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from qsfilter.names import printable

FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/command")
"""Where programs are looked for: root's and the users' PATH differ, and daemontools has a folder of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where is looked."""

    root: str = ""
    """A folder in the place of `/`, such as an image that is mounted; empty for this machine."""
    qmail: str = ""
    """The home of qmail; empty for the usual ones."""
    clamd: str = ""
    """The one server to ask, as `servers` of the plugin has it; empty for the usual ones."""
    spamd: str = ""

    def path(self, path: str) -> str:
        """Return where PATH, which is absolute, is found from here."""
        return self.root + path

    def program(self, name: str) -> str:
        """Return the path of the program NAME as the machine itself has it, empty where there is none."""
        folders = list(FOLDERS) if self.root else [*os.environ.get("PATH", os.defpath).split(os.pathsep), *FOLDERS]
        found = shutil.which(name, path=os.pathsep.join(self.path(folder) for folder in folders if folder))
        return found.removeprefix(self.root) if found else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """One thing that was looked for."""

    what: str
    value: tuple[str, ...] = ()
    """What the configuration needs of it."""
    detail: str = ""
    """For people: what was found, or why nothing was."""
    there: bool = True

    def __str__(self) -> str:
        """The line that is printed, in the manner of configure scripts."""
        told = printable(self.detail or ", ".join(self.value))
        if self.there:
            return f"checking for {self.what} ... yes" + (f", {told}" if told else "")
        return f"checking for {self.what} ... no" + (f" ({told})" if told else "")


def absent(what: str, detail: str = "") -> Seen:
    """Say that WHAT is not there, and why."""
    return Seen(what=what, detail=detail, there=False)
