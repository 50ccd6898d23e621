"""Blocks attachments, and members of archives, by name and size: extensions, names, patterns, and the original's rules.

Guarantees: every name that a reader may give a part is looked at in every form (`Name.forms`); case never matters; no
name becomes a path or a pattern; the time for a message is linear in the length of its names.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Problem, __version__, hookimpl, plugin, policy, unscannable
from qsfilter.legacy import LONGEST_NAME, Rules, double_barrelled, has_clsid, read, too_long
from qsfilter.names import shown
from qsfilter_attachments import doubts
from qsfilter_attachments.defaults import DEFAULT_EXTENSIONS
from qsfilter_attachments.suspects import DISGUISES, is_overridden
from qsfilter_attachments.table import Rule, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Finding, Message, Name, Part

__all__ = ["DEFAULT_EXTENSIONS", "Attachments"]

MOST_FINDINGS = 1000
"""Findings about one message; one more is UNSCANNABLE(over-limit), and the other names are not looked at."""


@plugin
class Attachments:
    """Attachments by extension, name and size, and names that pretend to be something else."""

    block: tuple[str, ...] = ()
    """Extensions (`.exe`), whole names (`readme.bat`), and patterns in which `*` is anything (`invoice*.html`)."""
    defaults: bool = True
    """Block `DEFAULT_EXTENSIONS` as well."""
    allow: tuple[str, ...] = ()
    """Extensions to leave out of `DEFAULT_EXTENSIONS`."""
    double_extensions: bool = False
    """Block `x.pdf.html` and the like, and names with a run of blanks in front of the extension."""
    clsid: bool = True
    """Block names that end with a class id (`x.txt.{…}`), by which Windows opens a file without showing it."""
    hidden: bool = True
    """Block names with a character that turns the direction of reading, so that `gpj.exe` is shown as `exe.jpg`."""
    max_name: int = LONGEST_NAME
    """Characters of a name, or of each folder in it; 0 for no bound."""
    max_size: int = 0
    """Bytes of one attachment, decoded; 0 for no bound."""
    legacy: str | tuple[str, ...] = ()
    """Rule files of Qmail-Scanner, one or several: quarantine-attachments.txt, quarantine-events.txt."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        for option in ("block", "allow"):
            value = getattr(self, option)
            if isinstance(value, str) or not all(isinstance(item, str) and item.strip(". ") for item in value):
                raise ConfigError(f"{option}: takes a list of extensions and names, none of them empty")
        for option in ("max_name", "max_size"):
            if getattr(self, option) < 0:
                raise ConfigError(f"{option}: takes a number from 0 up")

    @cached_property
    def _rules(self) -> Rules:
        """The rules of the legacy files. Raises ConfigError."""
        return read(self.legacy)

    @cached_property
    def _table(self) -> Table:
        """All rules, compiled. Raises ConfigError."""
        table = Table()
        allowed = {extension.casefold() for extension in self.allow}
        for extension in DEFAULT_EXTENSIONS if self.defaults else ():
            if extension not in allowed:
                table.add_extension(extension, Rule(finding=f"extension {extension}", where="the default list"))
        for text in map(str.casefold, self.block):
            if "*" in text:
                table.add_glob(text, Rule(finding=f"name {text}", where="block"))
            elif text.startswith("."):
                table.add_extension(text, Rule(finding=f"extension {text}", where="block"))
            else:
                table.add_name(text, Rule(finding=f"name {text}", where="block"))
        for rule in self._rules.attachments:
            default = f"extension {rule.extension}" if rule.extension else f"name {rule.name}"
            found = Rule(finding=rule.description or default, where=rule.where, size=rule.size)
            if rule.extension:
                table.add_extension(rule.extension, found)
            else:
                table.add_name(rule.name, found)
        return table

    @hookimpl
    def start(self) -> None:
        """Read the legacy files and build the table."""
        _ = self._table

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="attachments", version=__version__)

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Yield one finding for each part and each thing that blocks it."""
        left = MOST_FINDINGS
        for part in message.parts:
            if not part.names:
                continue
            for name, detail in self._reasons(part).items():
                if not left:
                    yield unscannable("over-limit", part, f"more than {MOST_FINDINGS} findings about names")
                    return
                left -= 1
                yield policy(name, part, detail)

    def _reasons(self, part: Part) -> dict[str, str]:
        """Return what blocks PART: name of the finding → detail."""
        found: dict[str, str] = {}
        size = part.blob.size
        for name in part.names:
            for form in name.forms:
                for rule in self._table.rules(form, size):
                    found.setdefault(rule.finding, f"{shown(form)}, by {rule.where}")
            for reason in self._suspicions(name):
                found.setdefault(reason, shown(name.text))
        if 0 < self.max_size < size:
            found["too-large"] = f"{size} bytes, by max_size = {self.max_size}"
        return found

    def _suspicions(self, name: Name) -> Iterator[str]:
        """Yield what is wrong with NAME itself, whatever it ends with."""
        if self.hidden and is_overridden(name):
            yield "hidden-direction"
        if self.max_name > 0 and too_long(name.text, self.max_name):
            yield "name-too-long"
        if self.clsid and any(map(has_clsid, name.forms)):
            yield "clsid"
        if self.double_extensions and any(double_barrelled(form, DISGUISES) for form in name.forms):
            yield "double-extension"

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report every bad line of the legacy files, and rules that can't do what they seem to."""
        try:
            rules = self._rules.attachments
        except ConfigError as error:
            for line in str(error).splitlines():
                yield Problem(text=line, mend="mend the line; rules are `value TAB size or header TAB description`")
        else:
            yield from doubts.about_legacy(rules)
        yield from doubts.about_block(self.block)
        yield from doubts.about_allow(self.allow, DEFAULT_EXTENSIONS)
