"""Tells of one message: chooses, counts, writes, and puts what was written into the outbox.

Guarantees: each addressee of a message is told once, however often it is tried; who may not be told any more stands in
the digest; one notice that fails takes none of the others along.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from qsfilter import QsfilterError
from qsfilter.names import printable
from qsfilter.outbox import spool
from qsfilter.store import Store
from qsfilter_notify import facts, texts
from qsfilter_notify.mail import Writer, digest_line, envelope, message_id
from qsfilter_notify.rates import PATIENCE_SECONDS, Rates
from qsfilter_notify.whom import addressees, findings_of

if TYPE_CHECKING:
    from qsfilter import Envelope, Report
    from qsfilter_notify import Notify
    from qsfilter_notify.whom import Addressee

MOST_OUTSIDERS = 1000
"""Senders and recipients of one message that are thought of at all."""
SHOWN_UNTOLD = 5


class NoticeError(QsfilterError):
    """A notice that could not be put, or not as the site wants it; the text says which."""


def tell(notify: Notify, report: Report, now: float) -> None:
    """Tell of the message in REPORT as NOTIFY says; NOW is in seconds since the epoch.

    Raises NoticeError after all has been tried.
    """
    store = Store(counts(notify), durable=False, patience_seconds=PATIENCE_SECONDS)
    try:
        troubles = _Telling(notify, report, now, Rates(store, notify)).everybody()
    finally:
        store.close()
    if trouble := store.take_trouble():
        troubles.append(trouble)
    if troubles:
        raise NoticeError("; ".join(troubles[:3]))


def counts(notify: Notify) -> str:
    """Return the folder in which notices are counted."""
    return notify.counts or os.path.join(os.path.dirname(notify.outbox.rstrip("/")), "notices")


class _Telling:
    """One message, and what has been told of it so far."""

    def __init__(self, notify: Notify, report: Report, now: float, rates: Rates) -> None:
        self._notify = notify
        self._report = report
        self._now = now
        self._rates = rates
        self._writer = Writer(description=notify.admin_description, address=notify.from_address or notify.admin)
        self._troubles: list[str] = []
        self._in_digest: list[str] = []
        """Names of notices that a line of the digest stands for."""
        self._untold: list[str] = []
        """Addresses of senders and recipients among them."""

    def everybody(self) -> list[str]:
        """Tell everybody, and return what went wrong."""
        for number, addressee in enumerate(addressees(self._notify, self._report)):
            if number > MOST_OUTSIDERS:
                break
            self._tell(addressee)
        if self._in_digest:
            self._add_to_digest()
        return self._troubles

    def _tell(self, addressee: Addressee) -> None:
        name = f"{self._report.key}.{_hashed(addressee.address)}"
        if not self._rates.is_new(name):
            return
        if not self._may_have(addressee):
            self._in_digest.append(name)
            return
        try:
            spool.put(self._notify.outbox, name, envelope(addressee.address), [self._written(name, addressee)])
        except Exception as error:  # noqa: BLE001 - the others are to be told all the same
            self._troubles.append(_trouble(error))
        else:
            self._rates.dealt_with([name])

    def _may_have(self, addressee: Addressee) -> bool:
        """Whether ADDRESSEE may have a notice of his own."""
        if addressee.role == "admin":
            return not self._notify.digest_only and self._rates.administrator()
        allowed = self._rates.outsider(addressee.address)
        if not allowed:
            self._untold.append(addressee.address)
        return allowed

    def _written(self, name: str, addressee: Addressee) -> bytes:
        told = facts.facts_for(addressee, self._report, self._notify.admin)
        text = self._text(addressee.role, told)
        # A sender's notice answers his message, so that his mail program shows them together (RFC 3834, 3.1.6).
        answers = message_id(self._report.message) if addressee.role == "sender" else None
        return self._writer.notice(
            name=name, to=addressee.address, subject=text.subject, body=text.body, now=self._now, answers=answers
        )

    def _add_to_digest(self) -> None:
        admin = self._notify.admin
        name = f"digest.{_hashed(admin)}"

        def begin() -> tuple[Envelope, bytes]:
            told = {"admin": admin, "host": facts.host(), "hours": self._notify.hours}
            text = self._text("digest", told)
            mail = self._writer.digest(name=name, to=admin, subject=text.subject, body=text.body, now=self._now)
            return envelope(admin), mail

        try:
            spool.add_line(
                self._notify.outbox,
                name,
                digest_line(self._line()),
                begin=begin,
                not_before=self._now + self._notify.hours * 3600,
            )
        except Exception as error:  # noqa: BLE001 - it is told with the others
            self._troubles.append(_trouble(error))
        else:
            self._rates.dealt_with(self._in_digest)

    def _line(self) -> str:
        """Say in one line what became of the message, and who was not told."""
        blocked = max(self._report.decision.groups, key=lambda group: group.action)
        what = facts.what_of(findings_of(self._report, blocked), blocked.reason)
        sender = facts.text_of(self._report.message.envelope.sender)
        line = (
            f"{time.strftime('%Y-%m-%d %H:%M:%SZ', time.gmtime(self._now))} {blocked.action}: {what};"
            f' from <{sender}>; "{facts.subject_of(self._report)}"; id {self._report.key[:16]}'
        )
        if self._untold:
            more = len(self._untold) - SHOWN_UNTOLD
            line += f"; not told: {', '.join(self._untold[:SHOWN_UNTOLD])}{f' and {more} more' if more > 0 else ''}"
        return line

    def _text(self, name: str, told: facts.Facts) -> texts.Text:
        text = texts.written(name, told, language=self._notify.language, folder=self._notify.templates)
        if text.trouble:
            self._troubles.append(f"ours was sent instead of {text.trouble}")
        return text


def _hashed(address: str) -> str:
    return hashlib.sha256(address.casefold().encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _trouble(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}"[:200])
