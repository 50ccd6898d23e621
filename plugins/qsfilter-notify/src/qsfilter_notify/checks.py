"""Finds what is wrong with the options, the templates and the folders, before a message does; for `qsfilter check`."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter import Problem
from qsfilter.outbox import checking
from qsfilter_notify import facts, texts
from qsfilter_notify.notices import counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter_notify import Notify


def problems(notify: Notify) -> Iterator[Problem]:
    """Yield what is wrong with NOTIFY. None of it stops mail, so none is fatal."""
    for name in texts.NAMES:
        if trouble := _failure(name, notify):
            mend = "mend the template, or take it away; until then ours is sent"
            yield Problem(text=f"notify.templates: {trouble}", mend=mend, fatal=False)
    if notify.templates and not os.path.isdir(notify.templates):
        yield Problem(
            text=f"notify.templates: {notify.templates} is no folder", mend="make it, or leave it out", fatal=False
        )
    for problem in checking.problems(notify.outbox, "notify.outbox", "nobody is told of blocked mail"):
        yield replace(problem, fatal=False)
    if unwritable := _unwritable(counts(notify)):
        mend = "give it to the user whom mail runs as; until then the administrator alone is told, by digest"
        yield Problem(text=f"notify.counts: {unwritable} can't be written", mend=mend, fatal=False)
    tokens = set(notify.tokens)
    if not tokens or tokens == {"none"}:
        yield Problem(
            text="notify.tokens: nobody is told of anything", mend="name somebody, or leave the plugin out", fatal=False
        )
    for word, better in (("sender", "psender"), ("recips", "precips")):
        if tokens & {word, "all"}:
            who = "whose address malware has forged" if word == "sender" else "of malware that was never theirs to see"
            yield Problem(
                text=f"notify.tokens: {word!r} (or 'all') tells people {who}", mend=f"say {better!r}", fatal=False
            )


def _failure(name: str, notify: Notify) -> str:
    try:
        return texts.written(name, facts.sample(name), language=notify.language, folder=notify.templates).trouble
    except Exception as error:  # noqa: BLE001 - jinja2 may be missing, or one of our own files
        return f"{name}.txt: {type(error).__name__}: {error}"


def _unwritable(folder: str) -> str:
    """Return the folder in or above FOLDER that can't be written; empty where all is well. Nothing is made."""
    existing = os.path.abspath(folder)
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    return "" if os.path.isdir(existing) and os.access(existing, os.W_OK | os.X_OK) else existing
