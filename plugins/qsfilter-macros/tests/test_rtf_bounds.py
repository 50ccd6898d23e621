"""Bounds on an RTF: no text takes long, none makes the plugin fail, and what is not read is told."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Kind
from qsfilter.testing.documents import compound
from qsfilter_macros import digits, fields, ole1, rtf
from qsfilter_macros.compound import TooLargeError

from .office_files import VBA
from .rtf_files import HEX, PROGRAM, document, examined, lines, link, ole, package


@pytest.mark.parametrize("unit", [b"{", b"{\\objdata 00", b"0{}", b"0\\'00", b"\\bin1 x", b"\\bin9 \\objdata ", b"\\"])
def test_no_text_takes_long(unit: bytes) -> None:
    """Work has a bound, and is linear below it."""
    data = b"{\\rtf1{\\objdata " + unit * ((1 << 20) // len(unit))
    started = time.process_time()
    report = examined(data)
    assert time.process_time() - started < 60
    assert {one.name for one in report.findings} <= {"over-limit"}


def test_what_was_read_before_the_bound_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rest is told."""
    monkeypatch.setattr(digits, "MOST_STEPS", 500)
    report = examined(document(HEX).replace(b"bye", b"{\\objdata " + b"0{}" * 1000 + b"}"))
    assert PROGRAM in [one.blob.data for one in report.message.parts]
    assert [str(one) for one in report.findings] == ["unscannable over-limit"]


def test_objects_in_each_other_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads those in it again."""
    monkeypatch.setattr(digits, "STEP", 1)
    with pytest.raises(TooLargeError):
        list(rtf.contents(b"{\\rtf1" + b"{\\objdata 00" * 1000, 1 << 20))


def test_an_object_is_read_within_the_budget() -> None:
    """In steps, and not much beyond."""
    raw = random.Random(1).randbytes(3 << 20)  # noqa: S311 - any octets
    (first,) = rtf.contents(document(lines(raw)), 1000)
    assert isinstance(first, bytes)
    assert raw.startswith(first)
    assert len(first) <= 1001 + digits.STEP
    (first,) = rtf.contents(document(b"\\bin%d " % len(raw) + raw), 1000)
    assert len(first) == 1001


PIECES = [
    b"{", b"}", b"\\objdata ", b"{\\*\\objdata ", b"\\*", b"\\'", b"\\'4", b"\\bin", b"\\bin5 ", b"\\bin999 ",
    b"\\", b"\\\\", b"\\foo1", b"{\\*\\foo ", b"{\\pict ", b"\\template ", b"\\fldinst ", b"http://x", b"DDE x",
    b"\\u12 ", b"\\u999999 ", b"01050000", b"02000000", b"0", b"\0", b" ", HEX, compound(VBA).hex().encode(),
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=5)), max_size=30))
def test_no_text_makes_it_fail(pieces: list[bytes]) -> None:
    """It is read as far as it goes."""
    data = b"{\\rtf1" + b"".join(pieces)
    total = 0
    for one in rtf.contents(data, 1 << 20):
        if isinstance(one, bytes):
            assert 0 < len(one) <= len(data)
            total += 1
    assert total <= 6 * data.count(b"objdata")


@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_nothing_in_an_object_makes_the_plugin_fail(pieces: list[bytes]) -> None:
    """Findings, and nothing else."""
    report = examined(b"{\\rtf1{\\objdata " + b"".join(pieces))
    assert not [one for one in report.findings if one.kind is Kind.FAILURE]


@given(st.binary(max_size=300), st.sampled_from([b"", ole(b""), link(b"")[:20], package()[:60]]))
def test_no_object_makes_its_readers_raise(raw: bytes, start: bytes) -> None:
    """They take anything."""
    list(ole1.contents(start + raw))
    list(ole1.urls(raw[:20] + ole1.URL + raw[20:]))
    fields.field(fields.text(raw, 0))
