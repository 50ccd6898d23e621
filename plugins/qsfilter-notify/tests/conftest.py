"""Reports of blocked messages, and an outbox whose mails are read by the standard library."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Action, Client, Disposition, Envelope, Filter, Finding, Kind, Report
from qsfilter.model import Kept, Outcome
from qsfilter.outbox.form import read_front
from qsfilter.testing.messages import message
from qsfilter_notify import Notify

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

ADMIN = "postmaster@example.com"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.net"))
MALWARE = Finding(kind=Kind.MALWARE, name="Worm.Sample", source="clamav")


class Place:
    """A folder with an outbox and counters."""

    def __init__(self, folder: Path) -> None:
        """Use FOLDER."""
        self.folder = folder
        self.outbox = folder / "outbox"

    def notify(self, **options: Any) -> Notify:  # noqa: ANN401 - whatever options there are
        """Make the plugin with OPTIONS."""
        return Notify(**{"admin": ADMIN, "outbox": str(self.outbox), **options})

    def raw_mails(self) -> dict[str, tuple[Envelope, bytes]]:
        """Return what waits: envelope and octets, by name."""
        found = {}
        for file in sorted(self.outbox.glob("new/*")):
            octets = file.read_bytes()
            envelope, at = read_front(octets)
            found[file.name] = (envelope, octets[at:])
        return found

    def mails(self) -> dict[str, EmailMessage]:
        """Return the notices that wait, by addressee."""
        found: dict[str, EmailMessage] = {}
        for name, (envelope, octets) in self.raw_mails().items():
            if not name.startswith("digest."):
                (to,) = envelope.recipients
                assert envelope.sender == b""
                assert to.decode() not in found
                found[to.decode()] = email.message_from_bytes(octets, policy=email.policy.default)
        return found

    def digest(self) -> list[str]:
        """Return the lines of the digest that were added to it."""
        texts = [octets for name, (_, octets) in self.raw_mails().items() if name.startswith("digest.")]
        if not texts:
            return []
        (octets,) = texts
        body = email.message_from_bytes(octets, policy=email.policy.default).get_content()
        return body.rstrip("\n").rpartition("\n\n")[2].split("\n")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a new place."""
    return Place(tmp_path)


@pytest.fixture(scope="session")
def blocked() -> Callable[..., Report]:
    """Return a function that makes the report of a message that was blocked."""

    def made(
        raw: bytes | None = None,
        *,
        found: Finding | None = MALWARE,
        action: Action = Action.QUARANTINE,
        envelope: Envelope = ENVELOPE,
        silent: bool = False,
        reason: str = "",
        groups: tuple[Disposition, ...] = (),
        exit_code: int | None = 0,
    ) -> Report:
        report = Filter().examine(raw or message(b"text\n"), envelope, Client(ip="192.0.2.9"))
        because = (found,) if found else ()
        group = Disposition(
            action=action,
            recipients=tuple(dict.fromkeys(envelope.recipients)),
            reason=reason or str(found),
            because=because,
            silent=silent,
        )
        kept = Kept(what="quarantine", where="/nowhere", recipients=group.recipients)
        outcome = None if exit_code is None else Outcome(exit=exit_code, kept=(kept,) * (action is Action.QUARANTINE))
        return replace(
            report, findings=because, decision=replace(report.decision, groups=groups or (group,)), outcome=outcome
        )

    return made
