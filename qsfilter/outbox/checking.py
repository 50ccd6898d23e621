"""What `qsfilter check` says of an outbox; plugins that put mails there ask it in their own `check`."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter.kept_copy import unwritable
from qsfilter.model import Problem
from qsfilter.outbox.spool import CUR, FAILED, NEW, SENT
from qsfilter.own_folder import WRITABLE_BY_OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERDUE_SECONDS = 6 * 3600.0
"""Longer than the longest pause between two tries."""
SHARED_BY_GROUP = stat.S_ISGID | stat.S_IWGRP
"""What is made in such a folder is made so, too."""


def problems(folder: str, key: str, until_then: str = "the mail waits") -> Iterator[Problem]:
    """Yield what is wrong with the outbox FOLDER, which the option KEY names, and what happens UNTIL_THEN.

    It can't be written, others can write it, or nobody sends.
    """
    if place := unwritable(folder):
        mend = f"give it to the user whom mail runs as, or change {key}; until then {until_then}"
        yield Problem(text=f"{key}: {place} can't be written", mend=mend)
        return
    if place := _writable_by_others(folder):
        mend = f"make {folder}, and what is in it, its owner's alone (mode 0700); until then {until_then}"
        yield Problem(text=f"{key}: others can write {place}", mend=mend)
        return
    try:
        late = _overdue(folder)
    except OSError as error:
        yield Problem(text=f"{key}: {folder}: {error.strerror}", mend="give it to the user whom mail runs as")
        return
    if late:
        mend = "run `qsfilter outbox send` by cron, by a timer or under supervision"
        yield Problem(text=f"{key}: {late} mails wait in {folder} and nobody sends them", mend=mend, fatal=False)


def _overdue(folder: str) -> int:
    """Return how many mails should have been tried long ago; root may ask about another user's. Raises OSError."""
    count = 0
    for place in (NEW, CUR):
        try:
            with os.scandir(os.path.join(folder, place)) as entries:
                tries = [entry.stat(follow_symlinks=False).st_mtime for entry in entries]
        except FileNotFoundError:  # nothing was ever put, or a mail was just sent
            continue
        count += sum(time.time() - next_try > OVERDUE_SECONDS for next_try in tries)
    return count


def _writable_by_others(folder: str) -> str:
    """Return the folder of the outbox that others can write, or in which it would be made so, as a group shares it."""
    existing = os.path.abspath(folder)
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if existing != os.path.abspath(folder):
        return existing if os.stat(existing).st_mode & SHARED_BY_GROUP == SHARED_BY_GROUP else ""
    for place in (existing, *(os.path.join(existing, below) for below in ("tmp", NEW, CUR, SENT, FAILED))):
        with suppress(FileNotFoundError):
            if os.stat(place).st_mode & WRITABLE_BY_OTHERS:
                return place
    return ""
