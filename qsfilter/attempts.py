"""The poison guard: remembers each attempt at a message until it has an outcome, and so knows which message kills us.

An attempt counts if the examination began and was broken off: the process was killed (SIGKILL, SIGSEGV, out of memory),
ended by the timer that ends what hangs in native code, or an error of the core itself came up. An orderly "try again
later" never counts, because then the message is not to blame: a scanner that is down for an hour would else send all
mail to quarantine. Nor does an attempt that the machine's own end broke off, or one whose twin is being examined.

How: a small file for each message under examination, locked. The kernel gives the lock up when the process ends, in
whatever way; so a file that says "being examined" and has no lock is one of a process that died, and which hook of
which plugin was asked last stands in it. No fsync: it has to outlive the process, not the machine.

Guarantees: a folder that fails is no guard, and `trouble` says so; it never holds up mail, counts nothing that was not
broken off, and never makes a message clean. Nothing is written to a descriptor that a plugin has closed. Files end
after `FORGET_SECONDS`, and their number is bounded.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Protocol, Self

from qsfilter import attempt_files, own_folder
from qsfilter.attempt_files import Record
from qsfilter.errors import QsfilterError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 3
"""Attempts that may break off before the message is given up."""
FORGET_SECONDS = 7 * 86400.0
"""A queue gives up after so long; the same mail after that is another one."""
MANY = 10
"""Other messages that broke off within `MANY_SECONDS`, from which on it is not the message's fault, but ours."""
MANY_SECONDS = 3600.0
SWEEP_ONE_IN = 256
"""Attempts of which one looks for files to forget."""
TWIN_TRIES = 3


class Watcher(Protocol):
    """Watches over this process, and sees what it was at when it dies."""

    def begins(self, key: str) -> None:
        """Be told the retry KEY of the message that is examined next."""

    def asks(self, hook: str, plugin: str) -> None:
        """Be told whom it is given to."""


class Attempts:
    """What is known of attempts at messages, in one folder."""

    def __init__(
        self,
        folder: str,
        *,
        most: int = MOST,
        forget_seconds: float = FORGET_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the files in FOLDER, none where it is empty; give a message up after MOST (at least 1) attempts.

        CLOCK is the wall clock, because files outlive the process.
        """
        if most < 1:
            raise ValueError(f"{most} attempts")
        self.folder = folder
        self.most = most
        self._forget_seconds = forget_seconds
        self._clock = clock
        self.watcher: Watcher | None = None
        """Who watches over this process; a message that is not known yet then costs no file, as he sees if we die."""
        self.seen = ""
        """What he has seen the attempt before die of, as `scan of clamav`."""

    def begin(self, key: str) -> Attempt:
        """Note that the message with the retry KEY (`ctx.key`) is about to be examined, and return what was before.

        Never raises but ValueError for a KEY that is not hexadecimal.
        """
        if not (len(key) >= 8 and key.isascii() and key.isalnum()):
            raise ValueError(f"{key!r} is no retry key")
        if self.watcher is not None:
            self.watcher.begins(key)
            if not self.seen and not (self.folder and os.path.lexists(self._path(key))):
                return Attempt(self._path(key), self.most, self.watcher, self if self.folder else None)
        return self._noted(key, self.watcher)

    def broke_off(self, key: str, asked: str) -> None:
        """Note that an attempt at the message with the retry KEY has broken off when ASKED was asked."""
        attempt = self._noted(key)
        attempt.asking(*asked.split(" of ", 1) if " of " in asked else (asked, "nobody"))
        attempt.close()

    def waits(self, key: str) -> None:
        """Note that the sender of the message with the retry KEY was told to try again."""
        self._noted(key).ended(71)

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, key[:2], key)

    def _noted(self, key: str, watcher: Watcher | None = None) -> Attempt:
        """Begin an attempt that stands in a file."""
        attempt = Attempt(self._path(key), self.most, watcher)
        if not self.folder:
            return attempt
        try:
            folder = own_folder.opened(self.folder)
            try:
                self._begin(folder, key, attempt)
                if os.urandom(1)[0] % SWEEP_ONE_IN == 0:
                    attempt_files.sweep(folder, key[:2], self._clock() - self._forget_seconds)
            finally:
                os.close(folder)
        except OSError as error:
            attempt.trouble = attempt.trouble or f"attempts are not remembered: {error.strerror}: {error.filename}"
        return attempt

    def _begin(self, folder: int, key: str, attempt: Attempt) -> None:
        now = self._clock()
        for _ in range(TWIN_TRIES):
            descriptor, made = attempt_files.opened(folder, key)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                # A twin is being examined. What is known of it holds for us; it alone writes, so we are not counted.
                attempt.take(attempt_files.read(descriptor, now, self._forget_seconds), now)
                os.close(descriptor)
                break
            except BaseException:
                os.close(descriptor)
                raise
            if os.fstat(descriptor).st_nlink == 0:  # a twin has had its outcome just now
                os.close(descriptor)
                continue
            attempt.hold(descriptor)
            boot = attempt_files.boot_id()
            known = attempt_files.read(descriptor, now, self._forget_seconds)
            if made and known.state == attempt_files.WAITING:
                known = Record(first=now)
            if known.broken_off(boot) or self.seen:
                attempt_files.note_death(folder, key, now)
                known = known.with_death(self.seen)
            attempt.take(known, now)
            attempt_files.write(descriptor, known.begun(boot))
            break
        if attempt.deaths >= self.most:
            others = attempt_files.deaths_of_others(folder, key, now - MANY_SECONDS, now)
            attempt.widespread = others >= MANY


class Attempt:
    """One attempt, and what is known of those before it. As a context manager it ends in any case: see `__exit__`."""

    def __init__(self, path: str, most: int, watcher: Watcher | None = None, unnoted: Attempts | None = None) -> None:
        self._path = path
        self._watcher = watcher
        self._unnoted = unnoted
        """Where to note it if it does not end with an outcome; None where it is noted already, or nowhere."""
        self._asked = ""
        self._most = most
        self._descriptor = -1
        self._identity = (0, 0)
        self._record = Record()
        self._part: object = None
        self._part_text = ""
        self.seconds = 0.0
        """Since the first attempt began, on the wall clock; 0 for the first, where nothing is known, and never less."""
        self.widespread = False
        """Whether so many other messages broke off of late that the fault is the machine's or a plugin's."""
        self.trouble = ""
        """Why nothing is remembered, for one line in the log; empty where all is well."""

    @property
    def deaths(self) -> int:
        """How many attempts before this one were broken off."""
        return self._record.deaths

    @property
    def history(self) -> tuple[str, ...]:
        """What was being asked when they were, the oldest first: `unpack of libarchive about 1.2 > "a.rar"`."""
        return self._record.history

    @property
    def poison(self) -> bool:
        """Whether the message is to be given up, unexamined."""
        return self._record.deaths >= self._most and not self.widespread

    @property
    def detail(self) -> str:
        """What is known, on one line, for the finding and the log."""
        told = f"{self.deaths} attempts broke off, the first {self.seconds:.0f} s ago"
        if self.widespread:
            told += "; so did those at many other messages, so this one is not to blame"
        return f"{told}; {'; '.join(self.history)}" if self.history else told

    def asking(self, hook: str, plugin: str, part: object = None) -> None:
        """Note what is asked next, for the one who finds that this process died; PART is anything that prints."""
        if self._watcher is not None:  # who also tells what was asked, if we die of it
            self._watcher.asks(hook, plugin)
            self._asked = f"{hook} of {plugin}"
            return
        if self._descriptor < 0:
            return
        if part is not self._part:
            self._part, self._part_text = part, f" about {part}"
        text = f"{hook} of {plugin}{self._part_text if part is not None else ''}"
        try:
            if self._is_ours():
                attempt_files.write_crumb(self._descriptor, text)
        except OSError:
            return  # the count is what matters

    def ended(self, exit_code: int) -> None:
        """Forget the message where EXIT_CODE (of qmail-queue) is an outcome; else it was an orderly "try again later".

        0 is handed over, kept or discarded, 11 to 40 is refused for good. Call it before the process becomes the queue
        program: that the examination came to its end is what counts.
        """
        outcome = exit_code == 0 or 11 <= exit_code <= 40
        unnoted, self._unnoted = self._unnoted, None
        if unnoted is not None and not outcome:
            unnoted.waits(os.path.basename(self._path))
        if self._descriptor < 0:
            return
        try:
            if not self._is_ours():
                return
            if outcome:
                found = os.stat(self._path, follow_symlinks=False)
                if (found.st_dev, found.st_ino) == self._identity:
                    os.unlink(self._path)
            else:
                attempt_files.write_waiting(self._descriptor, self._record)
        except OSError as error:
            self.trouble = self.trouble or f"an attempt's end is not noted: {error.strerror}: {self._path}"
        finally:
            self.close()

    def close(self) -> None:
        """Give the lock up and leave the file as it is: if nothing has ended it, the attempt counts as broken off."""
        unnoted, self._unnoted = self._unnoted, None
        if unnoted is not None:
            unnoted.broke_off(os.path.basename(self._path), self._asked)
        descriptor, ours = self._descriptor, self._descriptor >= 0 and self._is_ours()
        self._descriptor = -1
        if ours:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End what has not ended.

        An error that the project raises on purpose (a disk that is full, a caller that is gone) is an orderly "try
        again later". Any other one is the core's, out of memory or out of time, and the attempt was broken off.
        """
        if kind is None or issubclass(kind, (QsfilterError, KeyboardInterrupt)):
            self.ended(71)
        else:
            self.close()

    def hold(self, descriptor: int) -> None:
        """Take over DESCRIPTOR, a locked file; for `Attempts`."""
        self._descriptor = descriptor
        found = os.fstat(descriptor)
        self._identity = (found.st_dev, found.st_ino)

    def take(self, record: Record, now: float) -> None:
        """Take over what is known; for `Attempts`."""
        self._record = record
        self.seconds = max(0.0, now - record.first)

    def _is_ours(self) -> bool:
        """Whether our descriptor means our file: a plugin may have closed it, and the next file got its number."""
        try:
            found = os.fstat(self._descriptor)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity
