"""What counts as an answer: an exact OK, FOUND with a name, and the errors that clamd is known to send."""

from __future__ import annotations

import re
import time

import clamd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter import Blob, Kind
from qsfilter_clamav import replies
from qsfilter_clamav.replies import CLEAN, FOUND, OK, Reply

BLOB = Blob(b"content")
EXACT = {True: re.compile(r"fd\[[0-9]+\]: OK"), False: re.compile(r"stream: OK")}


@pytest.mark.parametrize(("text", "descriptor"), [("stream: OK", False), ("fd[12]: OK", True)])
def test_an_exact_ok_is_clean(text: str, descriptor: bool) -> None:
    """And gives no finding."""
    assert replies.read(text, descriptor=descriptor) is CLEAN
    assert CLEAN.finding(BLOB) is None


@pytest.mark.parametrize("descriptor", [True, False])
@given(
    text=st.one_of(
        st.text(max_size=40),
        st.from_regex(r"(stream|fd\[[0-9]{0,3}\]?|)(: ?)?(x |)(OK|FOUND|ERROR|ok)[ .\0\n]?", fullmatch=True),
    )
)
@example(text="fd[1]: OK ")
@example(text="fd[1]: a OK")
@example(text="1: fd[1]: OK")
@example(text="fd[¹]: OK")
@example(text="stream: stream: OK")
@example(text="stream: OK\n")
def test_nothing_else_is_clean(descriptor: bool, text: str) -> None:
    """However near it comes."""
    try:
        reply = replies.read(text, descriptor=descriptor)
    except clamd.ResponseError:
        return
    assert (reply.status == OK) is bool(EXACT[descriptor].fullmatch(text))
    assert reply.status == OK or reply.text


@pytest.mark.parametrize(
    ("name", "kind", "called"),
    [
        ("Win.Test.EICAR_HDB-1", Kind.MALWARE, "Win.Test.EICAR_HDB-1"),
        ("PUA.Win.Packer-1", Kind.MALWARE, "PUA.Win.Packer-1"),
        ("Heuristics.Phishing.Email.SpoofedDomain", Kind.MALWARE, "Heuristics.Phishing.Email.SpoofedDomain"),
        ("Heuristics.Encrypted.Zip", Kind.UNSCANNABLE, "encrypted"),
        ("Heuristics.Limits.Exceeded.MaxFileSize", Kind.UNSCANNABLE, "over-limit"),
    ],
)
def test_a_signature_s_name_says_what_it_is(name: str, kind: Kind, called: str) -> None:
    """What could not be read is not malware, and not clean either."""
    finding = replies.read(f"stream: {name} FOUND", descriptor=False).finding(BLOB)
    assert finding is not None
    assert (finding.kind, finding.name, finding.blob) == (kind, called, BLOB)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("stream: Exceeded time limit ERROR", "over-limit"),
        ("INSTREAM size limit exceeded. ERROR", "over-limit"),
        ("stream: Bad format or broken data ERROR", "corrupt"),
    ],
)
def test_an_error_about_the_content_is_unscannable(text: str, called: str) -> None:
    """Another server would say the same."""
    reply = replies.read(text, descriptor=False)
    finding = reply.finding(BLOB)
    assert not reply.about_server
    assert finding is not None
    assert (finding.kind, finding.name) == (Kind.UNSCANNABLE, called)


@pytest.mark.parametrize(
    "text", ["stream: Can't create temporary file ERROR", "No file descriptor received. ERROR", "stream: New one ERROR"]
)
def test_any_other_error_is_about_the_server(text: str) -> None:
    """So is one that nobody has seen before."""
    assert replies.read(text, descriptor=False).about_server


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        "ERROR",
        " ERROR",
        ": OK",
        "stream:OK",
        "stream:  FOUND",
        "stream: FOUND",
        "fd[1]: X FOUND",
        "stream: a: b OK",
        "PROTOCOL ERROR: ancillary data sent without FILDES. ERROR",
        "COMMAND READ TIMED OUT",
        "UNKNOWN COMMAND",
    ],
)
def test_what_is_no_reply_about_a_stream_is_refused(text: str) -> None:
    """Also one about a descriptor."""
    with pytest.raises(clamd.ResponseError):
        replies.read(text, descriptor=False)


@pytest.mark.parametrize(
    "line", [b"stream: OK", b": OK", b"-1: OK", b"1:OK", b"1 : OK", b"x: OK", b"1234567890: OK", b"1: a\x07 FOUND", b""]
)
def test_an_answer_bears_a_number(line: bytes) -> None:
    """Without it nobody knows what it is about; and nothing unprintable is in one."""
    with pytest.raises(clamd.ResponseError):
        replies.numbered(line)


def test_the_version_tells_engine_signatures_and_their_date() -> None:
    """The date is the server's local time."""
    made = time.mktime((2026, 11, 9, 8, 27, 13, 0, 0, -1))
    version = replies.version("ClamAV 1.4.6/27819/Mon Nov  9 08:27:13 2026")
    assert (version.engine, version.signatures, version.built) == ("1.4.6", "27819", made)


@pytest.mark.parametrize(
    "text", ["ClamAV 1.4.6", "ClamAV 1.4.6/1", "ClamAV 1.4.6/1/Mon Now 9 08:27:13 2026", "ClamAV 1.4.6/1/x"]
)
def test_a_version_may_lack_the_date(text: str) -> None:
    """Where no official database is loaded."""
    version = replies.version(text)
    assert (version.engine, version.built) == ("1.4.6", None)


@pytest.mark.parametrize("text", ["", "ClamAV", "ClamAV ", "PONG", "1: ClamAV 1.4.6"])
def test_what_is_no_version_is_refused(text: str) -> None:
    """As the mixture that clamd sends for a VERSION while it scans."""
    with pytest.raises(clamd.ResponseError):
        replies.version(text)


def test_a_reply_says_nothing_of_the_server_where_it_is_about_the_content() -> None:
    """OK and FOUND are always answers."""
    assert not CLEAN.about_server
    assert not Reply(FOUND, "x").about_server
