"""What is expected of a case: reads and writes NAME.expect, and the one file beside a mailbox.

    action = "quarantine"
    findings = ["ambiguous two-boundaries", "malware EICAR-Test-File"]   # all of them; without the key, any
    absent = ["unscannable", "irregular no-boundary"]                    # kinds, or kinds with a name
    comment = "why"
    [recipients]                                                         # who gets another answer than `action`
    "bob@example.com" = "accept"
    [envelope]                                                           # sender, recipients, ip, relay, user
    sender = "alice@example.org"

The file beside a mailbox has such a table for each message, under the SHA-256 of its bytes in hexadecimal: flags,
folders and numbers of messages change, their bytes don't.

Guarantees: a wrong key or type is an error that names it; a file is replaced whole or left as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsfilter.replay.settings import OPEN, Given

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsfilter.replay.corpus import Case

EXPECT = ".expect"
KEYS = {"action": str, "findings": list, "absent": list, "comment": str, "recipients": dict, "envelope": dict}
ENVELOPE_KEYS = {"sender": str, "recipients": list, "ip": str, "relay": bool, "user": str}


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What NAME.expect says."""

    action: str
    findings: tuple[str, ...] | None = None
    """The set of `kind name` of all findings, sorted; None for any."""
    absent: tuple[str, ...] = ()
    comment: str = ""
    recipients: tuple[tuple[str, str], ...] = ()
    """Recipient and action, for each whose action counts."""
    given: Given = OPEN
    """For whom and from where the message is to be examined."""


class Expectations:
    """Looks up what is expected of a case; keeps the file of the mailbox that was asked for last."""

    def __init__(self) -> None:
        self._path = ""
        self._table: Mapping[str, Any] = {}

    def of(self, case: Case, raw: bytes) -> Expected:
        """Return what is expected of CASE, whose message is RAW.

        Raises FileNotFoundError where nobody has said anything, OSError, and ValueError that says what is wrong.
        """
        if not case.mailbox:
            return expected(case.expect)
        if self._path != case.expect:
            self._path, self._table = "", _load(case.expect)
            self._path = case.expect
        table = self._table.get(hashlib.sha256(raw).hexdigest())
        if table is None:
            raise FileNotFoundError(case.expect)
        return _expected(table)


def expected(path: str) -> Expected:
    """Read the expectation at PATH. Raises OSError, and ValueError that says what is wrong."""
    return _expected(_load(path))


def all_expected(path: str) -> dict[str, Expected]:
    """Read the file at PATH beside a mailbox; empty where there is none. Raises OSError and ValueError."""
    try:
        return {key: _expected(table) for key, table in _load(path).items()}
    except FileNotFoundError:
        return {}


def _load(path: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - as in `config`

    with open(path, "rb") as file:
        return tomllib.load(file)


def _expected(table: object) -> Expected:
    if not isinstance(table, dict):
        raise ValueError("takes a table under each SHA-256")  # noqa: TRY004 - as below
    _check(table, KEYS, "")
    if "action" not in table:
        raise ValueError("action must be set")
    envelope: Mapping[str, Any] = table.get("envelope", {})
    _check(envelope, ENVELOPE_KEYS, "envelope.")
    findings = table.get("findings")
    sender, recipients = envelope.get("sender"), envelope.get("recipients")
    return Expected(
        action=table["action"],
        findings=None if findings is None else tuple(map(str, findings)),
        absent=tuple(map(str, table.get("absent", ()))),
        comment=table.get("comment", ""),
        recipients=tuple((who, str(action)) for who, action in table.get("recipients", {}).items()),
        given=Given(
            sender=None if sender is None else sender.encode(),
            recipients=None if recipients is None else tuple(str(one).encode() for one in recipients),
            ip=envelope.get("ip"),
            relay=envelope.get("relay"),
            user=envelope.get("user"),
        ),
    )


def _check(table: Mapping[str, Any], keys: Mapping[str, type], where: str) -> None:
    for key, value in table.items():
        if not isinstance(value, keys.get(key, ())):
            known = ", ".join(f"{name} ({kind.__name__})" for name, kind in keys.items())
            raise ValueError(f"wrong key {where}{key}; takes {known}")  # noqa: TRY004 - as all that is wrong in a file


def expect_text(wanted: Expected, within: str = "") -> str:
    """Return the text of NAME.expect that says WANTED; WITHIN is the table's name where a file holds several."""
    lines = [f"[{within}]"] if within else []
    lines.append(f"action = {_toml(wanted.action)}")
    if wanted.findings is not None:
        lines.append(f"findings = {_toml_list(wanted.findings)}")
    if wanted.absent:
        lines.append(f"absent = {_toml_list(wanted.absent)}")
    if wanted.comment:
        lines.append(f"comment = {_toml(wanted.comment)}")
    prefix = f"{within}." if within else ""
    if wanted.recipients:
        lines += [f"[{prefix}recipients]", *(f"{_toml(who)} = {_toml(action)}" for who, action in wanted.recipients)]
    if wanted.given != OPEN:
        lines += [f"[{prefix}envelope]", *_given_lines(wanted.given)]
    return "\n".join(lines) + "\n"


def mailbox_text(wanted: Mapping[str, Expected]) -> str:
    """Return the text of the file beside a mailbox that says WANTED, by SHA-256."""
    return "\n".join(expect_text(wanted[key], key) for key in sorted(wanted))


def write(path: str, text: str) -> None:
    """Put TEXT in the place of the file at PATH, whole or not at all. Raises OSError."""
    import tempfile  # noqa: PLC0415 - only an update writes

    path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mode = 0o644
    number, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=os.path.dirname(path))
    try:
        with open(number, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _given_lines(given: Given) -> list[str]:
    lines = []
    if given.sender is not None:
        lines.append(f"sender = {_toml(given.sender.decode())}")
    if given.recipients is not None:
        lines.append(f"recipients = {_toml_list(tuple(one.decode() for one in given.recipients))}")
    if given.ip is not None:
        lines.append(f"ip = {_toml(given.ip)}")
    if given.relay is not None:
        lines.append(f"relay = {str(given.relay).lower()}")
    if given.user is not None:
        lines.append(f"user = {_toml(given.user)}")
    return lines


def _toml(text: str) -> str:
    """Quote TEXT; but for DEL, JSON's strings are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_list(texts: tuple[str, ...]) -> str:
    if len(texts) < 2:
        return f"[{''.join(map(_toml, texts))}]"
    return "[\n" + "".join(f"    {_toml(text)},\n" for text in texts) + "]"
