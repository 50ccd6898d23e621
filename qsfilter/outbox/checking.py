"""What `qsfilter check` says of an outbox; plugins that put mails there ask it in their own `check`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter.kept_copy import unwritable
from qsfilter.model import Problem
from qsfilter.outbox import mails
from qsfilter.outbox.spool import CUR, NEW

if TYPE_CHECKING:
    from collections.abc import Iterator

OVERDUE_SECONDS = 6 * 3600.0
"""Longer than the longest pause between two tries."""


def problems(folder: str, key: str) -> Iterator[Problem]:
    """Yield what is wrong with the outbox FOLDER, which the option KEY names: it can't be written, or nobody sends."""
    if place := unwritable(folder):
        mend = f"give it to the user whom mail runs as, or change {key}; until then the mail waits"
        yield Problem(text=f"{key}: {place} can't be written", mend=mend)
        return
    if not mails.is_there(folder):
        return
    try:
        late = [one for one in mails.files(folder, NEW, CUR) if time.time() - one.next_try > OVERDUE_SECONDS]
    except OSError as error:
        yield Problem(text=f"{key}: {folder}: {error.strerror}", mend="give it to the user whom mail runs as")
        return
    if late:
        mend = "run `qsfilter outbox send` by cron, by a timer or under supervision"
        yield Problem(text=f"{key}: {len(late)} mails wait in {folder} and nobody sends them", mend=mend, fatal=False)
