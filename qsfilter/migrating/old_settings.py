"""Brings together what an old script says of its settings: in its variables, and in the configure line at its top.

Guarantees: where both speak of the same, the variable counts, as somebody may have changed it by hand, and the
difference is told; nothing but ConfigError is raised.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.migrating.perl_text import Value, assignments

if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = (
    "admin", "domain", "admin-description", "qs-user", "qs-group", "qmaildir", "spooldir", "bindir",
    "qmail-queue-binary", "scanners", "skip-text-msgs", "virusdir", "policydir", "spamdir", "notify", "local-domains",
    "silent-viruses", "virus-to-delete", "lang", "archive", "redundant", "log-details", "log-crypto", "fix-mime",
    "ignore-eol-check", "add-dscr-hdrs", "dscr-hdrs-text", "normalize", "unzip", "max-zip-size", "max-unpacked-files",
    "max-scan-size", "block-password-protected", "debug", "mime-unpacker", "install", "batch", "no-QQ-check",
    "skip-setuid-test", "setuidgid-path", "sa-maxsize", "sa-timeout", "sa-quarantine", "sa-delete", "sa-reject",
    "quarantine-reject", "sa-delta", "sa-subject", "sa-forward", "sa-fwd-verbose", "sa-alt", "sa-debug", "sa-report",
    "sa-socket", "sa-remote", "settings-per-domain",
)  # fmt: skip
"""Every option of configure, the st patch's among them."""
VARIABLES = {
    "admin": ("V_FROM",),
    "admin-description": ("V_FROMNAME",),
    "local-domains": ("local_domains_array",),
    "silent-viruses": ("silent_viruses_array",),
    "scanners": ("scanner_array",),
    "notify": ("NOTIFY_ADDRS",),
    "fix-mime": ("BAD_MIME_CHECKS",),
    "ignore-eol-check": ("IGNORE_EOL_CHECK",),
    "debug": ("DEBUG",),
    "spooldir": ("scandir",),
    "sa-report": ("sa_hdr_report_site", "sa_hdr_report", "sa_report"),
    "quarantine-cc": ("QUARANTINE_CC",),
    "virtual-headers": ("virtualheaders_array",),
    "logdir": ("logdir",),
    "max-time": ("MAXTIME",),
}
"""Option → variables that hold it; the others are called as their option, with underscores. The last four have none."""
WITHOUT_LINE = ("spooldir", "scanners")
"""What a script has to assign where it has no configure line, or nothing can be made of it."""
LISTS = frozenset({"local-domains", "silent-viruses", "scanners", "notify"})
LONGEST_LINE = 65_536
_COMMENT = re.compile(r"\s*#+\s*(.*?)\s*")
_CALLED = re.compile(r"\s*#(?:.*[\s/#])?configure(?:\s+(.*?))?\s*")
YES = frozenset({"yes", "y", "on", "true", "all"})


@dataclass(frozen=True, slots=True)
class Old:
    """One old setting."""

    option: str
    value: Value
    source: str
    """As it is called where it stands: `--archive`, `$DEBUG`, `@scanner_array`."""

    @property
    def text(self) -> str:
        """The value in one text; a list by commas."""
        return self.value if isinstance(self.value, str) else ",".join(self.value)

    @property
    def items(self) -> tuple[str, ...]:
        """The value as a list; a text by its commas."""
        pieces = self.value.split(",") if isinstance(self.value, str) else self.value
        return tuple(piece.strip() for piece in pieces if piece.strip())

    @property
    def is_yes(self) -> bool:
        """Whether it is switched on: a word that says so, or a number above 0."""
        text = self.text.strip().lower()
        return text in YES or bool(re.fullmatch(r"0*[1-9][0-9]{0,17}", text))

    def __str__(self) -> str:
        """Name and value."""
        return f"{self.source} = {self.text}" if self.source[0] in "$@" else f"{self.source} {self.text}"


@dataclass(frozen=True, kw_only=True, slots=True)
class OldSettings:
    """Everything that an old script says."""

    version: str
    """As `2.11` or `1.25-st-qms`; empty where it does not say."""
    settings: Mapping[str, Old]
    """By option."""
    differences: tuple[str, ...] = ()
    """Where variable and configure line disagree."""
    unknown: tuple[Old, ...] = field(default=())
    """Options that no version is known to have."""

    def get(self, option: str) -> Old | None:
        """Return the setting OPTION; None where the script says nothing of it."""
        return self.settings.get(option)

    @property
    def spool(self) -> str:
        """The folder of rules and logs."""
        usual = "/var/spool/qscan" if self.version.startswith("2") else "/var/spool/qmailscan"
        found = self.get("spooldir")
        path = found.text.rstrip("/") if found else ""
        return path if path.startswith("/") else usual


def read(text: str, where: str) -> OldSettings:
    """Read the settings out of the script TEXT, which came from WHERE. Raises ConfigError saying what is missing."""
    if "\0" in text:  # which no path may hold
        raise ConfigError(f"{where}: holds NUL characters, so it is no script")
    assigned = assignments(text)
    line = _configure_line(text)
    options = _options(line, where)
    by_variable = _by_variable(assigned)
    missing = [option for option in WITHOUT_LINE if option not in by_variable]
    if not line and missing:
        sought = ", ".join(_called(VARIABLES[option][0]) for option in missing)
        raise ConfigError(f"{where}: no Qmail-Scanner that can be read: no line with ./configure, and no {sought}")
    version = assigned.get("VERSION", "")
    found = re.search(r"qmail-scanner(?:-queue)?[ -](\d\.\d{1,3}[\w.-]{0,20})", text, re.IGNORECASE)
    settings = {**{name: old for name, old in options.items() if name in OPTIONS}, **by_variable}
    return OldSettings(
        version=version if isinstance(version, str) and version[:1].isdigit() else found[1] if found else "",
        settings=settings,
        differences=tuple(_differences(options, by_variable)),
        unknown=tuple(old for name, old in options.items() if name not in OPTIONS),
    )


def _by_variable(assigned: Mapping[str, Value]) -> dict[str, Old]:
    found = {}
    for option in (*OPTIONS, *VARIABLES):
        plain = option.replace("-", "_")
        usual = (f"{plain}_site", plain) if option.startswith("sa-") else (plain,)
        for name in (*VARIABLES.get(option, ()), *usual):
            # An empty one is a setting that was left out, except where the list itself is meant.
            if name in assigned and (assigned[name] or option in LISTS):
                found[option] = Old(option, assigned[name], _called(name))
                break
    return found


def _called(name: str) -> str:
    return f"@{name}" if name.endswith("_array") else f"${name}"


def _configure_line(text: str) -> str:
    """Return the options in the first comment that is a call of configure, and in the lines that continue it."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        called = _CALLED.fullmatch(line)
        if not called:
            continue
        found = [called[1] or ""]
        for more in lines[number + 1 :]:
            comment = _COMMENT.fullmatch(more)
            if not comment or not (found[-1].endswith("\\") or comment[1].startswith("--")):
                break
            found.append(comment[1])
        whole = " ".join(piece.removesuffix("\\").strip() for piece in found).strip()
        if whole.startswith("--"):
            return whole
    return ""


def _options(line: str, where: str) -> dict[str, Old]:
    """Read LINE as a shell reads it: `--name value`, `--name=value`, and `--name` alone, which is a yes."""
    if len(line) > LONGEST_LINE:
        raise ConfigError(f"{where}: its configure line has more than {LONGEST_LINE} characters")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ConfigError(f"{where}: its configure line can't be read: {error}") from error
    found: dict[str, Old] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            found[name] = Old(name, value if equals else "yes", f"--{name}")
            name = "" if equals else name
        elif name:
            found[name] = Old(name, word, f"--{name}")
            name = ""
    return found


def _differences(options: Mapping[str, Old], by_variable: Mapping[str, Old]) -> list[str]:
    told = []
    for name, old in by_variable.items():
        said = options.get(name)
        # With auto, configure writes down what it found; an address is a user and the domain.
        if said and said.text != "auto" and _plain(said, options) != _plain(old, options):
            told.append(f"configure was told {said}, and the script says {old}; the script counts")
    return told


def _plain(old: Old, options: Mapping[str, Old]) -> object:
    if old.option == "admin" and "@" not in old.text and "domain" in options:
        return f"{old.text}@{options['domain'].text}"
    if old.option in LISTS:
        return [item.lower().removesuffix("_scanner") for item in old.items]
    text = old.text.strip().lower().rstrip("/")
    return {"yes": "1", "no": "0"}.get(text, text)
