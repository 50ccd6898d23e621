"""Takes the embedded files out of PDF documents, and says whether they run JavaScript or start programs.

Guarantees: in memory, within the Budget and a number of objects; a document with a password is UNSCANNABLE; one that
pypdf can't read is told, and left to the scanners, which are given it whole in any case.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from qsfilter import About, Child, ConfigError, Kind, Problem, hookimpl, irregular, plugin, unscannable
from qsfilter.errors import LimitReached
from qsfilter.names import printable
from qsfilter.words import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Container, Context, Finding, Part
    from qsfilter_pdf.reader import Document
    from qsfilter_pdf.walk import Met

__all__ = ["FINDINGS", "Pdf"]

FINDINGS = ("pdf-javascript", "pdf-launch")
"""What can be found, beside `unscannable` and `irregular`."""
LONGEST_DETAIL = 200


@plugin
class Pdf:
    """Embedded files of PDF documents, JavaScript and actions that start a program."""

    opens = frozenset({"pdf"})

    block: tuple[str, ...] = ("pdf-launch",)
    """Which of `FINDINGS` are a breach of policy; the others are notes."""
    seconds: float = 20.0
    """Time for one document; keep it below the table's `timeout` (60)."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if not set(self.block) <= set(FINDINGS):
            raise ConfigError(f"block: takes a list of {', '.join(FINDINGS)}")
        if not self.seconds > 0:
            raise ConfigError("seconds: takes a number above 0")

    @hookimpl
    def start(self) -> None:
        """Look for pypdf without loading it, which takes 50 ms, and keep its warnings from standard error."""
        import logging  # noqa: PLC0415 - pypdf logs each oddity of a document

        if not _place():
            raise ImportError("pypdf is not installed")
        if not logging.getLogger("pypdf").handlers:
            logging.getLogger("pypdf").addHandler(logging.NullHandler())

    @hookimpl
    def about(self) -> About:
        """Say pypdf's version, which stands in the name of its folder's neighbour."""
        import glob  # noqa: PLC0415 - with start alone

        found = glob.glob(f"{_place()}/../pypdf-*.dist-info") if _place() else []
        return About(name="pdf", version=found[0].rpartition("/pypdf-")[2].removesuffix(".dist-info") if found else "")

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report that pypdf is missing, or the library without which it can't decrypt."""
        try:
            import pypdf  # noqa: PLC0415 - as above
        except ImportError as error:
            yield Problem(text=f"pypdf can't be loaded: {error}", mend="install pypdf")
            return
        if not hasattr(pypdf, "apply_configuration"):
            yield Problem(text=f"pypdf {pypdf.__version__} is too old", mend="install the newest pypdf")
            return
        from pypdf._crypt_providers import crypt_provider  # noqa: PLC0415 - as above

        if crypt_provider[0] == "local_crypt_fallback":
            text = "documents that are encrypted by AES without a password are unscannable"
            yield Problem(text=text, mend="install the Python package cryptography", fatal=False)

    @hookimpl
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterator[Child | Finding]:
        """Yield the files in PART, and what it does when it is opened."""
        from qsfilter_pdf import reader  # noqa: PLC0415 - few messages hold a PDF

        place = next((one.offset for one in containers if one.kind == "pdf"), None)
        if place is None:
            return
        ends = time.monotonic() + min(self.seconds, ctx.seconds_left * 0.9)
        try:
            with reader.bounds():
                opened = reader.document(
                    part.blob.part_of(place, part.blob.size).data if place else part.blob.data, ends
                )
        except (ImportError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - pypdf raises many, RecursionError among them
            if not place:  # a first line behind other content may stand there by chance
                yield _trouble(error, part)
            return
        if opened is None:
            yield unscannable("encrypted", part, "it has a password")
            return
        if opened.trouble and not place:
            yield _trouble(opened.trouble, part)
        yield from self._contents(opened, part, ctx, ends)

    def _contents(self, opened: Document, part: Part, ctx: Context, ends: float) -> Iterator[Child | Finding]:
        """Yield what is in the OPENED document."""
        from qsfilter_pdf import reader, walk  # noqa: PLC0415 - as above

        told = {"trouble"} if opened.trouble else set()
        try:
            for met in reader.bounded(walk.walk(opened.root)):
                if time.monotonic() > ends:
                    yield unscannable("over-limit", part, f"pdf: not done after {self.seconds} s")
                    return
                if met.what == "file":
                    yield from _files(met, part, ctx)
                elif met.what not in told:
                    told.add(met.what)
                    if met.what == "trouble":
                        yield _trouble(met.value, part)
                    else:
                        name = f"pdf-{met.what}"
                        yield finding(Kind.POLICY if name in self.block else Kind.NOTE, name, part)
        except walk.TooManyError as error:
            yield unscannable("over-limit", part, f"pdf: {error}")


def _place() -> str:
    """Return the folder of pypdf, or nothing where it is not installed."""
    from importlib.util import find_spec  # noqa: PLC0415 - with start alone

    spec = find_spec("pypdf")
    return spec.origin.rpartition("/")[0] if spec is not None and spec.origin else ""


def _files(met: Met, part: Part, ctx: Context) -> Iterator[Child | Finding]:
    """Yield the files of the file specification that was MET."""
    from qsfilter_pdf import files, reader  # noqa: PLC0415 - as above

    with reader.bounds():
        names = files.names(met.value, met.name)
        streams = files.streams(met.value)
    while True:
        data, trouble, over = b"", None, False
        try:
            with reader.bounds():
                stream = next(streams, None)
                if stream is None:
                    return
                data, broken, over = files.content(stream, ctx.budget.bytes_left)
            if broken:
                trouble = unscannable("corrupt", part, broken)
        except files.UnknownFilterError as error:
            data, trouble = error.args[0], unscannable("unknown-coding", part, error.args[1])
        except (ImportError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            trouble = _trouble(error, part, broken="unscannable")
        yield Child(data=data, names=names, origin="pdf")
        if over:
            if not part.shadow:
                ctx.budget.spend_bytes(ctx.budget.bytes_left + 1)
            raise LimitReached("unpacked_bytes", ctx.limits.unpacked_bytes)
        if trouble is not None:
            yield trouble


def _trouble(error: Exception, part: Part, broken: str = "irregular") -> Finding:
    """Say what ERROR, raised by pypdf, means: a bound, a cipher that is not there, or something broken."""
    from pypdf.errors import DependencyError, LimitReachedError  # noqa: PLC0415 - as above

    if isinstance(error, LimitReachedError):
        return unscannable("over-limit", part, f"pypdf: {_text(error)}")
    if isinstance(error, DependencyError):
        return unscannable("encrypted", part, _text(error))
    if broken == "unscannable":
        return unscannable("corrupt", part, _text(error))
    return irregular("pdf-unreadable", part, _text(error))


def _text(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}")[:LONGEST_DETAIL]
