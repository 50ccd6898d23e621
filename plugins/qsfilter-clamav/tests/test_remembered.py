"""What is kept of clamd's answers, and what is not."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Filter, Kind
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter_clamav import ClamAV
from qsfilter_clamav.remembered import read, written
from qsfilter_clamav.replies import CLEAN, ERROR, FOUND, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from qsfilter import Blob, Finding
    from qsfilter.context import Answers
    from qsfilter.testing.fake_clamd import FakeClamd

LARGE, OTHER = os.urandom(20_000), os.urandom(30_000)
SMALL = os.urandom(500)
RAW = message(part(b"hello"), attachment(LARGE, "l"), attachment(OTHER, "o"), attachment(SMALL, "s"))
BAD = message(part(b"hello"), attachment(eicar() + LARGE, "l"))


class Memory:
    """A cache that keeps what the protocol of the real one lets it keep."""

    def __init__(self) -> None:
        self.kept: dict[tuple[tuple[str, ...], bytes], bytes] = {}
        self.keys: list[tuple[str, ...]] = []
        self.before: Callable[[], object] = lambda: None
        self.after: Callable[[], object] = lambda: None
        self.one_by_one = False

    def through(
        self, key: tuple[str, ...], blobs: tuple[Blob, ...], ask: Callable[[tuple[Blob, ...]], Answers]
    ) -> Mapping[Blob, bytes]:
        """Answer from what is kept, and keep what may be."""
        if "shown" in key:  # what the server opens, which is not what is tested here
            return ask(blobs).found
        self.keys.append(key)
        found = {blob: self.kept[key, blob.data] for blob in blobs if (key, blob.data) in self.kept}
        missing = tuple(blob for blob in blobs if blob not in found)
        self.before()
        for some in [(blob,) for blob in missing] if self.one_by_one else [missing] if missing else []:
            answers = ask(some)
            found.update(answers.found)
            if answers.key == key:
                self.kept.update({(key, blob.data): value for blob, value in answers.found.items()})
        self.after()
        return found


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """Put it in the place of the site's cache."""
    made = Memory()
    from qsfilter import pipeline

    context = pipeline.Context

    def with_memory(**how: object) -> object:
        return replace(context(**how), cache=made)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "Context", with_memory)
    return made


def findings(plugin: ClamAV, raw: bytes = RAW) -> list[Finding]:
    return list(examine(Filter(plugin), raw).findings)


def test_a_large_content_is_asked_about_once(fake: FakeClamd, memory: Memory) -> None:
    """The message itself and small contents are asked about each time."""
    plugin = ClamAV(servers=(fake.name,))
    assert findings(plugin) == []
    assert {LARGE, OTHER, SMALL} <= set(fake.contents)
    fake.contents.clear()
    assert findings(plugin) == []
    assert not {LARGE, OTHER} & set(fake.contents)
    assert SMALL in fake.contents
    assert sorted(value for value in memory.kept.values()) == [b"OK", b"OK"]


def test_malware_is_remembered_too(fake: FakeClamd, memory: Memory) -> None:
    """With its name."""
    plugin = ClamAV(servers=(fake.name,))
    first = findings(plugin, BAD)
    fake.contents.clear()
    again = findings(plugin, BAD)
    assert [str(one) for one in first if str(one.part) == "1.2"] == ["malware Eicar-Test-Signature"]
    assert [str(one) for one in again if str(one.part) == "1.2"] == ["malware Eicar-Test-Signature"]
    assert eicar() + LARGE not in fake.contents
    assert memory.kept


@pytest.mark.parametrize(
    "version", [b"ClamAV 1.4.6", None, b"ClamAV 1.4.6/27819/Thu Nov 19 18:27:13 2026"], ids=["none", "refused", "told"]
)
def test_who_tells_no_signatures_is_asked_each_time(fake: FakeClamd, memory: Memory, version: bytes | None) -> None:
    """Nobody would know when an answer is out of date."""
    fake.version = version
    plugin = ClamAV(servers=(fake.name,))
    for _ in range(2):
        fake.contents.clear()
        assert findings(plugin) == []
    told = version is not None and version.count(b"/") == 2
    assert (LARGE in fake.contents) is not told
    assert bool(memory.kept) is told


def test_signatures_that_change_meanwhile_make_an_answer_unknown(fake: FakeClamd, memory: Memory) -> None:
    """They are asked for before and after, and answers of other ones are not used."""
    plugin = ClamAV(servers=(fake.name,))

    def reload() -> None:
        fake.version = b"ClamAV 1.4.6/27820/Fri Nov 20 08:00:00 2026"

    memory.before = reload
    assert findings(plugin) == []
    assert not memory.kept
    assert findings(plugin) == []
    assert memory.kept
    fake.version = b"ClamAV 1.4.6/27821/Sat Nov 21 08:00:00 2026"
    memory.before = lambda: None
    fake.contents.clear()
    assert findings(plugin) == []
    assert LARGE in fake.contents


def test_the_key_names_what_an_answer_depends_on(fake: FakeClamd, fake_tcp: FakeClamd, memory: Memory) -> None:
    """Server, version, signatures, options."""
    plugins = [
        ClamAV(servers=(fake.name,)),
        ClamAV(servers=(fake_tcp.name,)),
        ClamAV(servers=(fake.name,), max_file_bytes=1 << 20),
        ClamAV(servers=(fake.name,), pass_descriptors=False),
    ]
    for plugin in plugins:
        assert findings(plugin) == []
    assert len(set(memory.keys)) == len(plugins)
    assert {"clamav", "1.4.6", "27819", "Thu Nov 19 18:27:13 2026"} <= set(memory.keys[0])


@pytest.mark.parametrize("said", ["Heuristics.Limits.Exceeded.MaxScanTime FOUND", "Exceeded time limit ERROR"])
def test_what_was_not_scanned_to_the_end_is_not_remembered(fake: FakeClamd, memory: Memory, said: str) -> None:
    """The next time there may be time enough."""
    fake.answer = lambda number, place, _content: f"{number}: {place}: {said}\0".encode()
    for _ in range(2):
        fake.contents.clear()
        assert {one.kind for one in findings(ClamAV(servers=(fake.name,)))} == {Kind.UNSCANNABLE}
        assert LARGE in fake.contents
    assert not memory.kept


def test_an_error_of_the_server_is_a_failure_and_not_remembered(fake: FakeClamd, memory: Memory) -> None:
    """As without a cache."""
    fake.answer = lambda number, place, _content: f"{number}: {place}: Can't allocate memory ERROR\0".encode()
    assert {one.kind for one in findings(ClamAV(servers=(fake.name,), seconds=3))} == {Kind.FAILURE}
    assert not memory.kept


def test_a_server_that_dies_leaves_the_rest_to_the_next(fake: FakeClamd, fake_tcp: FakeClamd, memory: Memory) -> None:
    """Whose answers are remembered as its own."""
    fake.answer = lambda number, place, content: None if content == OTHER else fake.usual(number, place, content)
    found = findings(ClamAV(servers=(fake.name, fake_tcp.name), seconds=5))
    assert [one.name for one in found] == ["server-failed"]
    assert OTHER in fake_tcp.contents
    assert {key[2] for key, _ in memory.kept} == {fake_tcp.name}


def test_contents_may_be_asked_about_in_several_goes(fake: FakeClamd, memory: Memory) -> None:
    """As the cache does where another process has given up."""
    memory.one_by_one = True
    assert findings(ClamAV(servers=(fake.name,))) == []
    assert fake.contents.count(SMALL) == fake.contents.count(LARGE) == 1


@pytest.mark.parametrize("value", [b"", b"ok", b"OK ", b"FOUND", b"FOUND ", b"FOUND \xff", b"FOUND a\nb", b"OK\0"])
def test_what_nobody_wrote_is_asked_again(fake: FakeClamd, memory: Memory, value: bytes) -> None:
    """A cache that gives nonsense makes nothing clean."""
    plugin = ClamAV(servers=(fake.name,))
    assert findings(plugin) == []
    memory.kept = dict.fromkeys(memory.kept, value)
    fake.contents.clear()
    assert findings(plugin) == []
    assert {LARGE, OTHER} <= set(fake.contents)


@pytest.mark.parametrize(("least", "asked"), [(0, 4), (25_000, 1), (1 << 40, 0)])
def test_the_bound_is_an_option(fake: FakeClamd, memory: Memory, least: int, asked: int) -> None:
    """From 0 on, that is for all, up to more than any content."""
    assert findings(ClamAV(servers=(fake.name,), cache_bytes=least)) == []
    assert len(memory.kept) == asked


@given(value=st.one_of(st.binary(max_size=20), st.binary(max_size=20).map(lambda rest: b"FOUND " + rest)))
def test_reading_is_strict(value: bytes) -> None:
    """Only what would be written is read."""
    reply = read(value)
    assert reply is None or written(reply) == value


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        (CLEAN, True),
        (Reply(FOUND, "Win.Test"), True),
        (Reply(FOUND, "Heuristics.Encrypted.Zip"), True),
        (Reply(FOUND, "Heuristics.Limits.Exceeded.MaxScanTime"), False),
        (Reply(FOUND, "x" * 5_000), False),
        (Reply(ERROR, "Exceeded time limit"), False),
    ],
)
def test_complete_answers_are_kept(reply: Reply, kept: bool) -> None:
    """And are the same when they are read."""
    value = written(reply)
    assert (value is not None) is kept
    assert value is None or read(value) == reply


@pytest.mark.servers
def test_it_works_with_a_real_clamd(clamd: ClamdServer, memory: Memory) -> None:
    """Whose version is asked for between scans."""
    plugin = ClamAV(servers=(f"unix:{clamd.socket}",))
    for _ in range(10):
        assert findings(plugin) == []
        assert {one.kind for one in findings(plugin, BAD)} == {Kind.MALWARE}
    assert len(memory.kept) == 3


@pytest.mark.servers
def test_a_zip_that_was_clean_by_itself_does_not_stand_for_its_members(tmp_path: Path, memory: Memory) -> None:
    """That the server has been set up to tell of its limits since then, no version says."""
    archive = zip_of({"a": os.urandom(9_000), "b": os.urandom(9_000)})
    raw = message(part(b"hello"), attachment(archive, "a.zip"))
    for alert in ("no", "yes"):
        with ClamdServer(tmp_path / "clamd", {"AlertExceedsMax": alert}) as server:
            plugin = ClamAV(servers=(f"unix:{server.socket}",))
            for _ in range(3):
                assert findings(plugin, raw) == []
    assert {key[-1] for key, content in memory.kept if content == archive} == {"", "gzip mail zip"}
