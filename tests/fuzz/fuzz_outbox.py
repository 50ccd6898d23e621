"""Fuzzes the form of the outbox's files: any bytes stand in one.

The target holds it to what `outbox.form` promises: nothing but Damaged is raised, and what is read is written again in
a way that is read as the same.
"""

from __future__ import annotations

from contextlib import suppress

from qsfilter.model import Envelope
from qsfilter.outbox import form
from qsfilter.outbox.mails import Mail


def read(data: bytes) -> None:
    """Read DATA as a file of the outbox, and behind a good state; raise AssertionError for a broken promise."""
    for octets in (data, form.state_bytes(form.State(1)) + data):
        with suppress(form.Damaged):
            mail = Mail(octets)
            state = form.state_bytes(mail.state)
            assert len(state) == form.STATE_OCTETS
            assert form.read_state(state) == mail.state
            assert form.STATE_OCTETS < mail.offset <= len(octets)
            again = form.front(mail.envelope, mail.state.due)
            assert form.read_front(again) == (mail.envelope, len(again))


def seeds() -> dict[str, bytes]:
    """Return files, whole and damaged."""
    two = Envelope(sender=b"", recipients=(b"bob@example.com", b"carol@example.com"))
    one = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
    state = form.state_bytes(form.State(1_800_000_000, 3, "smtp: 451 later"))
    text = b"Subject: x\n\nhello\n"
    return {
        "first": form.front(two, 1_800_000_000) + text,
        "tried": state + form.front(one, 1)[form.STATE_OCTETS :] + text,
        "cut": form.front(one, 1)[:-3],
        "no-state": form.front(one, 1)[form.STATE_OCTETS :] + text,
        "lie": form.front(one, 1).replace(b":F", b"9:F"),
    }
