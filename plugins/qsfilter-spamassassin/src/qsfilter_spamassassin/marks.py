"""The header fields that a scored message is given, and the sender's own ones that are put out of the way.

Guarantee: what is added holds nothing but numbers and names of rules, in lines that every mail program takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter.model import Edit

if TYPE_CHECKING:
    from qsfilter import Message
    from qsfilter_spamassassin.protocol import Score

PREFIX = b"x-spam-"
MOVED = b"X-Qmail-Scanner-MOVED-"
"""SpamAssassin's own rules know fields of this name."""
LONGEST_LEVEL = 50
LINE = 74


def renames(message: Message) -> list[Edit]:
    """Return the edits that rename each X-Spam-* field which MESSAGE came with."""
    names: dict[bytes, bytes] = {}
    for field in message.header:
        name = field.name.rstrip()
        if name.lower().startswith(PREFIX):
            names.setdefault(field.name.lower(), name)
    return [Edit(what="rename_inbound", field=key, value=MOVED + name) for key, name in names.items()]


def fields(score: Score) -> list[Edit]:
    """Return the edits that tell SCORE, as SpamAssassin writes it."""
    answer = "Yes" if score.spam else "No"
    names = [rule.partition("=")[0] for rule in score.rules]
    text = f"{answer}, score={score.score} required={score.required} tests="
    told = [("X-Spam-Status", _folded(text, names or ["none"]))]
    if score.spam:
        told.append(("X-Spam-Flag", "YES"))
    level = min(int(max(0.0, float(score.score))), LONGEST_LEVEL)
    if level:
        told.append(("X-Spam-Level", "*" * level))
    points = [rule.partition("=")[::2] for rule in score.rules if "=" in rule]
    if points:
        told.append(("X-Spam-Report", "".join(f"\n * {number:>5} {name}" for name, number in points)))
    return [Edit(what="add", field=name.encode(), value=value.encode("ascii")) for name, value in told]


def _folded(text: str, names: list[str]) -> str:
    """Return TEXT and NAMES with commas between them, in lines of at most LINE characters where that is possible."""
    lines = [text]
    for index, name in enumerate(names):
        word = name if index == len(names) - 1 else f"{name},"
        if len(lines[-1]) + len(word) > LINE:
            lines.append("")
        lines[-1] += word
    return "\n ".join(lines)
