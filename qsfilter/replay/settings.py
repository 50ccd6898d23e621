"""For whom and from where a saved message is examined: envelope and client, by who knows them best.

Guarantee: every message has an envelope, whatever it lost on its way into the corpus.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qsfilter.model import Client, Envelope

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLIENT = Client(ip="192.0.2.1")
"""What nobody says."""
NULL_SENDER = b"MAILER-DAEMON"
"""How a From_ line writes the empty sender."""

_TRACE = re.compile(
    rb"(?:(?:received|return-path|delivered-to)[ \t]*+:.*+\n(?:[ \t].*+\n)*+)*+",
    re.IGNORECASE,
)
_RETURN_PATH = re.compile(rb"^return-path[ \t]*:[ \t]*<?([^<>\s]*)", re.IGNORECASE | re.MULTILINE)
_DELIVERED_TO = re.compile(rb"^delivered-to[ \t]*:[ \t]*<?([^<>\s]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What somebody says of envelope and client; None is what they leave open."""

    sender: bytes | None = None
    recipients: tuple[bytes, ...] | None = None
    ip: str | None = None
    relay: bool | None = None
    user: str | None = None

    def before(self, other: Given) -> Given:
        """Return what is said here, and what OTHER says where this leaves something open."""
        return Given(
            sender=other.sender if self.sender is None else self.sender,
            recipients=other.recipients if self.recipients is None else self.recipients,
            ip=other.ip if self.ip is None else self.ip,
            relay=other.relay if self.relay is None else self.relay,
            user=other.user if self.user is None else self.user,
        )

    @property
    def envelope(self) -> Envelope:
        """The envelope, with the usual one where something is open."""
        return Envelope(
            sender=ENVELOPE.sender if self.sender is None else self.sender,
            recipients=ENVELOPE.recipients if self.recipients is None else self.recipients,
        )

    @property
    def client(self) -> Client:
        """The client, a stranger where that is open."""
        return Client(
            ip=CLIENT.ip if self.ip is None else self.ip, relay=bool(self.relay), user=self.user or CLIENT.user
        )


OPEN = Given()


def of_delivered(raw: bytes, from_line: bytes) -> Given:
    """Read the envelope of RAW, a message that was delivered, out of its trace fields (RFC 5321, 4.4) and FROM_LINE.

    The topmost Return-Path and Delivered-To in front of all other fields count; FROM_LINE, an mbox's, has the sender
    where there is no Return-Path.
    """
    match = _TRACE.match(raw)
    trace = match[0] if match else b""
    recipient, sender = _DELIVERED_TO.search(trace), _RETURN_PATH.search(trace)
    words = from_line.split(b" ", 2)
    said = words[1].strip() if len(words) > 2 else None
    return Given(
        sender=sender[1] if sender else b"" if said == NULL_SENDER else said,
        recipients=(recipient[1],) if recipient else None,
    )
