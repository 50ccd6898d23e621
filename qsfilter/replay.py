"""Saved messages and what is expected of them: finds the cases of a corpus, examines them, compares.

A corpus is a folder, with folders in it. A case is `NAME.eml`, a message as it came, or `NAME.py`, a module with
`build(newline)`, which returns the message with that line end, or with `MESSAGES`, a name for each such function. A
module makes two cases of each message, LF and CRLF, unless its `NEWLINES` says otherwise. Names that begin with `_` or
`.` are no cases. Beside each stands `NAME.expect` in TOML:

    action = "quarantine"
    findings = ["ambiguous two-boundaries", "malware EICAR-Test-File"]   # all of them; without the key, any
    absent = ["unscannable", "irregular no-boundary"]                    # kinds, or kinds with a name
    comment = "why"

Guarantees: nothing is printed or written here; a case that can't be read or built says so and stops no other.
Modules are run, so a corpus is to be trusted like any other program.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter.model import Client, Envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qsfilter.filter import Filter
    from qsfilter.model import Report

CONFIG = "qsfilter.toml"
"""The configuration that a corpus may bring along."""
EXPECT = ".expect"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLIENT = Client(ip="192.0.2.1")
FORMS = {b"\n": "LF", b"\r\n": "CRLF"}
AS_IT_CAME = "as it came"
KEYS = {"action": str, "findings": list, "absent": list, "comment": str}


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What NAME.expect says."""

    action: str
    findings: tuple[str, ...] | None = None
    """The set of `kind name` of all findings, sorted; None for any."""
    absent: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One message in one form, or the reason why there is none."""

    name: str
    """The path in the corpus without its suffix, and `:` with the name of the message where a module has several."""
    form: str
    """`LF`, `CRLF`, or `as it came`."""
    build: Callable[[], bytes]
    """Returns the message; raises what the case's module raises, and OSError."""
    expect: str
    """The path of NAME.expect."""
    error: str = ""
    """Why the case can't be read."""

    def __str__(self) -> str:
        """Name and form, as `001a-two-codings CRLF`."""
        return f"{self.name} {self.form}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What became of one case."""

    case: Case
    expected: Expected | None = None
    action: str = ""
    findings: tuple[str, ...] = ()
    error: str = ""
    """Why nothing could be compared."""
    unreadable: bool = False
    """The error is that case or expectation can't be read."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Findings that were expected and not made."""
        wanted = (self.expected and self.expected.findings) or ()
        return tuple(found for found in wanted if found not in self.findings)

    @property
    def unexpected(self) -> tuple[str, ...]:
        """Findings that were made and not expected."""
        if self.expected is None or self.expected.findings is None:
            return ()
        return tuple(found for found in self.findings if found not in self.expected.findings)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Findings that must be absent and are not."""
        absent = self.expected.absent if self.expected else ()
        return tuple(found for found in self.findings if found in absent or found.partition(" ")[0] in absent)

    @property
    def right(self) -> bool:
        """Whether all is as expected."""
        if self.error or self.expected is None:
            return False
        return self.action == self.expected.action and not (self.missing or self.unexpected or self.forbidden)

    def __str__(self) -> str:
        """Say in one line what differs."""
        if self.error or self.expected is None:
            return f"{self.case}: {self.error}"
        wanted = self.expected.action
        said = [f"expected {wanted}, got {self.action}" if self.action != wanted else f"{wanted} as expected"]
        for what, found in (
            ("missing", self.missing),
            ("unexpected", self.unexpected),
            ("must be absent", self.forbidden),
        ):
            if found:
                said.append(f"{what}: {', '.join(found)}")
        return f"{self.case}: {'; '.join(said)}"


def cases(folder: str) -> Iterator[Case]:
    """Yield every case of the corpus in FOLDER, sorted by name. Raises OSError if it can't be read."""
    for stem, suffix in _files(folder, ""):
        name = os.path.join(folder, stem)
        if suffix == ".eml":
            yield Case(name=stem, form=AS_IT_CAME, build=_reader(name + suffix), expect=name + EXPECT)
        else:
            yield from _module_cases(name, stem)


def _files(folder: str, inside: str) -> Iterator[tuple[str, str]]:
    """Yield the cases below FOLDER/INSIDE: path below FOLDER without suffix, and suffix."""
    for entry in sorted(os.listdir(os.path.join(folder, inside))):
        path = os.path.join(inside, entry)
        stem, suffix = os.path.splitext(path)
        if entry.startswith(("_", ".")):
            continue
        if os.path.isdir(os.path.join(folder, path)):
            yield from _files(folder, path)
        elif suffix in {".eml", ".py"}:
            yield stem, suffix


def _reader(path: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with open(path, "rb") as file:
            return file.read()

    return read


def _module_cases(path: str, stem: str) -> Iterator[Case]:
    try:
        module = _run(path + ".py")
        builders: Mapping[str, Callable[[bytes], bytes]] = module.get("MESSAGES") or {"": module["build"]}
        forms = {newline: FORMS[newline] for newline in module.get("NEWLINES", FORMS)}
    except Exception as error:  # noqa: BLE001 - the corpus is somebody's program
        why = f"can't be read: {type(error).__name__}: {error}"
        yield Case(name=stem, form="", build=bytes, expect=path + EXPECT, error=why)
        return
    for key, build in builders.items():
        for newline, form in forms.items():
            yield Case(
                name=f"{stem}:{key}" if key else stem, form=form, build=_builder(build, newline), expect=path + EXPECT
            )


def _run(path: str) -> dict[str, Any]:
    """Run the module at PATH, leaving no compiled file beside it, and return its names."""
    with open(path, "rb") as file:
        source = file.read()
    names: dict[str, Any] = {"__name__": os.path.basename(path), "__file__": path}
    exec(compile(source, path, "exec"), names)  # noqa: S102 - a case is a program
    return names


def _builder(build: Callable[[bytes], bytes], newline: bytes) -> Callable[[], bytes]:
    return lambda: build(newline)


def expected(path: str) -> Expected:
    """Read the expectation at PATH. Raises OSError, and ValueError that says what is wrong."""
    import tomllib  # noqa: PLC0415 - as in `config`

    with open(path, "rb") as file:
        table = tomllib.load(file)
    wrong = [key for key, value in table.items() if not isinstance(value, KEYS.get(key, ()))]
    if wrong or "action" not in table:
        known = ", ".join(f"{key} ({kind.__name__})" for key, kind in KEYS.items())
        raise ValueError(f"wrong key {wrong[0]}; takes {known}" if wrong else "action must be set")
    findings = table.get("findings")
    return Expected(
        action=table["action"],
        findings=None if findings is None else tuple(map(str, findings)),
        absent=tuple(map(str, table.get("absent", ()))),
        comment=table.get("comment", ""),
    )


def replay(chosen: Filter, case: Case) -> Result:
    """Examine CASE with CHOSEN, which has been started, and compare."""
    try:
        if case.error:
            raise ValueError(case.error)
        raw = case.build()
    except Exception as error:  # noqa: BLE001 - as above
        why = case.error or f"can't be built: {type(error).__name__}: {error}"
        return Result(case=case, error=why, unreadable=True)
    report = chosen.examine(raw, ENVELOPE, CLIENT)
    action, findings = str(report.decision.action), summary(report)
    try:
        wanted = expected(case.expect)
    except FileNotFoundError:
        why = f"there is no {os.path.basename(case.expect)}; --update writes it"
        return Result(case=case, action=action, findings=findings, error=why)
    except (OSError, ValueError) as error:
        why = f"{os.path.basename(case.expect)} can't be read: {error}"
        return Result(case=case, action=action, findings=findings, error=why, unreadable=True)
    return Result(case=case, expected=wanted, action=action, findings=findings)


def summary(report: Report) -> tuple[str, ...]:
    """Return the set of `kind name` of the findings in REPORT, sorted."""
    return tuple(sorted({str(found) for found in report.findings}))


def updated(results: list[Result]) -> Expected:
    """Return what is to be expected from now on of the cases in RESULTS, which share one expectation.

    `absent` and `comment` stay, and so does that findings are left open. Where forms or messages differ, their findings
    are left open if they always were, else the first one's are taken, and the others go on differing.
    """
    first = results[0]
    before = first.expected
    several = len({result.case.name for result in results}) > 1
    differ = len({result.findings for result in results}) > 1
    is_open = (before is not None and before.findings is None) or (before is None and several and differ)
    return Expected(
        action=first.action,
        findings=None if is_open else first.findings,
        absent=before.absent if before else (),
        comment=before.comment if before else "",
    )


def expect_text(wanted: Expected) -> str:
    """Return the text of NAME.expect that says WANTED."""
    lines = [f"action = {_toml(wanted.action)}"]
    if wanted.findings is not None:
        lines.append(f"findings = {_toml_list(wanted.findings)}")
    if wanted.absent:
        lines.append(f"absent = {_toml_list(wanted.absent)}")
    if wanted.comment:
        lines.append(f"comment = {_toml(wanted.comment)}")
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """Quote TEXT; but for DEL, JSON's strings are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_list(texts: tuple[str, ...]) -> str:
    if len(texts) < 2:
        return f"[{''.join(map(_toml, texts))}]"
    return "[\n" + "".join(f"    {_toml(text)},\n" for text in texts) + "]"
