"""The rules on names as a table in which a name is looked up; 2,000 rules cost as little as one.

Guarantee: linear in the name's length, whatever the rules are; of patterns with `*`, only those are tried whose
beginning or end the name has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SIDE = 12
"""Characters of a pattern's beginning or end by which it is looked up, whichever is longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One thing that is blocked."""

    finding: str
    """What the finding is called."""
    where: str
    """The option, or `file:line`."""
    size: int | None = None
    """Bytes of the content, exactly; None for any."""


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern in which each `*` stands for any characters; all other characters stand for themselves."""

    pieces: tuple[str, ...]

    def matches(self, name: str) -> bool:
        """Whether the whole NAME, case folded, fits."""
        first, *middle, last = self.pieces
        if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
            return False
        at, end = len(first), len(name) - len(last)
        for piece in middle:  # the leftmost place is as good as any other, so nothing is ever tried twice
            at = name.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


@dataclass(slots=True)
class Table:
    """Rules by name, by extension, and by pattern; filled when a plugin starts and only read from then on."""

    _names: dict[str, list[Rule]] = field(default_factory=dict)
    _extensions: dict[str, list[Rule]] = field(default_factory=dict)
    _globs: dict[tuple[str, bool], list[tuple[Glob, Rule]]] = field(default_factory=dict)
    """By the beginning (True) or the end of the names that fit."""
    _sides: dict[tuple[int, bool], None] = field(default_factory=dict)
    """Lengths of these beginnings and ends."""
    _dots: int = 0
    """Dots in the extension that has most of them, as 2 for `.tar.gz`."""
    _longest: int = 0
    """Characters of the longest extension."""

    def add_name(self, name: str, rule: Rule) -> None:
        """Block what is called NAME."""
        for key in _keys(name):
            self._names.setdefault(key, []).append(rule)

    def add_extension(self, extension: str, rule: Rule) -> None:
        """Block names that end with EXTENSION, which begins with a dot."""
        for key in _keys(extension):
            self._extensions.setdefault(key, []).append(rule)
            self._dots = max(self._dots, key.count("."))
            self._longest = max(self._longest, len(key))

    def add_glob(self, pattern: str, rule: Rule) -> None:
        """Block names that PATTERN, which holds a `*`, fits."""
        for key in _keys(pattern):
            glob = Glob(tuple(key.split("*")))
            first, last = glob.pieces[0], glob.pieces[-1]
            begins = len(first) > len(last)
            side = first[:SIDE] if begins else last[-SIDE:]
            self._globs.setdefault((side, begins), []).append((glob, rule))
            self._sides[len(side), begins] = None

    def rules(self, name: str, size: int) -> list[Rule]:
        """Return the rules that block a file of this NAME and SIZE (bytes)."""
        folded = name.casefold()
        found = list(self._names.get(folded, ()))
        at = len(folded)
        for _ in range(self._dots):
            at = folded.rfind(".", 0, at)
            if at < 0 or len(folded) - at > self._longest:
                break
            found += self._extensions.get(folded[at:], ())
        for length, begins in self._sides:
            if length > len(folded):
                continue
            side = folded[:length] if begins else folded[len(folded) - length :]
            found += [rule for glob, rule in self._globs.get((side, begins), ()) if glob.matches(folded)]
        return [rule for rule in found if rule.size is None or rule.size == size]


def _keys(text: str) -> set[str]:
    """Fold case, and list the form that readers make of compatible letters too, as `names.forms` does."""
    if text.isascii():
        return {text.casefold()}
    import unicodedata  # noqa: PLC0415 - most rules are plain ASCII

    return {text.casefold(), unicodedata.normalize("NFKC", text).casefold()}
