"""The checks of malformed MIME that Qmail-Scanner had: each stops its mail, and each has a switch that lets it pass.

The page docs/reference/qmail-scanner.md lists them by the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.testing.archives import member, zip_file
from qsfilter.testing.messages import attachment, message, part, zip_of

if TYPE_CHECKING:
    from tests.process.conftest import Site

HEAD = b"From: alice@example.org\nSubject: x\nMIME-Version: 1.0\n"
PARTS = b"\n--b\nContent-Type: text/plain\n\nHello\n--b\nContent-Type: application/octet-stream\n\nMZ\n--b--\n"
RULES = "".join(
    f".{{100,}}\t\t\tVirus-{name}:\t\tMIME Header Buffer Overflow\n" for name in ("Date", "Mime-Version", "Resent-Date")
)
ENCRYPTED = member(b"x.txt", b"x", data=b"\xa5" * 32, both={"flags": 1})


class Check(NamedTuple):
    """A message that one check is about."""

    raw: bytes
    found: str
    """What is found in it, among other things perhaps."""
    off: str
    """Tables by which it is accepted; those of `usual` where they name no other."""
    on: str = ""
    """Tables by which it is stopped, where the defaults don't."""


def field(value: bytes) -> bytes:
    """Return a message whose Content-Type is VALUE, in front of parts between lines of b."""
    return HEAD + b"Content-Type: " + value + b"\n" + PARTS


def accepts(*codes: str) -> str:
    """Return the table that accepts these CODES."""
    return "[actions]\n" + "".join(f'"{code}" = "accept"\n' for code in codes)


CHECKS = {
    "1 CR": Check(
        HEAD.replace(b"Subject: x", b"Subject: x\ry") + b"\nHello\n", "bare-cr", accepts("ambiguous.bare-cr")
    ),
    "1 NUL": Check(
        field(b'multipart/mixed; boundary="b\0"'), "nul", accepts("ambiguous.nul", "ambiguous.boundary-spelling")
    ),
    "2 blank before the colon": Check(
        HEAD + b'Content-Type : multipart/mixed; boundary="b"\n' + PARTS,
        "hidden-field",
        accepts("ambiguous.hidden-field"),
    ),
    "2 odd character before the colon": Check(
        HEAD + b'Content-Type\x01: multipart/mixed; boundary="b"\n' + PARTS,
        "header-end",
        accepts("ambiguous.header-end"),
    ),
    "3 comment in a type": Check(
        field(b'multi(x)part/mixed; boundary="b"'),
        "duplicate-content-type",
        accepts("ambiguous.duplicate-content-type"),
    ),
    "3 comment in a coding": Check(
        message(part(b"x"), part(b"TVo=\n", fields={"Content-Transfer-Encoding": "ba(x)se64"})),
        "duplicate-transfer-encoding",
        accepts("ambiguous.duplicate-transfer-encoding"),
    ),
    "4 class id": Check(
        message(part(b"x"), attachment(b"x", "x.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}")),
        "policy clsid",
        "[plugins.attachments]\nclsid = false\n",
        "[plugins.attachments]\n",
    ),
    "5 two extensions": Check(
        message(part(b"x"), attachment(b"x", "x.doc.html")),
        "policy double-extension",
        "[plugins.attachments]\ndouble_extensions = false\n",
        "[plugins.attachments]\ndouble_extensions = true\n",
    ),
    "5 a run of blanks": Check(
        message(part(b"x"), attachment(b"x", "x.doc            .html")),
        "policy double-extension",
        "[plugins.attachments]\ndouble_extensions = false\n",
        "[plugins.attachments]\ndouble_extensions = true\n",
    ),
    "6 long name": Check(
        message(part(b"x"), attachment(b"x", f"{'x' * 256}.txt")),
        "policy name-too-long",
        "[plugins.attachments]\nmax_name = 0\n",
        "[plugins.attachments]\n",
    ),
    **{
        f"7 {name}": Check(
            message(b"x", fields={name: "x" * 100}),
            "malware MIME Header Buffer Overflow",
            "[plugins.headers]\n",
            '[plugins.headers]\nlegacy = "RULES"\n',
        )
        for name in ("Date", "MIME-Version", "Resent-Date")
    },
    "8 fragment": Check(
        HEAD + b'Content-Type: message/partial; id="a"; number=1; total=2\n\nHello\n',
        "message-partial",
        accepts("ambiguous.message-partial"),
    ),
    "9 empty boundary": Check(
        field(b'multipart/mixed; boundary=""'), "boundary-guessed", accepts("ambiguous.boundary-guessed")
    ),
    "9 blank boundary": Check(
        field(b'multipart/mixed; boundary=" "'), "boundary-guessed", accepts("ambiguous.boundary-guessed")
    ),
    "9 no boundary": Check(field(b"multipart/mixed"), "boundary-guessed", accepts("ambiguous.boundary-guessed")),
    "9 two types": Check(
        field(b'text/plain\nContent-Type: multipart/mixed; boundary="b"'),
        "duplicate-content-type",
        accepts("ambiguous.duplicate-content-type", "ambiguous.leaf-or-multipart"),
    ),
    "9 blank type": Check(field(b""), "leaf-or-multipart", accepts("ambiguous.leaf-or-multipart")),
    "10 many files": Check(
        message(part(b"x"), attachment(zip_of({str(number): b"x" for number in range(21)}), "x.zip")),
        "unscannable over-limit",
        "[limits]\nmembers = 21\n",
        "[limits]\nmembers = 20\n",
    ),
    "10 large files": Check(
        message(part(b"x"), attachment(zip_of({"x": bytes(2_000_000)}), "x.zip")),
        "unscannable over-limit",
        "[limits]\nunpacked_bytes = 4000000\n",
        "[limits]\nunpacked_bytes = 1000000\n",
    ),
    "11 encrypted zip": Check(
        message(part(b"x"), attachment(zip_file(ENCRYPTED), "x.zip")),
        "unscannable encrypted",
        "",
        '[actions]\n"unscannable.encrypted" = "quarantine"\n',
    ),
}


def configured(site: Site, tables: str) -> None:
    """Configure SITE with TABLES, and a rule file beside it."""
    rules = site.folder / "quarantine-events.txt"
    rules.write_text(RULES)
    site.configure(tables.replace("RULES", str(rules)))


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_stops_its_mail_and_has_a_switch(site: Site, check: Check) -> None:
    """What is let through is handed over in the same bytes, and still named in our header field."""
    configured(site, check.on)
    answer = site.call(check.raw)
    assert check.found in answer.log
    assert not site.queue.queued
    assert [kept.read_bytes() for kept in site.kept] == [check.raw]
    configured(site, check.off)
    answer = site.call(check.raw)
    assert answer.accepted, answer.log
    assert site.queued() == (check.raw, site.envelope_sent)


HARMLESS = {
    "NUL": HEAD.replace(b"Subject: x", b"Subject: x\0y") + b"\nHello\n",
    "CR before a field": HEAD.replace(b"Subject: x", b"Subject: x\rX-Mailer: y") + b"\nHello\n",
    "CR at the end of one line": HEAD.replace(b"Subject: x", b"Subject: x\r") + b"\nHello\n",
    "blank before a colon": HEAD + b"X-Mailer : x\n\nHello\n",
    "comment in a type": field(b'multipart/mixed (x); boundary="b"'),
    "long boundary": HEAD
    + b'Content-Type: multipart/mixed; boundary="%b"\n' % (b"b" * 100)
    + PARTS.replace(b"--b", b"--" + b"b" * 100),
}


@pytest.mark.parametrize("raw", HARMLESS.values(), ids=HARMLESS)
def test_what_changes_nothing_for_any_reader_passes(site: Site, raw: bytes) -> None:
    """Mail of programs that were edited under Windows was the usual false alarm."""
    answer = site.call(raw)
    assert answer.accepted, answer.log
    assert site.queued() == (raw, site.envelope_sent)
