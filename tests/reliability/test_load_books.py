"""The books of a load see a mail that is lost, altered, handed over twice or wrongly; else no load could fail."""

from __future__ import annotations

import pytest

from tests.reliability.load_books import faults_of, taken_stock
from tests.reliability.load_clients import BROKEN_OFF, NO_ANSWER
from tests.reliability.load_mail import OTHERS, Mail, Mails
from tests.reliability.load_site import Found


@pytest.mark.parametrize(
    ("kind", "told", "handed_over", "kept_back", "fault"),
    [
        ("plain", [250], 1, 0, ""),
        ("plain", [250], 0, 1, ""),
        ("plain", [554], 0, 1, ""),
        ("plain", [451, 250], 1, 0, ""),
        ("plain", [451, 250], 1, 1, ""),
        ("plain", [NO_ANSWER, 250], 2, 0, ""),
        ("plain", [250], 0, 0, "lost"),
        ("plain", [554], 0, 0, "lost"),
        ("plain", [250], 2, 0, "handed over twice"),
        ("plain", [451, 250], 2, 0, "handed over twice"),
        ("plain", [BROKEN_OFF, 250], 2, 0, "handed over twice"),
        ("plain", [554], 1, 0, "refused and handed over"),
        ("plain", [451, 554], 1, 1, "refused and handed over"),
        ("plain", [250], 1, 1, "kept and handed over"),
        ("plain", [451, 250], 1, 2, "there more often than it was sent"),
        ("infected", [250], 1, 0, "infected and handed over"),
    ],
)
def test_the_books_see_what_is_wrong(kind: str, told: list[int], handed_over: int, kept_back: int, fault: str) -> None:
    mail = Mail(number=7, kind=kind, raw=b"", sender=b"", recipients=OTHERS[:1])
    found = faults_of(mail, told, {OTHERS[0]: handed_over}, {OTHERS[0]: kept_back})
    assert any(text.endswith(f": {fault}") for text in found) if fault else not found


def test_the_books_see_what_is_altered() -> None:
    mails = Mails(1)
    mail = next(mail for mail in map(mails.mail, range(100)) if len(mail.recipients) > 1)
    as_sent = Found(mail.raw, mail.sender, mail.recipients)
    others = [
        as_sent._replace(raw=mail.raw[:-1]),
        as_sent._replace(raw=b"X" + mail.raw),
        as_sent._replace(raw=mail.raw.replace(b"X-Load: %d\n" % mail.number, b"X-Load: 999\n")),
        as_sent._replace(sender=b"eve@example.org"),
        as_sent._replace(recipients=mail.recipients[::-1]),
        as_sent._replace(recipients=(*mail.recipients, mail.recipients[0])),
    ]
    assert not taken_stock([as_sent, as_sent._replace(recipients=mail.recipients[:1])], mails).altered
    assert [len(taken_stock([other], mails).altered) for other in others] == [1] * len(others)
