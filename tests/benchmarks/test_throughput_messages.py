"""The messages of the throughput measurement: no two share a content, and each kind is what its name says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter
from qsfilter.testing import examine

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    from throughput import messages as found

    return found


def test_no_cache_can_answer_for_any_content(messages: ModuleType) -> None:
    chosen = Filter()
    for kind, build in messages.kinds().items():
        first, second = (examine(chosen, build(messages.token())).message for _ in range(2))
        shared = {blob.sha256 for blob in first.blobs} & {blob.sha256 for blob in second.blobs}
        assert not shared, kind
        assert len(first.blobs) > 1 or kind == "text-1k"


def test_the_readers_find_nothing_odd_in_them(messages: ModuleType) -> None:
    for kind, build in messages.kinds().items():
        names = {found.name for found in examine(Filter(), build(messages.token())).findings}
        assert names <= {"no-unpacker"}, kind


def test_a_token_in_real_mail_leaves_its_coded_leaves_alone(messages: ModuleType) -> None:
    plain = b"From: a\n\ntext\n"
    marked = messages.with_own_token(messages._with_place(plain))
    assert marked.count(messages.PLACE) == 0
    assert marked.endswith(b"\ntext\n")
    assert len({messages.with_own_token(messages._with_place(plain)) for _ in range(3)}) == 3
    parts = b"--x\nContent-Type: text/plain\n\none\n--x\nContent-Transfer-Encoding: base64\n\neA==\n--x--\n"
    multipart = messages._with_place(b'Content-Type: multipart/mixed; boundary="x"\n\n' + parts)
    assert multipart.count(messages.PLACE) == 2
    assert b"base64\n\neA==\n" in multipart
