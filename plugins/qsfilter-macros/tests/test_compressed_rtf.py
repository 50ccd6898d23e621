"""The compressed RTF of saved messages is inflated and read."""

from __future__ import annotations

import sys

import pytest
from compressed_rtf import compress
from hypothesis import given
from hypothesis import strategies as st

from qsfilter.testing.documents import compound
from qsfilter_macros import Macros, lzfu

from .rtf_files import HEX, PROGRAM, document, examined, found


def saved(stream: bytes) -> bytes:
    """Return a message that Outlook saved, with STREAM as its compressed RTF."""
    data: bytes = compound({"__properties_version1.0": b"x", "__substg1.0_10090102": stream})
    return data


def texts(data: bytes) -> list[bytes]:
    """Return what is taken out of the message DATA."""
    return [one.blob.data for one in examined(data).message.parts if one.origin == "msg"]


@pytest.mark.parametrize("packed", [True, False])
def test_the_rtf_of_a_saved_message_is_inflated_and_read(packed: bool) -> None:
    """What is in it comes out as well."""
    text = document(HEX)
    report = examined(saved(compress(text, packed)))
    assert [one.blob.data for one in report.message.parts if one.origin in {"msg", "rtf"}] == [text, PROGRAM]
    assert report.findings == ()


def test_a_wrong_checksum_and_a_cut_keep_nothing_from_being_read() -> None:
    """The text is what is there."""
    stream = bytearray(compress(document(HEX)))
    stream[12:16] = b"\0\0\0\0"
    assert texts(saved(bytes(stream))) == [document(HEX)]
    for cut in (-1, -2, -3):
        (text,) = texts(saved(bytes(stream[:cut])))
        assert document(HEX).startswith(text[:100])


def test_what_is_no_compressed_rtf_is_told() -> None:
    """And passed on."""
    assert texts(saved(b"x" * 20)) == [b"x" * 20]
    assert found(saved(b"x" * 20)) == ["unscannable corrupt"]


def test_compressed_rtf_is_inflated_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is slow."""
    monkeypatch.setattr(lzfu, "MOST", 50)
    assert found(saved(compress(document(HEX)))) == ["unscannable over-limit"]


@given(st.binary(max_size=100))
def test_no_stream_makes_the_inflater_raise(body: bytes) -> None:
    """It is cut short, or read."""
    lzfu.inflated(bytes(8) + b"LZFu" + bytes(4) + body)
    lzfu.inflated(body)


def test_check_tells_that_the_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, "compressed_rtf", None)
    (problem,) = Macros().check()
    assert problem.mend == "install compressed-rtf"
