"""The scan stage: every plugin looks at the whole message and states facts.

Guarantee: all plugins are asked, whatever the others found, so the report is complete and order does not matter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qsfilter.errors import Nonsense

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qsfilter.examination import Examination
    from qsfilter.model import Finding, Message, Part, Path
    from qsfilter.registry import Entry


def scan(message: Message, examination: Examination) -> tuple[Finding, ...]:
    """Ask every plugin about MESSAGE; return all findings so far, one for each part that carries the content."""
    examination.ask("scan", _nothing_else, message=message)
    shadows = {part.path for part in message.parts if part.shadow}
    carriers: dict[int, list[Part]] = {}
    for part in message.parts:
        carriers.setdefault(id(part.blob), []).append(part)
    placed = (found for finding in examination.findings for found in _places(finding, shadows, carriers))
    examination.findings[:] = dict.fromkeys(placed)
    return tuple(examination.findings)


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
