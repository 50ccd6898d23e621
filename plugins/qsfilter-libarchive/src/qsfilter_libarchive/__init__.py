"""Opens 7z, RAR, CAB, ISO, LHA, cpio, ar, xar, compress, lzip and lz4 by libarchive, from memory and in the process.

Guarantees: nothing is written, no other program is started, no member's name is used for anything but to be told; what
can't be read is UNSCANNABLE, never clean; without libarchive such a content is a FAILURE, and other mail goes on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from qsfilter import About, Problem, hookimpl, plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Child, Container, Context, Finding, Part
    from qsfilter_libarchive.library import Library

KINDS = frozenset({"7z", "rar", "cab", "iso", "lha", "cpio", "ar", "xar", "compress", "lzip", "lz4"})
OLDEST = (3, 6, 2)
"""The first that looks whether it got memory (CVE-2022-36227); Debian mends later holes without a new number."""


@plugin
class Libarchive:
    """Opens archives by libarchive, each only as what its signature says; what it can't read is unscannable."""

    library: str = "libarchive.so.13"
    """Name of the shared library, or its path."""

    opens = KINDS

    @cached_property
    def calls(self) -> Library:
        """The library, loaded when the first archive comes. Raises OSError where it can't be."""
        from qsfilter_libarchive.library import Library  # noqa: PLC0415 - loads ctypes, which few messages need

        return Library(self.library)

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield the members of PART as each of the CONTAINERS that libarchive opens."""
        from qsfilter_libarchive.opening import children  # noqa: PLC0415 - as above

        for container in containers:
            if container.kind in KINDS:
                yield from children(self.calls, part, container, ctx)

    @hookimpl
    def about(self) -> About:
        """Say libarchive's version; nothing where it is missing."""
        from qsfilter_libarchive.library import version  # noqa: PLC0415 - as above

        try:
            return About(name="libarchive", version=".".join(map(str, version(self.library))))
        except OSError:
            return About(name="libarchive")

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report a library that is missing, or so old that its known holes are open."""
        from qsfilter_libarchive.library import version  # noqa: PLC0415 - as above

        try:
            found = version(self.library)
            _ = self.calls
        except OSError as error:
            yield Problem(text=f"libarchive can't be used: {error}", mend="install Debian's libarchive13")
            return
        if found < OLDEST:
            shown, oldest = (".".join(map(str, number)) for number in (found, OLDEST))
            yield Problem(
                text=f"libarchive {shown} has known holes, unless your system's packages mend them",
                mend=f"install {oldest} or newer, with your system's security updates",
                fatal=False,
            )
