"""Lets mail pass without being looked at, for a time that the postmaster has set and given a reason for.

Guarantees: only a file that this process's user or root has written, and nobody else can write, lets mail pass; it ends
by itself, at the latest after MOST_SECONDS, and is not in force while the clock stands before its beginning; whatever
is wrong with the file, mail is examined.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass

from qsfilter.errors import ConfigError

BYPASS = "bypass"
"""Name of the NOTE that says so in each report."""
MOST_SECONDS = 7 * 86400.0
LONGEST_REASON = 200
"""Characters."""
LARGEST = 4096
"""Bytes of the file; JSON takes up to 12 for a character."""
_WRITABLE_BY_OTHERS = 0o022


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """What the file says."""

    begins: float
    """Seconds since the epoch, as `ends`."""
    ends: float
    user: str
    """Who set it."""
    reason: str

    def in_force(self, now: float) -> bool:
        """Whether mail passes at NOW, seconds since the epoch."""
        return self.begins <= now < min(self.ends, self.begins + MOST_SECONDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bypass:
    """The file that is looked for before each message."""

    path: str

    def reason(self) -> str:
        """Return why mail is not examined now, as it stands in headers and logs; empty where it is examined."""
        if not os.path.lexists(self.path):  # as a rule there is none
            return ""
        granted = self.granted()
        if granted is None or not granted.in_force(time.time()):
            return ""
        return f"{granted.reason} ({granted.user})"

    def granted(self) -> Granted | None:
        """Return what the file says, whether or not it is in force; None where it is missing or can't be trusted."""
        import json  # noqa: PLC0415 - as a rule there is no file

        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if found.st_uid not in {0, os.geteuid()} or found.st_mode & _WRITABLE_BY_OTHERS:
                    return None
                if not stat.S_ISREG(found.st_mode):
                    return None
                told = json.loads(file.read(LARGEST))
            return Granted(
                begins=float(told["begins"]),
                ends=float(told["ends"]),
                user=str(told["user"]),
                reason=str(told["reason"]),
            )
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None

    def grant(self, seconds: float, reason: str, user: str) -> Granted:
        """Let mail pass for SECONDS (above 0, at most MOST_SECONDS) from now, for REASON; USER is who says so.

        Raises ConfigError for seconds or a reason that can't be taken, and OSError.
        """
        import json  # noqa: PLC0415 - not in the mail path

        if not 0 < seconds <= MOST_SECONDS:
            raise ConfigError(f"a bypass lasts at most {MOST_SECONDS / 86400:.0f} days")
        if not reason.strip() or not reason.isprintable() or len(reason) > LONGEST_REASON:
            raise ConfigError(f"a bypass takes a reason: one printable line of at most {LONGEST_REASON} characters")
        now = time.time()
        granted = Granted(begins=now, ends=now + seconds, user=user, reason=reason.strip())
        told = {"begins": granted.begins, "ends": granted.ends, "user": granted.user, "reason": granted.reason}
        begun = f"{self.path}.{os.urandom(8).hex()}"
        # Readable by all: it is no secret, and a caller who is not the service's user has to see it.
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            with open(descriptor, "wb") as file:
                file.write(json.dumps(told).encode())
                os.fchmod(descriptor, 0o644)
            os.rename(begun, self.path)
        except BaseException:
            os.unlink(begun)
            raise
        return granted

    def end(self) -> bool:
        """Have mail examined again; return whether there was a bypass. Raises OSError."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            return False
        return True
