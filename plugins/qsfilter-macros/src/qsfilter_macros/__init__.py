"""Finds macros and what is loaded from elsewhere in Office documents, by content, and takes out the files in them.

Guarantees: neither names nor declared types count; compound files are read in memory, within bounds and the Budget; a
compound file that can't be read is UNSCANNABLE, and what was found before it broke stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import About, Child, ConfigError, Kind, Problem, hookimpl, plugin, unscannable
from qsfilter.names import name_from_text, printable
from qsfilter.words import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Context, Finding, Message, Part
    from qsfilter_macros.compound import CompoundFile, Entry

__all__ = ["FINDINGS", "Macros"]

FINDINGS = ("macro-vba", "macro-xl4", "remote-template", "remote-object", "dde", "linked-file")
"""What can be found, beside `unscannable`."""
LONGEST_DETAIL = 300


@plugin
class Macros:
    """Office documents: macros, remote templates and objects, and the files that lie in them."""

    opens = frozenset({"ole", "rtf"})

    block: tuple[str, ...] = ("macro-vba", "macro-xl4", "remote-template", "remote-object", "dde")
    """Which of `FINDINGS` are a breach of policy; the others are notes."""
    embedded: bool = True
    """Take out embedded files, and attachments of messages that Outlook saved."""

    def __post_init__(self) -> None:
        """Refuse a name that no finding has."""
        if not set(self.block) <= set(FINDINGS):
            raise ConfigError(f"block: takes a list of {', '.join(FINDINGS)}")

    @hookimpl
    def start(self) -> None:
        """Load olefile and compressed_rtf, so that a missing one is told at once."""
        import compressed_rtf  # noqa: F401, PLC0415 - not needed to list plugins
        import olefile  # noqa: F401, PLC0415 - as above

    @hookimpl
    def about(self) -> About:
        """Say olefile's version."""
        try:
            import olefile  # noqa: PLC0415 - as above
        except ImportError:
            return About(name="macros")
        return About(name="macros", version=str(olefile.__version__))

    @hookimpl
    def check(self) -> Iterator[Problem]:
        """Report that olefile or compressed_rtf is missing."""
        from importlib import import_module  # noqa: PLC0415 - for `check` alone

        for name in ("olefile", "compressed_rtf"):
            try:
                import_module(name)
            except ImportError as error:
                yield Problem(text=f"{name} can't be loaded: {error}", mend=f"install {name.replace('_', '-')}")

    @hookimpl
    def unpack(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Open PART as a compound file or RTF: say what it is, and yield the files in it."""
        from qsfilter_macros.compound import BrokenError, CompoundFile, TooLargeError  # noqa: PLC0415 - few have one
        from qsfilter_macros.rtf import HEAD, is_rtf  # noqa: PLC0415 - as above

        head = part.blob.part_of(0, min(HEAD, part.blob.size)).data
        if is_rtf(head):
            try:
                yield from self._rich_text(part, ctx)
            except TooLargeError as error:
                yield unscannable("over-limit", part, f"RTF: {error}")
        if not head.startswith(b"\xd0\xcf\x11\xe0"):
            return
        try:
            file = CompoundFile(part.blob.data)
            yield from self._judged(file, part)
            if self.embedded:
                yield from self._files(file, part, ctx)
        except BrokenError as error:
            yield unscannable("corrupt", part, printable(f"compound file: {error}")[:LONGEST_DETAIL])
        except TooLargeError as error:
            yield unscannable("over-limit", part, f"compound file: {error}")

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Look at the parts of OOXML packages, which the core has unpacked, for what they have and pull in."""
        from qsfilter_macros import opc  # noqa: PLC0415 - small, and most messages have no archive

        seen: set[int] = set()
        for part in message.parts:
            if part.origin != "zip" or id(part.blob) in seen:
                continue
            seen.add(id(part.blob))
            if not opc.is_part(part.blob):
                continue
            found, trouble = opc.pulls(part.blob.data)
            for pull in found:
                yield self._found(pull.finding, part, pull.detail)
            if trouble:
                yield unscannable("corrupt", part, printable(f"package: {trouble}")[:LONGEST_DETAIL])

    def _judged(self, file: CompoundFile, part: Part) -> Iterator[Finding]:
        """Yield what the document in FILE is."""
        from qsfilter_macros import office, ole1  # noqa: PLC0415 - as in `unpack`

        project = office.vba(file)
        if project:
            yield self._found("macro-vba", part, f"a Visual Basic project in {project}")
        streams = {entry.name.lower(): entry for entry in reversed(file.streams())}
        reason = office.encrypted(file, streams)
        for name in office.SHEETS:
            if name in streams:
                hidden, sheets = office.sheets(file.read(streams[name], office.FIRST_SHEETS))
                reason = reason or ("an encrypted workbook" if hidden else "")
                if sheets:
                    yield self._found("macro-xl4", part, f"sheets of Excel 4 macros: {', '.join(sheets)}")
        if reason:
            yield unscannable("encrypted", part, reason)
        for entry in file.streams():
            if entry.name.lower() == "\x01ole":
                for url in ole1.urls(file.read(entry, ole1.FIRST_LINK)):
                    yield self._found("remote-object", part, f"link: {url}")

    def _rich_text(self, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the objects in PART, and what it pulls in."""
        from qsfilter_macros import embedded, ole1, rtf  # noqa: PLC0415 - as in `unpack`

        for content in rtf.contents(part.blob.data, ctx.budget.bytes_left):
            for piece in ole1.contents(content) if isinstance(content, bytes) else (content,):
                if not isinstance(piece, embedded.Package):
                    yield self._found(piece.finding, part, piece.detail)
                elif self.embedded:
                    yield Child(data=piece.data, names=piece.names, origin="rtf")

    def _files(self, file: CompoundFile, part: Part, ctx: Context) -> Iterator[Child | Finding]:
        """Yield the files in FILE: attachments and texts of a message, packages, objects, streams that are files."""
        from qsfilter_macros import lzfu, outlook  # noqa: PLC0415 - as in `unpack`
        from qsfilter_macros.compound import BrokenError  # noqa: PLC0415 - as in `unpack`

        pieces = {piece.stream.number: piece for piece in outlook.pieces(file)} if outlook.is_message(file) else {}
        trouble, packed = "", lzfu.MOST
        for stream in file.streams():
            try:
                if stream.number in pieces:
                    piece = pieces[stream.number]
                    data = file.read(stream, ctx.budget.bytes_left + 1)
                    if piece.packed and len(data) <= packed:
                        packed -= len(data)
                        text = lzfu.inflated(data)
                        trouble = trouble or ("" if text is not None else "a text is no compressed RTF")
                        data = data if text is None else text
                    elif piece.packed:
                        yield unscannable("over-limit", part, f"compressed RTF of {len(data)} octets")
                    data = data.decode("utf-16-le", "replace").encode("utf-8", "replace") if piece.wide else data
                    yield Child(data=data, names=piece.names, origin="msg")
                else:
                    yield from _embedded(file, stream, part, ctx)
            except BrokenError as error:  # the others may be whole
                trouble = trouble or str(error)
        if trouble:
            yield unscannable("corrupt", part, printable(trouble)[:LONGEST_DETAIL])

    def _found(self, name: str, part: Part, detail: str) -> Finding:
        kind = Kind.POLICY if name in self.block else Kind.NOTE
        return finding(kind, name, part, printable(detail)[:LONGEST_DETAIL])


def _embedded(file: CompoundFile, stream: Entry, part: Part, ctx: Context) -> Iterator[Child | Finding]:
    """Yield the files in STREAM of FILE."""
    from qsfilter_macros import embedded  # noqa: PLC0415 - as in `unpack`

    name = stream.name.lower().lstrip("\x01")
    if name == "ole10native":
        package = embedded.native(file.read(stream, ctx.budget.bytes_left + 4096))
        yield Child(data=package.data, names=package.names, origin="ole")
    elif name == "powerpoint document":
        for data, trouble in embedded.objects(file.read(stream, stream.size), ctx.budget.bytes_left):
            yield Child(data=data, origin="ole")
            if trouble:
                yield unscannable("corrupt", part, trouble)
    elif embedded.is_file(file.read(stream, 512)):
        data = file.read(stream, ctx.budget.bytes_left + 1)
        yield Child(data=data, names=(name_from_text(stream.name, "ole"),), origin="ole")
