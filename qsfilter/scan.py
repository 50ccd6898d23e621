"""The scan stage: every plugin looks at the whole message and states facts.

Guarantees: all plugins are asked, whatever the others found, so the report is complete and order does not matter; only
a plugin that is the backup of another is not asked unless that one fails. What fails and has a backup that answers has
been checked: the failure is then a note.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.errors import Nonsense

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.examination import Examination
    from qsfilter.model import Finding, Message, Part, Path
    from qsfilter.registry import Entry


def scan(message: Message, examination: Examination) -> tuple[Finding, ...]:
    """Ask every plugin about MESSAGE; return all findings so far, one for each part that carries the content."""
    _ask(message, examination)
    shadows = {part.path for part in message.parts if part.shadow}
    carriers: dict[int, list[Part]] = {}
    for part in message.parts:
        carriers.setdefault(id(part.blob), []).append(part)
    placed = (found for finding in examination.findings for found in _places(finding, shadows, carriers))
    examination.findings[:] = dict.fromkeys(placed)
    return tuple(examination.findings)


def _ask(message: Message, examination: Examination) -> None:
    """Ask every plugin, and then the backups of those that failed."""
    hooks = examination.registry.hooks["scan"]
    before = len(examination.findings)
    backups = [hook for hook in hooks if hook.entry.backup_for]
    examination.ask("scan", _nothing_else, message=message, among=[hook for hook in hooks if not hook.entry.backup_for])
    if not backups:
        return
    failed = _failing(examination, before)
    needed = [hook for hook in backups if hook.entry.backup_for in failed]
    examination.ask("scan", _nothing_else, message=message, among=needed)
    failed = _failing(examination, before)
    answered = {
        hook.entry.backup_for: hook.entry.name
        for hook in needed
        if hook.entry.name not in failed and not hook.entry.shadow
    }
    for at, found in enumerate(examination.findings):
        if found.source in answered and _is_of_scan(found, at, before, examination):
            detail = f"{answered[found.source]} answered instead: {found.detail}"
            examination.findings[at] = replace(found, kind=Kind.NOTE, detail=detail)


def _failing(examination: Examination, before: int) -> set[str]:
    """Return who failed in this stage, or did not start."""
    return {
        found.source for at, found in enumerate(examination.findings) if _is_of_scan(found, at, before, examination)
    }


def _is_of_scan(found: Finding, at: int, before: int, examination: Examination) -> bool:
    """Whether FOUND says that a plugin could not scan, and nothing more: what it did not open, no backup has opened."""
    if found.kind is not Kind.FAILURE:
        return False
    if at >= before:
        return True
    others = [hook for name in ("parse", "unpack", "decide") for hook in examination.registry.hooks[name]]
    return found.source in examination.broken and all(hook.entry.name != found.source for hook in others)


def _places(finding: Finding, shadows: set[Path], by_blob: Mapping[int, list[Part]]) -> Iterator[Finding]:
    """Turn a finding about a content into one for each part that carries it."""
    if finding.blob is None:
        yield replace(finding, shadow=finding.shadow or finding.part in shadows)
        return
    carriers = by_blob.get(id(finding.blob), ())
    for part in carriers:
        yield replace(finding, blob=None, part=part.path, shadow=finding.shadow or part.shadow)
    if not carriers:  # made by a plugin from bytes of its own: still a fact about the message
        yield replace(finding, blob=None)


def _nothing_else(answer: object, entry: Entry) -> None:
    raise Nonsense(f"{entry.name} answered a scan with {type(answer).__name__}")
