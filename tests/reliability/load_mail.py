"""The mail that is sent under load: real mail where QSFILTER_CORPORA names some, and kinds that are built here.

Guarantees: a mail is known by its number, which stands in its first field and in its sender; the same seed and number
give the same bytes and envelope; none is changed by SMTP itself (no bare CR, no NUL, a line end at the end).
"""

from __future__ import annotations

import os
import random
import tarfile
from typing import NamedTuple

from qsfilter.testing.documents import pdf, pdf_stream
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of

LARGEST_REAL = 200_000
KINDS = {"real": 64, "plain": 6, "zipped": 6, "large": 1, "infected": 5, "nested": 2, "named": 4, "turning": 12}
"""How often each kind comes. `turning` is what the site's rules change their mind about."""
INFECTED = frozenset({"infected", "nested"})
HELD = b"held@example.com"
"""Who is never given mail: the site's rules keep hers."""
OTHERS = (b"bob@example.com", b"carol@example.com", b"dave@example.com")


class Mail(NamedTuple):
    """One mail."""

    number: int
    kind: str
    raw: bytes
    sender: bytes
    recipients: tuple[bytes, ...]

    @property
    def envelope(self) -> bytes:
        """What qmail-queue is given, if nobody falls away."""
        return b"F%b\0%b\0" % (self.sender, b"".join(b"T%b\0" % recipient for recipient in self.recipients))


class Mails:
    """All mail of one run."""

    def __init__(self, seed: int) -> None:
        """Have all that SEED decides."""
        self._seed = seed
        self._real = real()
        self.are_real = bool(self._real)

    def mail(self, number: int) -> Mail:
        """Return the mail NUMBER."""
        chance = random.Random(f"{self._seed} mail {number}")  # noqa: S311 - the same in each run
        (kind,) = chance.choices(list(KINDS), list(KINDS.values()))
        others = chance.sample(OTHERS, chance.choice((1, 1, 1, 2, 3)))
        recipients = (*others, HELD) if chance.random() < 0.1 else tuple(others)
        return Mail(
            number=number,
            kind=kind,
            raw=b"X-Load: %d\n" % number + self._content(kind, number, chance),
            sender=b"%b-%d@example.org" % (kind.encode(), number),
            recipients=recipients,
        )

    def _content(self, kind: str, number: int, chance: random.Random) -> bytes:
        if kind == "real":
            if self._real:
                return chance.choice(self._real)
            kind = chance.choice(("plain", "zipped", "html", "report"))  # the usual kinds stand in
        text = b"Number %d. " % number + b"Nothing is wrong with this.\n" * chance.randint(1, 200)
        others = _others(kind, chance)
        return message(part(text), *others) if others else message(text)


def _others(kind: str, chance: random.Random) -> list[bytes]:
    """Return what a mail of this KIND has beside its text."""
    noise, large = chance.randbytes(chance.randint(100, 20_000)), chance.randint(100_000, 1_000_000)
    both = zip_of({"a.bin": noise, "x.txt": eicar() if kind == "nested" else b"Nothing is wrong with this.\n"})
    by_kind = {
        "zipped": lambda: [attachment(both, "both.zip", "application/zip")],
        "large": lambda: [attachment(chance.randbytes(large), "data.bin")],
        "infected": lambda: [attachment(eicar(), "harmless.txt"), attachment(noise, "noise.bin")],
        "nested": lambda: [attachment(zip_of({"inner.zip": both}), "outer.zip", "application/zip")],
        "named": lambda: [attachment(b"MZ" + noise, "setup.exe")],
        "html": lambda: [part(b"<p>Nothing is wrong with this.</p>\n", "text/html")],
        "report": lambda: [attachment(pdf(pdf_stream(noise)), "report.pdf", "application/pdf")],
    }
    return by_kind[kind]() if kind in by_kind else []


def real() -> list[bytes]:
    """Return mail of the corpora as an SMTP client could send it; none where QSFILTER_CORPORA is not set."""
    source = os.environ.get("QSFILTER_CORPORA")
    if not source:
        return []
    found = []
    with tarfile.open(os.path.join(source, "real-mail.tar.xz")) as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isfile() and entry.size < LARGEST_REAL else None
            raw = file.read().replace(b"\r\n", b"\n") if file is not None else b""
            if raw.startswith(b"From "):  # of the mbox it was taken from
                raw = raw.partition(b"\n")[2]
            if raw and not {b"\r", b"\0"} & {bytes((octet,)) for octet in set(raw)}:
                found.append((entry.name, raw if raw.endswith(b"\n") else raw + b"\n"))
    return [raw for _, raw in sorted(found)]
