"""Prints rows in aligned columns, and folds what is too wide for a terminal.

Guarantees: nothing is left out or cut, and no word is broken, so that what is copied from the screen is whole; no cell
steers the terminal; where there is no terminal, a row is a line.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING

from qsfilter.names import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = "  "
LEAST = 16
"""Columns in which a text is still read with ease; what is narrower is not folded."""
MOST = 60
"""What is wider moves the rest of its own row where there is no terminal, and not that of all others."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], columns: int = 0) -> str:
    """Return HEAD and ROWS as text, every column as wide as its widest cell, the last one as it is.

    Where that is wider than COLUMNS (0 for any width), the widest columns are folded. Where they would become too
    narrow, those that don't fit stand below each row, a line for each, with its name.
    """
    lines = [tuple(map(printable, line)) for line in (head, *rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    if not columns:
        near = [max(wide for line in lines if (wide := width(line[column])) <= MOST) for column in range(len(head))]
        return "\n".join(_aligned(line, near) for line in lines)
    room = columns - len(GAP) * (len(head) - 1)
    if sum(widths) <= room:
        return "\n".join(_aligned(line, widths) for line in lines)
    narrow = [min(wide, max(LEAST, *(_longest(line[column]) for line in lines))) for column, wide in enumerate(widths)]
    if sum(narrow) > room:
        return "\n".join(_stacked(lines, widths, columns))
    while sum(widths) > room:
        widths[max(range(len(head)), key=lambda column: (widths[column] > narrow[column], widths[column]))] -= 1
    return "\n".join(text for line in lines for text in _wrapped(line, widths))


def width(text: str) -> int:
    """Return how many columns a terminal takes for TEXT, which is printable."""
    return len(text) if text.isascii() else sum(map(_width_of, text))


def folded(text: str, columns: int) -> list[str]:
    """Return the lines of TEXT, folded at blanks so that as few as can be are wider than COLUMNS (0 for one line)."""
    if not columns or width(text) <= columns:
        return [text]
    lines: list[str] = []
    for blanks, word in re.findall(r"( *)([^ ]+)", text):  # as many as there are: a name may hide its end behind them
        if lines and width(lines[-1]) + len(blanks) + width(word) <= columns:
            lines[-1] += blanks + word
        else:
            lines.append(word)
    return lines or [""]


def labelled(label: str, text: str, columns: int) -> str:
    """Return TEXT behind LABEL, folded to COLUMNS (0 for one line); its further lines begin below its first."""
    lines = folded(text, max(1, columns - width(label)) if columns else 0)
    return label + f"\n{' ' * width(label)}".join(lines)


def _width_of(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:  # it stands on the one before
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"F", "W"} else 1


def _longest(text: str) -> int:
    return max(map(width, text.split()), default=0)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)).rstrip()


def _wrapped(line: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """Yield LINE with each cell folded to its column."""
    cells = (folded(cell, wide) for cell, wide in zip(line, widths, strict=True))
    return (_aligned(texts, widths) for texts in zip_longest(*cells, fillvalue=""))


def _stacked(lines: Sequence[Sequence[str]], widths: Sequence[int], columns: int) -> Iterator[str]:
    """Yield LINES with as many columns as fit beside each other, and the others below."""
    beside = 1
    while sum(widths[: beside + 1]) + len(GAP) * beside <= columns:
        beside += 1
    names = lines[0][beside:]
    widest = max(map(width, names))
    for line in lines:
        yield _aligned(line[:beside], widths[:beside])
        if line is not lines[0]:
            for name, cell in zip(names, line[beside:], strict=True):
                if cell:
                    yield labelled(f"{GAP}{name}{' ' * (widest - width(name))}{GAP}", cell, columns)
