"""The books of a load: what was sent and answered, held against what was handed over, kept, archived and logged.

Guarantee: only what lies on disk counts, byte for byte and address for address; nothing that the filter says of itself.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.reliability.load_clients import BROKEN_OFF, NO_ANSWER, REFUSED, TAKEN
from tests.reliability.load_mail import INFECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.reliability.load_mail import Mail, Mails
    from tests.reliability.load_site import Found

FINAL = frozenset({TAKEN, REFUSED})
NUMBER = re.compile(rb"X-Load: (\d{1,9})\n")
ADDRESS = re.compile(r"\b[a-z]+-(\d{1,9})@example\.org\b")


@dataclass
class Place:
    """What lies in one place: how many copies of which mail for whom, and what is wrong with some."""

    copies: Counter[tuple[int, bytes]] = field(default_factory=Counter)
    """(number of the mail, recipient) → copies."""
    mails: Counter[int] = field(default_factory=Counter)
    altered: list[str] = field(default_factory=list)


def taken_stock(found: Iterable[Found], mails: Mails) -> Place:
    """Hold each message FOUND against the one of MAILS that it should be."""
    place = Place()
    for one in found:
        number = NUMBER.match(one.raw)
        if number is None:
            place.altered.append(repr(one.raw[:100]))
            continue
        mail = mails.mail(int(number[1]))
        fewer = [recipient for recipient in mail.recipients if recipient in one.recipients]
        if one.raw != mail.raw or one.sender != mail.sender or fewer != list(one.recipients):
            place.altered.append(f"{mail.kind} {mail.number}")
        place.mails[mail.number] += 1
        place.copies.update((mail.number, recipient) for recipient in one.recipients)
    return place


def faults_of(mail: Mail, told: Sequence[int], handed: Mapping[bytes, int], kept: Mapping[bytes, int]) -> list[str]:
    """Say what is wrong about MAIL by what its client was TOLD and the copies HANDED over and KEPT for each recipient.

    Handed over once for each time that its client saw it taken; more only for a client that went away before the
    answer. What a killed worker had kept stays, so a copy may be there for each attempt that was not answered for good.
    """
    final, unanswered = told[-1], told.count(NO_ANSWER)
    found = []
    for recipient in mail.recipients:
        given, safe = handed.get(recipient, 0), kept.get(recipient, 0)
        if not given and not safe:
            found.append("lost")  # what is refused is kept, too, in this site
        if given > (final == TAKEN) + unanswered:
            found.append("refused and handed over" if final == REFUSED else "handed over twice")
        if given + safe > len(told):
            found.append("there more often than it was sent")
        if given and mail.kind in INFECTED:
            found.append("infected and handed over")
        if safe and given and not unanswered and not any(400 <= code < 500 for code in told):
            found.append("kept and handed over")
    return [f"{mail.kind} {mail.number} {list(told)}: {text}" for text in found]


def could_be_answered(told: Sequence[int]) -> tuple[int, int]:
    """Return how often the filter came to a final answer, by what a client was TOLD: at least, at most."""
    least = sum(code in FINAL for code in told)
    return least, least + sum(code not in {*FINAL, BROKEN_OFF} for code in told)


def answered(lines: Iterable[str]) -> tuple[Counter[int], list[str]]:
    """Count the final answers that LINES of the service's log tell of, by mail; and return lines that are not whole."""
    found: Counter[int] = Counter()
    broken = []
    for line in lines:
        if not line.startswith("qsfilter: ") or line.count("qsfilter: ") != 1:
            broken.append(line)
        elif (told := re.search(r" action=\w+ exit=(\d+) .* from=\"([^\"]*)\" .* seconds=[0-9.]+", line)) is not None:
            address = ADDRESS.fullmatch(told[2])
            if address is None:
                broken.append(line)
            elif told[1] in {"0", "31"}:
                found[int(address[1])] += 1
        elif " action=" in line:
            broken.append(line)
    return found, broken


def keys(lines: Iterable[str]) -> dict[str, int]:
    """Return the number of the mail by the beginning of its retry key, for all mail that LINES of the log tell of."""
    found = (re.search(r" id=([0-9a-f]{16}) action=.* from=\"([^\"]*)\"", line) for line in lines)
    numbers = ((told[1], ADDRESS.fullmatch(told[2])) for told in found if told is not None)
    return {key: int(address[1]) for key, address in numbers if address is not None}
