"""The values that pass between the stages: envelope, parts, findings, verdicts, decision, outcome, report.

Guarantees: every value is frozen; bytes stay bytes where SMTP has bytes; a `Path` names a part for ever, in every
reading; parts share one `Blob` for one content, so that a scanner sees each content once.

It is longer than most modules because it is the one page on which all data of the project can be read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.actions import Action, Kind, overall

if TYPE_CHECKING:
    from collections.abc import Mapping
    from mmap import mmap

_SEALS = 0xF
"""F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW and F_SEAL_WRITE (fcntl(2))."""
Span = tuple[int, int]
"""First offset and the offset behind the last, in bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Sender and recipients as SMTP gave them (RFC 5321, 4.1.1), in their order, duplicates kept."""

    sender: bytes
    recipients: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """Who handed us the message; the environment that tcpserver and its kin set."""

    ip: str = "127.0.0.1"
    host: str = ""
    user: str = ""
    relay: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    """The documented per-client switches only, as `QS_SPAMASSASSIN`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """Place of a part in its message: (ordinal from 1, reading) for each step down from the raw message."""

    steps: tuple[tuple[int, str], ...] = ()
    shown: str = field(default="message", compare=False)

    def __str__(self) -> str:
        """Text for people, as `1.2 > "a.zip" > "x.exe"`; everything that is not printable is escaped."""
        return self.shown


class Field(NamedTuple):
    """One header field as found: name and value without the colon and the last line end, folds kept.

    A named tuple, because a message has many of them and one is made three times as fast as a frozen dataclass.
    """

    name: bytes
    value: bytes
    span: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """One name that a reader may give a part; rules test every one of `forms`."""

    raw: bytes
    text: str
    source: str
    """Where it stood: `filename`, `filename*`, `name`, `zip`, …"""
    forms: tuple[str, ...]


class Blob:
    """One content, or a span of a larger one that is copied only when somebody asks for its bytes."""

    __slots__ = ("_base", "_data", "_hash", "_span")

    def __init__(self, base: bytes | mmap, span: Span | None = None) -> None:
        self._base = base
        self._span = (0, len(base)) if span is None else span
        self._data: bytes | None = base if span is None and isinstance(base, bytes) else None
        self._hash: str | None = None

    @property
    def base(self) -> bytes | mmap:
        """The content that this one is a span of; readers search it in place."""
        return self._base

    @property
    def span(self) -> Span:
        """Where this content lies in `base`."""
        return self._span

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self._span[1] - self._span[0]

    @property
    def data(self) -> bytes:
        """The bytes themselves."""
        if self._data is None:
            self._data = bytes(self._base[self._span[0] : self._span[1]])
        return self._data

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes in hexadecimal; computed when first asked for."""
        if self._hash is None:
            view = memoryview(self._base)[self._span[0] : self._span[1]]
            self._hash = hashlib.sha256(view).hexdigest()
            view.release()
        return self._hash

    def part_of(self, start: int, end: int) -> Blob:
        """Return the content from START to END, offsets in this one, without copying it."""
        return Blob(self._base, (self._span[0] + start, self._span[0] + end))

    def fd(self) -> int:
        """Return a new descriptor on the content, at its start, by which nobody can change it; the caller closes it.

        Raises OSError.
        """
        import fcntl  # noqa: PLC0415 - only scanners that pass descriptors need it
        import os  # noqa: PLC0415 - as above

        made = os.memfd_create("qsfilter-blob", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            view = memoryview(self._base)[self._span[0] : self._span[1]]
            done = 0
            while done < len(view):
                done += os.pwrite(made, view[done:], done)
            # Sealed, and not opened once more for reading alone, because that looks it up by name for 10 us.
            fcntl.fcntl(made, fcntl.F_ADD_SEALS, _SEALS)
        except BaseException:
            os.close(made)
            raise
        return made


class Container(NamedTuple):
    """What a content may be opened as, by its signature; one content may be several (a picture that is a zip)."""

    kind: str
    """As `zip`; one of `sniff.KINDS`."""
    offset: int
    """Where it begins in the content, in bytes; above 0 where readers search for it behind something else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    """What a `parse` or `unpack` hook yields: something inside the part it was given; the core places it."""

    data: bytes | Blob
    names: tuple[Name, ...] = ()
    declared: str = ""
    header: tuple[Field, ...] = ()
    origin: str
    """What it came out of: `mime`, `zip`, `gzip`, `tnef`, …"""
    reading: str = ""
    """Empty for the reading that every reader shares, else the name of the one in which this child exists."""
    ordinal: int = 0
    """Its place in its reading, from 1; 0 for the next one."""
    span: Span | None = None
    """Where it lies in the parent's content, if it stands there verbatim."""
    coded: Span | None = None
    """Where its coded body lies in the parent's content, if it is what every reader decodes from there."""
    unusual: bool = False
    """Packed in a way that not every reader knows, though nothing is wrong with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One node of the message's tree: the raw message itself, a MIME entity, a member of an archive."""

    path: Path
    names: tuple[Name, ...] = ()
    declared: str = ""
    """Media type as declared, in lower case without parameters; empty where nothing declares one."""
    header: tuple[Field, ...] = ()
    span: Span | None = None
    coded: Span | None = None
    """Where its coded body lies in the parent's content; told by the MIME reader alone."""
    unusual: bool = False
    """As `Child.unusual`: who opens the parent too may not see it."""
    blob: Blob
    origin: str
    reading: str = ""
    shadow: bool = False
    """Found only below what a plugin in shadow mode yielded, so nothing about it may change the mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fact about the message; helpers as `malware(name, where)` make them."""

    kind: Kind
    name: str
    part: Path | None = None
    detail: str = ""
    blob: Blob | None = None
    """Set by a plugin that knows only the content; the core makes one finding for each part that carries it."""
    source: str = ""
    """The plugin that found it; set by the core."""
    shadow: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no finding where it is made, so that the plugin at fault is the one that fails."""
        values: tuple[object, ...] = (self.kind, self.name, self.detail)
        if not all(map(isinstance, values, (Kind, str, str))):
            raise TypeError("a Finding takes a Kind, a str name and a str detail")
        about: tuple[object, object] = (self.part, self.blob)
        if not (isinstance(about[0], (Path, NoneType)) and isinstance(about[1], (Blob, NoneType))):
            raise TypeError("a Finding is about a Path, a Blob, or the message")

    def __str__(self) -> str:
        """Kind and name, as `malware EICAR-Test-File`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message with everything inside it that was found; what `scan` and `decide` are given."""

    envelope: Envelope
    client: Client
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...] = ()
    """What parsing and unpacking found."""

    @property
    def root(self) -> Part:
        """The raw message as received."""
        return self.parts[0]

    @property
    def header(self) -> tuple[Field, ...]:
        """The message's own header fields, as found in every reading, each once; no reading in shadow counts."""
        tops = (part.header for part in self.parts if len(part.path.steps) == 1 and not part.shadow)
        return tuple(dict.fromkeys(found for header in tops for found in header))

    @property
    def leaves(self) -> tuple[Part, ...]:
        """The parts in which nothing else was found."""
        inner = {part.path.steps[:-1] for part in self.parts[1:]}
        return tuple(part for part in self.parts if part.path.steps not in inner)

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Each content once: the raw message, leaves, archives and coded containers.

        Not multiparts that stand verbatim in their parent: they are nothing but their parent's bytes.
        """
        inner = {part.path.steps[:-1] for part in self.parts[1:]}
        found: dict[int, Blob] = {}
        for part in self.parts:
            verbatim = part.span is not None and part.declared.startswith("multipart/")
            if not (verbatim and part.path.steps in inner):
                found[id(part.blob)] = part.blob
        return tuple(found.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """One change of the top header, asked for by a verdict and switched on by name in the configuration."""

    what: str
    """`add` (a line on top), `subject_tag` or `rename_inbound`."""
    field: bytes
    value: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One opinion on what should become of the message; helpers as `reject(reason)` make them."""

    action: Action
    reason: str = ""
    because: tuple[Finding, ...] = ()
    recipients: tuple[bytes, ...] | None = None
    """For these recipients only; None for all."""
    edits: tuple[Edit, ...] = ()
    silent: bool = False
    """Senders and recipients are not told."""
    keep: bool = False
    """Keep a durable copy before rejecting."""
    source: str = ""
    shadow: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no verdict where it is made."""
        values: tuple[object, ...] = (self.action, self.reason)
        if not all(map(isinstance, values, (Action, str))):
            raise TypeError("a Verdict takes an Action and a str reason")


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A vote to leave one finding out of the decision; it stays in the report."""

    finding: Finding
    reason: str
    until: float | None = None
    """Seconds since the epoch at which the allow entry behind it ends."""
    malware: bool = False
    """The allow entry names malware expressly; without it, MALWARE is never waived."""
    recipients: tuple[bytes, ...] | None = None
    """For these recipients only; None for all."""
    source: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disposition:
    """What becomes of the message for one group of recipients."""

    action: Action
    recipients: tuple[bytes, ...]
    reason: str = ""
    because: tuple[Finding, ...] = ()
    silent: bool = False
    keep: bool = False
    downgraded: bool = False
    """A reject that became a quarantine, because other recipients get another answer or the client only relays."""

    @property
    def kept(self) -> bool:
        """Whether a durable copy must exist before this group is answered."""
        return self.action is Action.QUARANTINE or (self.action is Action.REJECT and self.keep)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The combined dispositions; `groups` is never empty and holds every recipient once."""

    groups: tuple[Disposition, ...]
    edits: tuple[Edit, ...] = ()
    reply: str = ""
    """Text for the SMTP client where the message is refused or deferred; printable ASCII."""
    waived: tuple[Waiver, ...] = ()

    @property
    def action(self) -> Action:
        """The one action that a report leads with."""
        return overall([group.action for group in self.groups])


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One durable copy."""

    what: str
    """`quarantine` or `archive`; only a quarantine copy allows a message to be answered without hand-over."""
    where: str
    recipients: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was done: the answer to the caller, and for whom the message was handed over or kept."""

    exit: int
    """Exit code in the plain dialect."""
    reply: str = ""
    handed: tuple[bytes, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One line of the trace: a hook asked of a plugin, how long it took (seconds), how it ended."""

    hook: str
    plugin: str
    seconds: float
    result: str
    """`3 answers`, or the error."""
    rule: str = ""
    """File and line, where the plugin is a site rule."""
    part: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a plugin says of itself; part of the header line and of cache keys."""

    name: str
    version: str = ""
    signatures: str = ""
    age: float | None = None
    """Seconds since the signatures were made."""
    engine: bool = False
    """It looks for malware with signatures of its own; without one such plugin, mail is marked as unscanned."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Something that `check` found wrong, and how to mend it."""

    text: str
    mend: str = ""
    fatal: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The one record of a message that log, counters, notices, `explain`, `replay` and sidecars print."""

    key: str
    message: Message
    findings: tuple[Finding, ...]
    shadow: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    decision: Decision
    outcome: Outcome | None = None
    """None until the message is handed over or answered; for ever in `explain`."""
    calls: tuple[Call, ...] = ()
    about: tuple[About, ...] = ()
    config: str = ""
    """SHA-256 of the configuration in force, hexadecimal."""
    seconds: float = 0.0
