"""Reads what is kept in quarantine.

Guarantees: nothing is changed; a sidecar that is damaged or goes away meanwhile hides no other copy; the bytes that
`content` returns are those whose sidecar was read, and those that were received.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter import kept_copy
from qsfilter.builtin.quarantine import BOXES
from qsfilter.errors import DeliveryError
from qsfilter.held.record import mark_of
from qsfilter.kept_copy import SIDECARS, coded

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDECAR = {
    "sender": str, "recipients": list, "client": dict, "size": int, "sha256": str, "action": str, "reason": str,
    "engines": list, "report": dict,
}  # fmt: skip
"""What a sidecar holds at least, and of which type."""
REPORT = {
    "findings": ("kind", "name", "part", "source"),
    "parts": ("path", "declared"),
    "verdicts": ("action", "reason", "source"),
}
"""Which lists its report holds, and which texts each of their entries has."""


def copies(path: str) -> Iterator[dict[str, Any]]:
    """Yield the sidecar of each copy below PATH, the oldest first.

    Added are `id`, `box`, `time`, `file` (None where it has gone), `handed` and `held` (recipients who have been given
    it, and who have not) and `unfinished` (a release that began and whose end is not known, else None). Raises OSError
    where the folders are there and can't be read.
    """
    found = []
    for box in BOXES:
        folder = os.path.join(path, box, SIDECARS)
        for name in _names(folder):
            try:
                when = os.stat(os.path.join(folder, name), follow_symlinks=False).st_mtime
            except FileNotFoundError:
                continue  # a retry that is judged otherwise has moved it
            if name.endswith(".json"):
                found.append((when, box, name.removesuffix(".json")))
    for when, box, name in sorted(found):
        told = _sidecar(os.path.join(path, box), name)
        if told is not None:
            yield _with_marks(path, {"id": name, "box": box, "time": when, **told})


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):  # nothing was ever kept there
        return []


def content(path: str, copy: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return the COPY in the quarantine PATH as it is now, and the message. Raises DeliveryError where it has gone."""
    box = os.path.join(path, copy["box"])
    with kept_copy.alone(box):  # so that sidecar and message are of one attempt
        told = _sidecar(box, copy["id"])
        place = _file(box, copy["id"])
        if told is None or place is None:
            raise DeliveryError("it has gone")
        try:
            with open(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                raw = file.read()
        except OSError as error:
            raise DeliveryError(f"can't read {place}: {error.strerror}") from error
    if hashlib.sha256(raw).hexdigest() != told["sha256"]:
        raise DeliveryError(f"{place} is not what was received: its SHA-256 is another")
    return _with_marks(path, {"id": copy["id"], "box": copy["box"], "time": copy["time"], **told}), raw


def _with_marks(path: str, copy: dict[str, Any]) -> dict[str, Any]:
    mark = mark_of(path, copy["id"])
    handed = [coded(one) for one in mark.handed]
    return {
        **copy,
        "file": _file(os.path.join(path, copy["box"]), copy["id"]),
        "handed": handed,
        "held": [one for one in copy["recipients"] if one not in handed],
        "unfinished": mark.begun,
    }


def _sidecar(box: str, name: str) -> dict[str, Any] | None:
    """Read one sidecar; None where it is gone or damaged."""
    try:
        with open(os.path.join(box, SIDECARS, f"{name}.json"), encoding="utf-8") as file:
            told = json.load(file)
        return told if isinstance(told, dict) and _sound(told) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _sound(told: dict[str, Any]) -> bool:
    if not all(isinstance(told.get(key), kind) for key, kind in SIDECAR.items()):
        return False
    for address in (told["sender"], *told["recipients"]):
        b64decode(address)  # raises ValueError, of which binascii's error is one
    entries = [(entry, keys) for name, keys in REPORT.items() for entry in _entries(told["report"].get(name))]
    return all(isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in keys)
               for entry, keys in entries)  # fmt: skip


def _entries(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _file(box: str, name: str) -> str | None:
    """Find the message, wherever a mail reader has put it."""
    if os.path.lexists(os.path.join(box, "new", name)):
        return os.path.join(box, "new", name)
    try:
        read = [entry.path for entry in os.scandir(os.path.join(box, "cur")) if entry.name.partition(":")[0] == name]
    except OSError:
        return None
    return read[0] if read else None
