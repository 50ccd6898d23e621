"""The virtual headers against leaks: what is sensitive, and what is encrypted, in mail as programs write it."""

from __future__ import annotations

import base64
import subprocess
import sys
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, ConfigError, Envelope, Filter, Kind
from qsfilter.testing.archives import ENCRYPTED, member, zip_file
from qsfilter.testing.containers import rar5, seven_zip
from qsfilter.testing.messages import attachment, message, part, zip_of
from qsfilter_headers import Headers, leaks
from qsfilter_libarchive import Libarchive

if TYPE_CHECKING:
    from pathlib import Path

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
CLIENT = Client(ip="192.0.2.1")
RULES: tuple[dict[str, object], ...] = (
    {"field": "ISSENSITIVEANDNOCRYPTO", "pattern": "yes", "name": "leak"},
    {"field": "CRYPTODETAILS", "pattern": ".*", "name": "encrypted"},
)
MARKER = {"field": "Subject", "pattern": r".*\[confidential\].*", "ignore_case": True}
PRIVATE = {"Sensitivity": "Private"}


def packet(tag: int, body: bytes) -> bytes:
    return bytes((0xC0 | tag, 0xFF)) + len(body).to_bytes(4, "big") + body


SECRET = packet(1, b"session key") + packet(18, b"\1secret" * 30)
LITERAL = packet(11, b"b\0" + bytes(4) + b"plain" * 30)


def armoured(packets: bytes, newline: bytes = b"\n") -> bytes:
    """Return PACKETS in OpenPGP's armour."""
    body = base64.encodebytes(packets).replace(b"\n", newline)
    first = b"-----BEGIN PGP MESSAGE-----" + newline + b"Version: X 1.0" + newline * 2
    return first + body + b"=aBc1" + newline + b"-----END PGP MESSAGE-----" + newline


def pgp_mime(content: bytes) -> bytes:
    """Return a message as RFC 3156 has it."""
    control = part(b"Version: 1\n", "application/pgp-encrypted")
    parts = (control, part(content, 'application/octet-stream; name="encrypted.asc"'))
    raw = message(*parts, subtype="encrypted", fields=PRIVATE)
    return raw.replace(b"encrypted; boundary", b'encrypted; protocol="application/pgp-encrypted"; boundary')


def encrypted_zip() -> bytes:
    """Return a zip whose one member is encrypted, as far as can be seen without a key."""
    return zip_file(member(b"letter.txt", b"secret" * 20, data=b"\xa5" * 40, both={"flags": ENCRYPTED}))


def details(raw: bytes, *plugins: object) -> str:
    """Return how RAW is encrypted, as the note says."""
    chosen = Filter(Headers(note_crypto=True), *plugins)
    chosen.start()
    report = chosen.examine(raw, ENVELOPE, CLIENT)
    assert not [found for found in report.findings if found.kind is Kind.FAILURE]
    assert {str(found) for found in report.findings if found.source == "headers"} <= {"note crypto"}
    return next((found.detail for found in report.findings if str(found) == "note crypto"), "")


def said(raw: bytes, *rules: dict[str, object], **options: object) -> list[str]:
    """Return what the rules say of RAW."""
    chosen = Headers(rules=rules or RULES, **options)  # type: ignore[arg-type]
    report = Filter(chosen).examine(raw, ENVELOPE, CLIENT)
    return [str(found) for found in report.findings if found.source == "headers"]


# --- what is encrypted ----------------------------------------------------------------------------------------------


def test_openpgp_as_mime_and_in_a_text() -> None:
    assert details(pgp_mime(armoured(SECRET))) == "pgp-mime"
    for text in (armoured(SECRET), b"Hello Bob,\n\n" + armoured(SECRET) + b"--\nAlice\n"):
        assert details(message(text)) == "pgp"
        assert details(message(part(text), attachment(b"x", "x.txt"))) == "pgp"
    assert details(message(part(b"see below"), attachment(SECRET, "letter.txt.gpg"))) == "pgp"
    windows = message(b"Hello\r\n\r\n" + armoured(SECRET, b"\r\n") + b"Bye\r\n", newline=b"\r\n")
    assert details(windows) == "pgp"


def test_what_is_not_encrypted_with_openpgp() -> None:
    """Signed, compressed, quoted, cut off, or only declared to be."""
    signed = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nplain\n"
    packed = packet(8, b"\2" + zlib.compress(packet(4, b"one pass") + LITERAL + packet(2, b"signature")))
    long = packet(8, b"\2" + zlib.compress(packet(11, b"b\0" + bytes(leaks.MOST_UNPACKED * 2))))
    for text in (signed, armoured(LITERAL), armoured(packed), armoured(long)):
        assert details(message(b"Hello\n" + text + b"Bye\n")) == ""
    assert details(message(b"> " + armoured(SECRET).replace(b"\n", b"\n> "))) == ""
    assert details(message(b"Hello\n-----BEGIN PGP MESSAGE-----\n\nno base64!\n")) == ""
    assert details(pgp_mime(b"plain text")) == ""


def test_the_second_armour_of_a_text_counts() -> None:
    assert details(message(b"Hello\n" + armoured(LITERAL) + b"and\n" + armoured(SECRET) + b"Bye\n")) == "pgp"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (encrypted_zip(), "x.zip", "zip"),
        (seven_zip("x.txt", b"secret", encrypted=True), "x.7z", "7z"),
        (rar5(b"x.txt", b"secret", encrypted=True), "x.rar", "rar"),
    ],
)
def test_archives_with_a_password(content: bytes, name: str, kind: str) -> None:
    """By their content; one in an archive, too."""
    for raw in (
        message(part(b"hello"), attachment(content, name)),
        message(part(b"hello"), attachment(content, "picture.jpg")),
        message(part(b"hello"), attachment(zip_of({name: content}), "outer.zip")),
    ):
        assert details(raw, Libarchive()) == kind


def test_archives_without_a_password() -> None:
    raw = message(part(b"hello"), attachment(zip_of({"a": b"b"}), "x.zip"), attachment(seven_zip("a", b"b"), "x.7z"))
    assert details(raw, Libarchive()) == ""


@pytest.mark.servers
def test_smime_as_openssl_writes_it(tmp_path: Path) -> None:
    """What is encrypted counts, what is signed does not, whatever it is declared to be."""

    def openssl(*arguments: str) -> bytes:
        command = ["openssl", *arguments]
        done = subprocess.run(command, check=True, cwd=tmp_path, input=b"plain\n", capture_output=True, timeout=60)
        return done.stdout

    subject = ("-subj", "/CN=alice@example.org", "-days", "2", "-nodes")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-keyout", "key.pem", "-out", "cert.pem", *subject)
    secret = openssl("smime", "-encrypt", "-aes256", "cert.pem")
    assert b"smime-type=enveloped-data" in secret
    assert details(b"From: alice@example.org\nSubject: x\n" + secret) == "smime"
    both = openssl("cms", "-encrypt", "-aes-256-gcm", "cert.pem")
    assert details(b"Subject: x\n" + both) == "smime"
    for more in (("-nodetach",), ()):
        signed = openssl("smime", "-sign", "-signer", "cert.pem", "-inkey", "key.pem", *more)
        assert details(b"Subject: x\n" + signed) == ""
    lying = openssl("smime", "-sign", "-signer", "cert.pem", "-inkey", "key.pem", "-nodetach")
    assert b"signed-data" in lying
    assert details(b"Subject: x\n" + lying.replace(b"signed-data", b"enveloped-data")) == ""


def test_all_ways_are_listed() -> None:
    raw = message(part(b"Hello\n" + armoured(SECRET) + b"x"), attachment(encrypted_zip(), "x.zip"))
    assert details(raw) == "pgp,zip"
    assert said(raw, {"field": "CRYPTODETAILS", "pattern": "pgp,zip", "name": "both"}) == ["policy both"]
    assert said(message(b"hello")) == []


# --- what is sensitive ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "sensitive"),
    [
        ("Personal", True),
        ("private", True),
        ("Company-Confidential", True),
        (" COMPANY-CONFIDENTIAL (board)", True),
        ("Company Confidential", True),
        ("\n Private", True),
        ("Normal", False),
        ("", False),
    ],
)
def test_the_field_sensitivity(value: str, sensitive: bool) -> None:
    assert said(message(b"hello", fields={"sensitivity": value})) == ["policy leak"] * sensitive


def test_what_is_encrypted_does_not_leak() -> None:
    for raw in (
        message(armoured(SECRET), fields=PRIVATE),
        pgp_mime(armoured(SECRET)),
        message(part(b"hello"), attachment(encrypted_zip(), "x.zip"), fields=PRIVATE),
    ):
        assert said(raw) == ["policy encrypted"]
    assert said(pgp_mime(b"plain text")) == ["policy leak"]


@pytest.mark.parametrize(
    ("subject", "marked"), [("[Confidential] figures", True), ("=?utf-8?q?=5Bconfidential=5D?=", True), ("x", False)]
)
def test_markers_of_the_site(subject: str, marked: bool) -> None:
    raw = message(b"hello", subject=subject)
    assert said(raw, sensitive=(MARKER,)) == ["policy leak"] * marked
    assert said(raw) == []


def test_a_marker_may_be_about_the_envelope() -> None:
    assert said(message(b"hello"), sensitive=({"field": "MAILFROM", "pattern": "alice@.*"},)) == ["policy leak"]


def test_past_the_bound_on_work_a_message_is_sensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaks, "MOST_WORK", 100)
    assert said(message(b"hello", subject="x" * 100), sensitive=(MARKER,)) == ["policy leak"]


def test_what_only_shadow_mode_found_makes_nothing_sensitive() -> None:
    marker = {"field": "Content-Type", "pattern": "application/x-ledger.*"}
    raw = message(part(b"hello"), part(b"figures", "application/x-ledger"))
    read, chosen = Filter().examine(raw, ENVELOPE, CLIENT).message, Headers(rules=RULES, sensitive=(marker,))
    assert [found.name for found in chosen.scan(read)] == ["leak"]
    shadowed = tuple(replace(one, shadow=len(one.path.steps) > 1) for one in read.parts)
    assert list(chosen.scan(replace(read, parts=shadowed))) == []


@pytest.mark.parametrize("blocks", [(3,), (1, 1, 1)])
def test_past_the_bound_on_armour_there_is_a_finding(blocks: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    raw = message(*(part(b"Hello\n" + armoured(LITERAL) * number) for number in blocks), fields=PRIVATE)
    assert said(raw) == ["policy leak"]
    monkeypatch.setattr(leaks, "MOST_ARMOURED", 3)
    assert said(raw) == ["policy leak"]
    monkeypatch.setattr(leaks, "MOST_ARMOURED", 2)
    assert said(raw) == ["unscannable over-limit"]
    assert said(raw.replace(b"Hello", armoured(SECRET), 1)) == ["policy encrypted"]


def test_rules_in_old_files(tmp_path: Path) -> None:
    path = tmp_path / "quarantine-events.txt"
    path.write_bytes(b"yes\tPolicy-ISSENSITIVEANDNOCRYPTO:\tLeak\nsmime.*\tPolicy-CRYPTODETAILS:\tNo S/MIME\n")
    chosen = Headers(legacy=str(path))
    assert list(chosen.check()) == []
    report = Filter(chosen).examine(message(b"hello", fields=PRIVATE), ENVELOPE, CLIENT)
    assert [str(found) for found in report.findings] == ["policy Leak"]


@given(st.binary(max_size=200))
def test_no_armour_makes_it_fail(data: bytes) -> None:
    raw = message(b"Hello\n-----BEGIN PGP MESSAGE-----\n" + data + b"\n-----END PGP MESSAGE-----\nBye\n")
    assert details(raw) in {"", "pgp"}
    coded = message(b"Hello\n" + armoured(b"\xff" + data) + b"Bye\n")
    assert details(coded) in {"", "pgp"}


# --- options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"field": "Subject", "patterns": "x"}, r"sensitive\[0\]: unknown key 'patterns'; did you mean 'pattern'"),
        ({"field": "Subject", "pattern": "x", "kind": "spam"}, r"sensitive\[0\]: unknown key 'kind'"),
        ({"field": "Subject"}, r"sensitive\[0\]: takes the name of a header field"),
        ({"field": "cryptodetails", "pattern": "x"}, r"sensitive\[0\].field: cryptodetails is what comes of it"),
    ],
)
def test_a_table_that_is_no_marker_is_refused(table: dict[str, object], text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        Headers(sensitive=(table,))


def test_check_tells_of_markers_that_do_nothing_and_patterns_that_are_none() -> None:
    (problem,) = Headers(sensitive=(MARKER,)).check()
    assert "sensitive: no rule is about ISSENSITIVEANDNOCRYPTO" in problem.text
    assert not problem.fatal
    assert list(Headers(rules=RULES, sensitive=(MARKER,)).check()) == []
    (problem,) = Headers(rules=RULES, sensitive=({"field": "Subject", "pattern": "("},)).check()
    assert problem.text.startswith("sensitive[0]: ")
    assert problem.fatal


def test_a_site_without_such_rules_pays_nothing() -> None:
    code = (
        "import sys; from qsfilter import Envelope, Filter; from qsfilter_headers import Headers\n"
        "rule = {'field': 'Subject', 'pattern': 'x'}\n"
        "Filter(Headers(rules=(rule,))).examine(b'Subject: x\\n\\n', Envelope(sender=b'', recipients=(b'a',)))\n"
        "print('qsfilter_headers.leaks' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
