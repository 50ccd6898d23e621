"""Which messages spamd is asked about, what it is sent, and on whose behalf.

Guarantee: nothing of the envelope gets into what is sent but printable ASCII without blanks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter import Message

_NO = frozenset({"", "0", "no", "off"})
_DAEMON = b"mailer-daemon"
_USER = re.compile(r"[0-9a-z._=+-]{1,64}@[0-9a-z._-]{1,255}")
_SENDER = re.compile(rb"[!-;=?-~]{0,320}")


def why_not_asked(message: Message) -> str:
    """Return why spamd is not asked about MESSAGE; empty if it is."""
    client = message.client
    if client.relay and client.env.get("QS_SPAMASSASSIN", "").lower() != "on":
        return "the client may relay, and QS_SPAMASSASSIN is not on"
    if client.env.get("SA_SKIP_MD", "").lower() not in _NO and _is_bounce(message.envelope.sender):
        return "it is a bounce, and SA_SKIP_MD is set"
    return ""


def _is_bounce(sender: bytes) -> bool:
    return not sender or sender.rpartition(b"@")[0].lower() == _DAEMON or sender.lower() == _DAEMON


def user_of(message: Message) -> str:
    """Return the recipient of MESSAGE in lower case; empty if there are several or it is no plain address."""
    recipients = message.envelope.recipients
    text = recipients[0].decode("latin-1").lower() if len(recipients) == 1 else ""
    return text if _USER.fullmatch(text) else ""


def content(message: Message, *, tell_sender: bool) -> bytes:
    """Return what spamd is sent: MESSAGE as received, below a Return-Path line if it is to TELL_SENDER."""
    raw, sender = message.root.blob.data, message.envelope.sender
    # A fold or an mbox line at the top would become part of our line, or none of the header.
    if not tell_sender or raw.startswith((b" ", b"\t", b"From ")) or not _SENDER.fullmatch(sender):
        return raw
    newline = b"\r\n" if raw[: raw.find(b"\n") + 1].endswith(b"\r\n") else b"\n"
    return b"Return-Path: <" + sender + b">" + newline + raw
