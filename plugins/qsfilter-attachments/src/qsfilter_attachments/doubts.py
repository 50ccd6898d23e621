"""Rules that can't do what they were written for; `qsfilter check` prints them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsfilter import Problem
from qsfilter.names import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qsfilter.legacy import AttachmentRule

_BARE_EXTENSION = re.compile(r"[a-z0-9]{1,5}", re.ASCII | re.IGNORECASE)


def about_block(block: Iterable[str]) -> Iterator[Problem]:
    """Look for extensions without their dot in the option `block`."""
    for text in block:
        if _BARE_EXTENSION.fullmatch(text):
            problem = f"block: {shown(text)} blocks only what has this as its whole name"
            yield Problem(text=problem, mend=f'write ".{text}" for the extension', fatal=False)


def about_allow(allow: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """Look for extensions in the option `allow` that are not KNOWN to the default list."""
    for text in allow:
        if text.casefold() not in known:
            problem = f"allow: {shown(text)} is not in the default list, so nothing is left out for it"
            yield Problem(
                text=problem, mend="`allow` takes back defaults only; other rules are where you wrote them", fatal=False
            )


def about_legacy(rules: Iterable[AttachmentRule]) -> Iterator[Problem]:
    """Look for rules that block nothing, or less than it seems."""
    for rule in rules:
        name = rule.name or rule.extension
        if "*" in name:
            problem = f"{rule.where}: {shown(name)} blocks only names with a real `*` in them, which no file has"
            yield Problem(text=problem, mend="write the extension alone, or put the pattern into `block`", fatal=False)
        elif rule.size == 0:
            problem = (
                f"{rule.where}: {shown(name)} blocks empty files only, because a name is blocked with its exact size"
            )
            yield Problem(text=problem, mend="write SIZE=-1 for any size", fatal=False)
