"""Finds copies in an archive by what their sidecars say.

Guarantees: nothing is made or changed; a sidecar that is damaged or goes away meanwhile hides no other copy.
"""

from __future__ import annotations

import calendar
import json
import os
import time
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter.kept_copy import SIDECARS
from qsfilter.patterns import matches_address
from qsfilter_archive.lines import NAME
from qsfilter_archive.places import box_of, boxes, files, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST = 1 << 26
"""Bytes of a sidecar. One holds each recipient twice, and those of one message are bounded."""


def copies(
    path: str,
    sender: str = "",
    recipient: str = "",
    since: float = 0.0,
    until: float = float("inf"),
    step: Callable[[], None] = lambda: None,
) -> Iterator[dict[str, Any]]:
    """Yield the sidecar of each copy in the archive PATH, the oldest of a folder first.

    SENDER and RECIPIENT are patterns for addresses, or empty; the time lies from SINCE to before UNTIL (seconds since
    the epoch). Added are `folder`, `kept` (that time) and `file`, None where the message has gone. STEP is called for
    each sidecar that was read.
    """
    for folder in boxes(path):
        messages = files(path, folder)
        found = []
        for name in _names(path, folder):
            told = _sidecar(os.path.join(box_of(path, folder), SIDECARS, f"{name}.json"))
            if told is not None and since <= told["kept"] < until and _fits(told, sender, recipient):
                found.append({"folder": folder, "file": next(iter(messages.get(name, [])), None), **told})
            step()
        yield from sorted(found, key=lambda told: (told["kept"], told["key"]))


def _fits(told: dict[str, Any], sender: str, recipient: str) -> bool:
    return (not sender or matches_address(b64decode(told["sender"]), (sender,))) and (
        not recipient or any(matches_address(b64decode(one), (recipient,)) for one in told["recipients"])
    )


def _names(path: str, folder: str) -> list[str]:
    names = os.listdir(os.path.join(box_of(path, folder), SIDECARS))
    return [name[:64] for name in names if name.endswith(".json") and NAME.fullmatch(name.removesuffix(".json"))]


def _sidecar(file: str) -> dict[str, Any] | None:
    """Read one sidecar; None where it is gone or damaged."""
    try:
        with open(opened(file), "rb") as content:
            changed = os.fstat(content.fileno()).st_mtime
            told = json.loads(content.read(LARGEST))
        for address in (told["sender"], *told["recipients"]):
            b64decode(address)
        stamp = told.get("time")
        kept = calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")) if stamp else changed
        known = isinstance(told["size"], int) and isinstance(told["decision"]["action"], str)
        return {**told, "key": os.path.basename(file)[:64], "kept": kept} if known else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
