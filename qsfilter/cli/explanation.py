"""The Report on a message as a tree for people: what it holds, what was found where, who voted, what comes of it.

Guarantees: nothing that stood in the message, an archive, a plugin's answer or a file's name steers the terminal:
every line is made printable before colour is put on it; all that decided is shown, however much else is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.actions import Kind
from qsfilter.cli.opinions import clipped, edits, style_of, told, votes, waivers
from qsfilter.cli.table import folded
from qsfilter.names import printable, shown
from qsfilter.report import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter.cli.opinions import Line
    from qsfilter.legacy_headers import LegacyHeaders
    from qsfilter.model import Call, Finding, Part, Report

SLOW_SECONDS = 0.001
"""Calls of a hook that took less are shown with `--trace` only."""
DEEPEST = 20
"""Levels that are indented; deeper ones stand below each other."""
HANGING = 2
GRAVE = frozenset({Kind.MALWARE, Kind.POLICY, Kind.FAILURE, Kind.AMBIGUOUS, Kind.UNSCANNABLE})
STYLES = {"good": "32", "bad": "31", "odd": "33", "dim": "2", "title": "1"}
"""Style → number of an SGR sequence (ECMA-48, 8.3.117)."""


def in_colour(style: str, text: str) -> str:
    """Return TEXT, which is printable, in STYLE for a terminal."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if style else text


def plainly(_style: str, text: str) -> str:
    """Return TEXT as it is."""
    return text


def explanation(
    file: str,
    report: Report,
    raw: bytes,
    *,
    dialect: str = "plain",
    trace: bool = False,
    legacy: LegacyHeaders | None = None,
    paint: Callable[[str, str], str] = plainly,
    columns: int = 0,
) -> str:
    """Explain REPORT on RAW, the message in FILE, for a caller that speaks DIALECT; with every call if TRACE.

    LEGACY is which fields of Qmail-Scanner are added. PAINT puts a style, one of STYLES or none, on a printable text.
    Lines are folded to COLUMNS; 0 for any width.
    """
    action = report.decision.action
    lines = [(style_of(action), f"{file}: {action} (exit {exit_code(report)}, id {report.key[:16]})")]
    for section in (
        _tree(report),
        _asked(report, trace=trace),
        votes(report, trace=trace),
        waivers(report),
        edits(report, raw, legacy),
        told(report, dialect),
    ):
        lines += section
    return "\n".join(paint(style, _line(printable(text), columns)) for style, text in lines)


def _line(text: str, columns: int) -> str:
    """Return TEXT, folded to COLUMNS; its further lines stand a little further in than the first."""
    begins = len(text) - len(text.lstrip())
    if not columns or begins + HANGING >= columns:
        return text
    return text[:begins] + f"\n{' ' * (begins + HANGING)}".join(folded(text[begins:], columns - begins - HANGING))


def _tree(report: Report) -> Iterator[Line]:
    """Show the parts, each below the one that holds it, and what was found below its part."""
    inside: dict[tuple[tuple[int, str], ...], list[Part]] = {}
    for part in report.message.parts[1:]:
        inside.setdefault(part.path.steps[:-1], []).append(part)
    found: dict[object, list[Finding]] = {}
    for finding in (*report.findings, *report.shadow):
        found.setdefault(None if finding.part is None else finding.part.steps, []).append(finding)
    todo = [report.message.root]
    while todo:
        part = todo.pop()
        steps = part.path.steps
        indent = "  " * (min(len(steps), DEEPEST) + 1)
        yield "", f"{indent}{_part(part)}"
        yield from (_finding(finding, f"{indent}  ! ") for finding in found.pop(steps, ()))
        todo += reversed(inside.get(steps, ()))
    for finding in found.pop(None, ()):
        yield _finding(finding, "  ! ")
    for others in found.values():
        yield from (_finding(finding, f"  ! in {finding.part}: ") for finding in others)
    if not report.findings:
        yield "good", "  no findings"


def _part(part: Part) -> str:
    """Say path, declared type, size, names, what it came out of and in which reading."""
    names = " ".join(shown(name.text) for name in part.names)
    origin = f"from {part.origin}" if part.path.steps and part.origin != "mime" else ""
    reading = f"in the reading {part.reading}" if part.reading else ""
    shadow = "(in shadow)" if part.shadow else ""
    size = f"{part.blob.size} byte{'s' * (part.blob.size != 1)}"
    pieces = (clipped(str(part.path)), clipped(part.declared), size, names, origin, reading, shadow)
    return "  ".join(piece for piece in pieces if piece)


def _finding(found: Finding, before: str) -> Line:
    shadow = "  (in shadow)" if found.shadow else ""
    style = "dim" if shadow else "bad" if found.kind in GRAVE else "odd"
    return style, f"{before}{clipped(f'{found}')}  by {found.source}{shadow}  {clipped(found.detail)}".rstrip()


def _asked(report: Report, *, trace: bool) -> Iterator[Line]:
    """Show whose calls took long or went wrong, or all calls."""
    calls = [call for call in report.calls if trace or call.seconds >= SLOW_SECONDS or not _went_well(call)]
    which = "" if trace else f"; those of {SLOW_SECONDS * 1000:.0f} ms and more, or in trouble (all: --trace)"
    count = len(report.calls)
    yield "title", f"  asked: {count} call{'s' * (count != 1)}, {report.seconds * 1000:.2f} ms in all{which}"
    for call in calls:
        where = f" about {clipped(str(call.part))}" if call.part is not None else ""
        rule = f" ({call.rule})" if call.rule else ""
        text = f"    {call.seconds * 1000:9.3f} ms  {call.hook} {call.plugin}{rule}{where}: {clipped(call.result)}"
        yield "" if _went_well(call) else "bad", text


def _went_well(call: Call) -> bool:
    """Whether CALL ended with a number of answers, and not in a finding about it."""
    return call.result.partition(" ")[0].isdigit()
