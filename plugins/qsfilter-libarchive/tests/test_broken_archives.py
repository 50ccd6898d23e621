"""Archives with octets that chance has changed: no exception but those the core handles, and nothing lost unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qsfilter import Child, Envelope, Finding, Limits, pipeline
from qsfilter.model import Blob, Part, Path
from qsfilter.sniff import KINDS, containers
from qsfilter_libarchive import Libarchive, rar
from qsfilter_libarchive.sets import descriptors, missing, readings

from .kinds import SAMPLES

if TYPE_CHECKING:
    from types import SimpleNamespace

CHECKED = {"7z", "xar", "lzip", "lz4", "rar4", "rar5"}
"""Kinds whose directories have checksums, so that no member can vanish unseen."""
UNPACKED = 1 << 20
PLUGIN = Libarchive()
CHANGES = st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8)
"""Where, as a share of the length, and what then stands there."""


def taken(data: bytes) -> tuple[list[Child], list[Finding], bool]:
    """Open DATA as the core would; return children, findings, and whether it is a container at all."""
    blob = Blob(data)
    found = containers(blob)
    ctx = pipeline.context(Limits(unpacked_bytes=UNPACKED), b"", Envelope(sender=b"", recipients=()))
    answers: list[Child | Finding] = []
    try:
        answers += PLUGIN.unpack(Part(path=Path(), blob=blob, origin="mime"), found, ctx)
    except MemoryError:  # for a size that chance has made huge
        return [], [], False
    children = [one for one in answers if isinstance(one, Child)]
    return children, [one for one in answers if isinstance(one, Finding)], any(not one.offset for one in found)


@pytest.mark.parametrize("kind", SAMPLES)
@given(changes=CHANGES, front=st.booleans(), cut=st.floats(0, 1))
@example(changes=[(0.0, 0)], front=False, cut=0.5)
def test_a_broken_archive_raises_nothing(
    samples: dict[str, bytes],
    make: SimpleNamespace,
    kind: str,
    changes: list[tuple[float, int]],
    front: bool,
    cut: float,
) -> None:
    """And where its directory is checked, no member is missing without a finding."""
    data = bytearray(samples[kind])
    for share, octet in changes:
        data[int(share * (min(len(data), 400) if front else len(data)))] = octet
    if cut < 0.3:
        del data[int(len(data) * cut * 3) :]
    children, findings, is_container = taken(bytes(data))
    expected = 1 if kind in make.coded else len(make.members)
    if kind in CHECKED and is_container and not findings:
        assert len([one for one in children if one.names or kind in make.coded]) >= expected
    for one in children:
        assert isinstance(one.data, bytes)
        assert len(one.data) <= UNPACKED + 1


@given(
    start=st.sampled_from(
        [
            b"7z\xbc\xaf\x27\x1c\x00\x04",
            b"Rar!\x1a\x07\x00",
            b"Rar!\x1a\x07\x01\x00",
            b"MSCF\x00\x00\x00\x00",
            b"!<arch>\n",
            b"070701",
            b"\xc7\x71",
            b"xar!\x00\x1c\x00\x01",
            b"LZIP\x01",
            b"\x04\x22\x4d\x18",
            b"\x1f\x9d\x90",
            b"\x20\x20-lh5-",
        ]
    ),
    rest=st.binary(max_size=600),
)
def test_noise_behind_a_signature_raises_nothing(start: bytes, rest: bytes) -> None:
    """Whatever it is."""
    taken(start + rest)


@given(data=st.binary(max_size=300), most=st.integers(0, 9), five=st.booleans(), real=st.booleans())
def test_a_listing_of_noise_raises_nothing(
    make: SimpleNamespace, data: bytes, most: int, five: bool, real: bool
) -> None:
    """And lists no more than was asked for."""
    good = make.rar5 if five else make.rar4
    archive = good({"a": b"x", "b": b"y"}) if real else (rar.RAR5 if five else rar.RAR4)
    found = rar.listing(archive[: len(archive) - (len(data) % 40 if real else 0)] + data, 0, most)
    assert found is None or found.count <= most


@given(data=st.binary(max_size=100), kind=st.sampled_from(sorted(KINDS)))
def test_what_is_told_of_noise_is_told_without_exception(data: bytes, kind: str) -> None:
    """Of every kind."""
    missing(kind, data, 0, None)
    assert len(readings(kind, data, 0)) == (2 if kind == "iso" else 1)
    assert descriptors(data, 0) == []
