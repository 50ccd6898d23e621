"""The pattern on addresses."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import ConfigError
from qsfilter_archive.addresses import Pattern


@pytest.mark.parametrize(
    "address", [b"bob@example.com", b"BOB@Example.COM", b"bob@example.com.invalid", b"x-bob@example.com"]
)
def test_a_pattern_is_searched_in_any_case(address: bytes) -> None:
    """It has no anchors but its own."""
    assert Pattern(r"bob@example\.com").is_in(address)


def test_anchors_are_those_of_the_whole_address() -> None:
    """A line end in an address is no end of it."""
    pattern = Pattern(r"^bob@example\.com$")
    assert pattern.is_in(b"bob@example.com")
    addresses = (b"x-bob@example.com", b"bob@example.com.invalid", b"bob@example.com\n", b"a\nbob@example.com")
    assert not any(map(pattern.is_in, addresses))


@given(st.binary(max_size=20))
def test_no_octet_hides_an_address(octets: bytes) -> None:
    """Also those that are no UTF-8, NUL and line ends."""
    assert Pattern("@example").is_in(octets + b"@example.com")
    assert Pattern(r"^x.*@example").is_in(b"x" + octets + b"@example.com")


def test_letters_outside_ascii_are_utf_8() -> None:
    """As internationalised mail has them."""
    assert Pattern("^jörg@").is_in("jörg@example.org".encode())
    assert not Pattern("^jörg@").is_in("jürg@example.org".encode())


def test_the_empty_sender_has_a_pattern() -> None:
    """Bounces can be archived, or left out."""
    assert Pattern("^$").is_in(b"")
    assert not Pattern(".").is_in(b"")


@pytest.mark.parametrize("text", ["(", "*@example.com", "(?=x)", r"(a)\1", "a{5000}", "(((x{99}){99}){99})"])
def test_what_re2_refuses_is_named_with_its_reason(text: str) -> None:
    """And quoted, so that it is found."""
    with pytest.raises(ConfigError, match=r"match: .* is no pattern for RE2: .") as caught:
        Pattern(text)
    assert text.replace("\\", "\\\\") in str(caught.value) or text in str(caught.value)


def test_nothing_but_the_exception_tells_of_a_refusal() -> None:
    """RE2 would write to descriptor 2, which may be the caller's."""
    code = "from qsfilter_archive.addresses import Pattern\ntry:\n Pattern('(')\nexcept Exception: pass"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert (result.stdout, result.stderr) == (b"", b"")


def test_no_pattern_hangs() -> None:
    """What a backtracking engine would not finish."""
    pattern = Pattern("(a*)*b|(a|aa)+$x")
    started = time.monotonic()
    assert not pattern.is_in(b"a" * 1000)
    assert time.monotonic() - started < 1
