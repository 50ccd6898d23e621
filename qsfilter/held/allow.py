"""Writes the allow entry by which mail such as a released copy is not held again.

Guarantee: an entry names findings, sender and recipients, never malware, and ends at a date; what a sender chose never
becomes a pattern, nor an entry that the configuration can't be read with.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from qsfilter.actions import Kind
from qsfilter.held.release import held_for
from qsfilter.patterns import NULL_SENDER

if TYPE_CHECKING:
    from collections.abc import Iterable


def allow_entry(copy: dict[str, Any], recipients: Iterable[bytes], today: dt.date, days: int, comment: str) -> str:
    """Return the table `[[allow]]` that silences for DAYS what COPY was held for, from its sender to RECIPIENTS.

    Raises ValueError that says why there can be none.
    """
    findings, votes = held_for(copy)
    if any(kind == str(Kind.MALWARE) for kind, _ in findings):
        raise ValueError("it is held for malware; an entry for that is written by hand")
    if votes or not findings:
        raise ValueError("it is held by a rule of the site, which no allow entry silences; change the rule")
    sender = b64decode(copy["sender"])
    values = {
        "silence": [_plain(f"{kind} {name}") for kind, name in sorted(findings)],
        "sender": _address(sender) if sender else NULL_SENDER,
        "recipient": [_address(one) for one in recipients],
        "comment": _printable(comment),
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["[[allow]]", *lines, f"until = {today + dt.timedelta(days=days)}", ""])


def _address(octets: bytes) -> str:
    """Return OCTETS, which are one address in a pattern of addresses."""
    text = octets.decode()
    # `.com` and `@example.com` stand for all of a domain, and `bob` is refused with the whole configuration.
    if "@" not in text or text.startswith((".", "@")) or text != text.strip():
        raise ValueError(f"{text!r} would be read as a pattern for other addresses, or for none")
    return _plain(text)


def _plain(text: str) -> str:
    """Return TEXT, which stands for itself in a pattern."""
    if "*" in text or "?" in text:
        raise ValueError(f"{text!r} would be read as a pattern")
    return _printable(text)


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"{text!r} has characters that do not print")
    return text
