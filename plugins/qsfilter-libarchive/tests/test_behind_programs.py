"""Archives behind other content are found by their signatures, and a signature alone is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter.testing import eicar

from .kinds import SAMPLES, STUB

if TYPE_CHECKING:
    from types import SimpleNamespace

SEARCHED = ("7z", "rar4", "rar5", "cab")


@pytest.mark.parametrize("kind", SEARCHED)
def test_an_archive_behind_a_program_is_opened(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """As a self-extracting one is by its readers."""
    report = make.opened(STUB + samples[kind])
    assert (make.members_of(report), make.codes(report)) == (list(make.members.items()), [])


@pytest.mark.parametrize("kind", SEARCHED)
def test_a_signature_in_the_program_hides_no_archive(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """The program may hold it as data, to know its own archive."""
    decoy = STUB + samples[kind][:8] + bytes(100)
    report = make.opened(decoy * 3 + samples[kind])
    assert (make.members_of(report), make.codes(report)) == (list(make.members.items()), [])


def test_a_program_full_of_signatures_is_not_taken_for_clean(make: SimpleNamespace) -> None:
    """One of those that were not tried may be real."""
    decoys = STUB + (b"Rar!\x1a\x07\x00" + bytes(9)) * 300
    assert make.codes(make.opened(decoys + make.rar4({"x.com": eicar()}))) == ["unscannable over-limit"]


@pytest.mark.parametrize("kind", SEARCHED)
def test_a_signature_by_chance_says_nothing(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """Not every program is an archive."""
    report = make.opened(STUB + samples[kind][:8] + bytes(2000))
    assert (make.members_of(report), make.codes(report)) == ([], [])


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"iso", "cpio", "lha"}))
def test_an_archive_is_opened_by_its_signature_alone(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """An archive is opened by its signature alone."""
    report = make.opened(samples[kind][:16] + b"#mtree\n./x type=file\n" * 30)
    assert ("x", b"") not in make.members_of(report)
    assert "unscannable corrupt" in make.codes(report)


def test_a_text_that_looks_like_lha_is_a_text(make: SimpleNamespace) -> None:
    """Five printable letters are not much of a signature."""
    assert make.codes(make.opened(b"ab-lh5- is a method of compression, and so is -lh7-\n")) == []
