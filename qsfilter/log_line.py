"""The Report on a message as one log line.

Guarantees: one line of printable ASCII of at most MOST_OCTETS, whatever plugins and senders chose; no text in it can
pass for a field; it always says id, action and exit code. Where all is too much, every text is cut, the longest first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from qsfilter.actions import Kind
from qsfilter.report import exit_code, leading_votes, why_unexamined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsfilter.model import Call, Finding, Report

T = TypeVar("T")

MOST_OCTETS = 980
"""With what stands before it in the log, it stays within the 1,000 characters that patterns of multilog look at."""
MOST_FINDINGS_IN_LOG = 5
LONGEST_PIECE = 160
"""Characters of a finding's name and of its place, so that one with a long name leaves room for the next one."""
LONGEST_ADDRESSES = 200
MOST_ADDRESSES = 500
MOST_GROUPS = 5
"""Groups of recipients whose reasons are looked at."""
SLOW_SECONDS = 1.0
"""The longest call of a hook is named if it took longer."""
_CHARACTER = r"\\(?:x..|u....|U........|.)|."
"""One character of an escaped text; compiled only where a text has to be cut."""


def log_line(finished: Report) -> str:
    """Say in one line of `key=value` what became of the message; every text of the sender's is quoted and escaped."""
    envelope, outcome = finished.message.envelope, finished.outcome
    plain = [
        f"id={_escaped(finished.key[:16])}",
        f"action={finished.decision.action}",
        f"exit={exit_code(finished)}",
        f"handed={len(outcome.handed) if outcome else 0}",
        f"kept={len(outcome.kept) if outcome else 0}",
    ]
    figures = [f"size={finished.message.root.blob.size}", f"seconds={finished.seconds:.4f}"]
    figures += [f"shadow={len(finished.shadow)}"] if finished.shadow else []
    figures += [f"waived={len(finished.decision.waived)}"] if finished.decision.waived else []
    failures = [found for found in finished.findings if found.kind is Kind.FAILURE]
    slowest = max(finished.calls, key=_seconds, default=None)
    texts = {
        "from": _cut(_address(envelope.sender), LONGEST_ADDRESSES),
        "to": _cut(_address(b" ".join(envelope.recipients[:MOST_ADDRESSES])), LONGEST_ADDRESSES),
        "client": _cut(_escaped(finished.message.client.ip), LONGEST_ADDRESSES),
        "findings": _listed(sorted(finished.findings, key=_rank), _placed),
        "because": _listed(_reasons(finished), str),
        "failures": _listed(failures, _failure),
        "bypass": _escaped(why_unexamined(finished)),
        "reply": _escaped(outcome.reply) if outcome else "",
        "slowest": "",
    }
    if slowest is not None and slowest.seconds > SLOW_SECONDS:
        texts["slowest"] = _escaped(f"{slowest.hook} {slowest.plugin} {slowest.seconds:.1f} s")
    optional = {"because", "failures", "bypass", "reply", "slowest"}
    told = {key: text for key, text in texts.items() if text or key not in optional}
    room = MOST_OCTETS - sum(len(field) + 1 for field in plain + figures) - sum(len(key) + 4 for key in told)
    return " ".join([*plain, *_shared(told, room), *figures])


def _rank(found: Finding) -> int:
    return found.kind.rank


def _seconds(call: Call) -> float:
    return call.seconds


def _address(address: bytes) -> str:
    return _escaped(address[:MOST_OCTETS].decode("utf-8", "backslashreplace"))


def _placed(found: Finding) -> str:
    """Say FOUND and where it is, neither crowding out the other."""
    return f"{_clipped(str(found))}{f' in {_clipped(str(found.part))}' if found.part else ''}"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_PIECE else f"{text[: LONGEST_PIECE - 3]}..."


def _reasons(finished: Report) -> list[str]:
    """Say which findings decided, found by whom, and whose votes those were that are not the action table's."""
    said: dict[str, None] = {}
    for group in finished.decision.groups[:MOST_GROUPS]:
        leading = leading_votes(finished, group) if group.reason else []
        for vote in leading:
            why = "" if vote.because and vote.reason == str(vote.because[0]) else _clipped(vote.reason)
            voted = f", voted by {vote.source}" if vote.source != "policy" else ""
            led = ", ".join(f"{_placed(found)} by {found.source}" for found in vote.because[:MOST_FINDINGS_IN_LOG])
            said[f"{why}{': ' if why and led else ''}{led}{voted}"] = None
        if group.reason and not leading:  # a report that somebody else has made
            said[_clipped(group.reason)] = None
    return list(said)


def _failure(found: Finding) -> str:
    return f"{_clipped(found.name)} by {_clipped(found.source)}: {_clipped(found.detail)}"


def _listed(values: Sequence[T], say: Callable[[T], str]) -> str:
    """SAY the first few of VALUES, joined and escaped, and count the others."""
    more = len(values) - MOST_FINDINGS_IN_LOG
    joined = "; ".join(map(say, values[:MOST_FINDINGS_IN_LOG]))
    return _cut(_escaped(joined), MOST_OCTETS) + (f"; and {more} more" if more > 0 else "")


def _escaped(text: str) -> str:
    """Return the beginning of TEXT in printable ASCII, with a backslash before what would end a quoted text."""
    some = text[:MOST_OCTETS].replace("\\", "\\\\").replace('"', '\\"')
    if some.isascii() and some.isprintable():
        return some
    return "".join(char if " " <= char <= "~" else char.encode("unicode_escape").decode("ascii") for char in some)


def _cut(escaped: str, most: int) -> str:
    """Cut ESCAPED to MOST octets, between two characters."""
    if len(escaped) <= most:
        return escaped
    end = 0
    for match in re.finditer(_CHARACTER, escaped):
        if match.end() > most - 3:
            break
        end = match.end()
    return f"{escaped[:end]}..."


def _shared(texts: dict[str, str], room: int) -> list[str]:
    """Quote TEXTS in ROOM octets: each has an equal share, and long ones have what short ones leave."""
    fitted: dict[str, str] = {}
    by_length = sorted(texts, key=lambda key: len(texts[key]))
    for waiting, key in zip(range(len(texts), 0, -1), by_length, strict=True):
        fitted[key] = _cut(texts[key], room // waiting)
        room -= len(fitted[key])
    return [f'{key}="{fitted[key]}"' for key in texts]
