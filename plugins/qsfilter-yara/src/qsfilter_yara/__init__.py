"""Scans every content of a message with YARA-X rules, inside the process; an EICAR rule is included.

Guarantees: each scan has a time limit; a content that was not scanned to its end is UNSCANNABLE or the plugin a
FAILURE, never clean; rules that don't compile are named with their file when the plugin starts.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsfilter import About, ConfigError, Kind, Problem, hookimpl, plugin, unscannable
from qsfilter.words import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yara_x

    from qsfilter import Blob, Context, Finding, Message

EICAR_RULE = """
rule EICAR_Test_File {
    meta:
        name = "EICAR-Test-File"
        description = "the anti-malware test file (eicar.org), anywhere in a content"
    strings:
        // In hexadecimal, so that no scanner takes this file for the thing itself.
        $text = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24
                  45 49 43 41 52 2D 53 54 41 4E 44 41 52 44 2D 41 4E 54 49 56 49 52 55 53 2D 54 45 53
                  54 2D 46 49 4C 45 21 24 48 2B 48 2A }
    condition:
        $text
}
"""
KINDS = frozenset({"malware", "policy", "spam", "note"})


@plugin
class Yara:
    """YARA-X rules on every content; a rule's `meta: kind` (malware, policy, spam, note) and `name` are respected."""

    files: tuple[str, ...] = ()
    """Rule files, in YARA's language."""
    eicar: bool = True
    """Include the rule for the EICAR test file."""
    seconds: int = 30
    """Time limit for one content, at least 1; never longer than the message's deadline leaves."""

    def __post_init__(self) -> None:
        """Refuse a time limit that YARA-X can't keep."""
        if self.seconds < 1:
            raise ConfigError("seconds: takes a number from 1 up")

    @cached_property
    def rules(self) -> yara_x.Rules:
        """The compiled rules. Raises ConfigError that names the file."""
        import yara_x  # noqa: PLC0415 - 3 ms, and not needed to list plugins

        compiler = yara_x.Compiler()
        if self.eicar:
            compiler.add_source(EICAR_RULE)
        for file in self.files:
            compiler.new_namespace(file)
            try:
                compiler.add_source(Path(file).read_text(encoding="utf-8"), origin=file)
            except OSError as error:
                raise ConfigError(f"{file}: {error.strerror}") from error
            except (yara_x.CompileError, UnicodeDecodeError) as error:
                raise ConfigError(f"{file}: {error}") from error
        return compiler.build()

    @hookimpl
    def start(self) -> None:
        """Compile the rules."""
        _ = self.rules

    @hookimpl
    def about(self) -> About:
        """Say the engine's version; only rule files make it an engine, the EICAR rule alone does not."""
        return About(name="yara", version=self._version, signatures=self._digest, engine=bool(self.files))

    @cached_property
    def _version(self) -> str:
        """The version of YARA-X, from its folder's neighbour; importlib.metadata would take 12 ms for it."""
        import yara_x  # noqa: PLC0415 - as above

        folder = Path(yara_x.__file__).parent.parent
        return next((path.name.split("-")[1].removesuffix(".dist") for path in folder.glob("yara_x-*.dist-info")), "")

    @cached_property
    def _digest(self) -> str:
        """What tells these rules from others: 12 digits of their SHA-256."""
        digest = hashlib.sha256(EICAR_RULE.encode() if self.eicar else b"")
        for file in self.files:
            digest.update(Path(file).read_bytes())
        return digest.hexdigest()[:12]

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Yield what the rules find in each content."""
        import yara_x  # noqa: PLC0415 - as above

        scanner = yara_x.Scanner(self.rules)
        for blob in message.blobs:
            scanner.set_timeout(max(1, min(self.seconds, int(ctx.seconds_left))))
            try:
                results = scanner.scan(blob.data)
            except yara_x.TimeoutError:
                yield unscannable("over-limit", blob, f"yara: not done after {self.seconds} s")
                continue
            yield from (_finding(rule, blob) for rule in results.matching_rules)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report rules that don't compile, and that the EICAR rule is all there is."""
        try:
            _ = self.rules
        except ConfigError as error:
            yield Problem(text=str(error), mend="mend the rule file, or take it out of plugins.yara.files")
        if not self.files:
            yield Problem(
                text="yara knows the EICAR test file and nothing else",
                mend="name rule files in plugins.yara.files, or use an engine such as clamav as well",
                fatal=False,
            )


def _finding(rule: Any, blob: Blob) -> Finding:  # noqa: ANN401 - yara_x does not export the type for annotations
    meta = dict(rule.metadata)
    kind = meta.get("kind", "malware")
    name = meta.get("name", rule.identifier)
    return finding(
        Kind(kind) if kind in KINDS else Kind.MALWARE, str(name), blob, str(meta.get("description", rule.identifier))
    )
