"""Blocks contents by their true type, as libmagic tells it, and names that promise another type than the content has.

Guarantees: neither names nor declared types count as evidence; libmagic is given the first bytes of a content and no
more; a content for which it has no answer, or no time, is UNSCANNABLE, never passed.
"""

from __future__ import annotations

import time
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, ConfigError, Problem, hookimpl, plugin, policy, unscannable
from qsfilter.names import printable, shown
from qsfilter_magic.programs import believable, program
from qsfilter_magic.types import DEFAULT_TYPES, contradicts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import magic

    from qsfilter import Blob, Context, Finding, Message, Part

__all__ = ["DEFAULT_TYPES", "Magic"]

LONGEST_TYPE = 100
"""Characters of a media type in a finding's name; the longest that libmagic knows has 73."""


@plugin
class Magic:
    """Contents by their true type (libmagic), and names that contradict it."""

    block: tuple[str, ...] = ()
    """Media types (`application/x-rpm`), and patterns as of a shell (`application/x-ms-*`)."""
    defaults: bool = True
    """Block `DEFAULT_TYPES` as well: programs, installers, shortcuts and disk images."""
    allow: tuple[str, ...] = ()
    """Media types and patterns to leave out of `DEFAULT_TYPES`."""
    names: bool = True
    """Block programs, scripts and archives whose name promises a picture, a text or a document."""
    first_bytes: int = 256 * 1024
    """Of each content, what libmagic is given, at least 4,096; a disk image is known by its bytes 32,769 to 36,864."""
    seconds: float = 30.0
    """Time for all contents of a message; keep it below the table's `timeout` (60)."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        for option in ("block", "allow"):
            value = getattr(self, option)
            if isinstance(value, str) or not all(isinstance(item, str) and "/" in item for item in value):
                raise ConfigError(f"{option}: takes a list of media types, as application/x-rpm")
        if self.first_bytes < 4096:
            raise ConfigError("first_bytes: takes a number from 4096 up")
        if not self.seconds > 0:
            raise ConfigError("seconds: takes a number above 0")

    @cached_property
    def _library(self) -> magic.Magic:
        """Libmagic with its table of types loaded. Raises ImportError, or magic.MagicException without the table."""
        import magic  # noqa: PLC0415 - it starts ldconfig to find the library

        return magic.Magic(mime=True)

    @hookimpl
    def start(self) -> None:
        """Load libmagic and its table."""
        _ = self._library

    @hookimpl
    def about(self) -> About:
        """Say libmagic's version."""
        try:
            import magic  # noqa: PLC0415 - as above

            version = magic.version()  # type: ignore[no-untyped-call]  # its stub forgot it
        except (ImportError, NotImplementedError):
            return About(name="magic")
        return About(name="magic", version=f"{version // 100}.{version % 100:02}")

    @hookimpl
    def scan(self, message: Message, ctx: Context) -> Iterator[Finding]:
        """Yield what each content is where that is blocked, and which names contradict it."""
        ends = time.monotonic() + min(self.seconds, ctx.seconds_left * 0.9)
        types: dict[int, str] = {}
        late = 0
        for blob in message.blobs:
            if blob is message.root.blob or not blob.size:
                continue
            if time.monotonic() > ends:
                late += 1
                continue
            found, trouble = self._type(blob)
            types[id(blob)] = found
            if trouble:
                yield unscannable("over-limit", blob, trouble)
            if self._blocks(found):
                yield policy(f"type {found}", blob, found)
        for part in message.parts[1:] if self.names else ():
            name = _lying_name(part, types.get(id(part.blob), ""))
            if name:
                yield policy("type-contradicts-name", part, f"{shown(name)} is {types[id(part.blob)]}")
        if late:
            yield unscannable("over-limit", None, f"magic: {late} contents not looked at in {self.seconds} s")

    def _type(self, blob: Blob) -> tuple[str, str]:
        """Return the media type of BLOB and what went wrong. Raises OSError for what is not the content's fault."""
        found = program(blob)
        if found:
            return found, ""
        import magic  # noqa: PLC0415 - loaded by `start`

        head = blob.data if blob.size <= self.first_bytes else blob.part_of(0, self.first_bytes).data
        try:
            found = printable(self._library.from_buffer(head))[:LONGEST_TYPE]
        except magic.MagicException as error:
            number = magic.magic_errno(self._library.cookie)
            if number:
                raise OSError(number, f"libmagic: {error}") from error
            return "", f"libmagic: {error}"
        return (found, "") if believable(found, blob) else ("application/octet-stream", "")

    def _blocks(self, found: str) -> bool:
        if any(fnmatchcase(found, pattern.lower()) for pattern in self.block):
            return True
        default = self.defaults and found in DEFAULT_TYPES
        return default and not any(fnmatchcase(found, pattern.lower()) for pattern in self.allow)

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report a library or a table of types that is missing, and what `allow` can't take out."""
        try:
            _ = self._library
        except ImportError as error:
            yield Problem(text=f"libmagic can't be loaded: {error}", mend="install it (Debian's package libmagic1)")
        except Exception as error:  # noqa: BLE001 - magic's own class is there only where the import worked
            yield Problem(text=f"libmagic has no types: {error}", mend="install them (Debian's package libmagic-mgc)")
        for pattern in self.allow:
            if not any(fnmatchcase(known, pattern.lower()) for known in DEFAULT_TYPES):
                text = f"allow: {shown(pattern)} is not among the default types"
                yield Problem(text=text, mend="take it out", fatal=False)


def _lying_name(part: Part, found: str) -> str:
    """Return the name of PART that promises something harmless although the content is FOUND, or nothing."""
    for name in part.names if found else ():
        for form in name.forms:
            if contradicts(found, form.lower()):
                return form
    return ""
