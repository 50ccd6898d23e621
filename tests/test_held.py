"""Which copies have to go, what a removal passes over, and what is remembered of releases."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Client, ConfigError, DeliveryError, Envelope, Filter, Maildir, kept_copy
from qsfilter.builtin.quarantine import BOXES
from qsfilter.held import log
from qsfilter.held.allow import allow_entry
from qsfilter.held.copies import content, copies
from qsfilter.held.log import LOG, note
from qsfilter.held.record import FOLDER, Mark, acting, mark_of, write_mark
from qsfilter.held.release import release
from qsfilter.held.removal import remove, stored
from qsfilter.held.retention import DAY, Retention, Stored, retention, to_remove
from qsfilter.patterns import matches_address
from qsfilter.policy_tables import read_allow
from qsfilter.testing.messages import message

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))
RAW = message(b"text\n")
RULE = 'from qsfilter import quarantine, rule\n@rule("all")\ndef _():\n    return quarantine("all")\n'
NOW = 1e9

COPIES = st.lists(
    st.builds(
        Stored,
        box=st.sampled_from(BOXES),
        name=st.uuids().map(str),
        time=st.floats(NOW - 100 * DAY, NOW + DAY),
        size=st.integers(0, 1000),
        disk=st.integers(0, 1000),
        files=st.just(()),
        released=st.booleans(),
    ),
    max_size=20,
)
BOUNDS = st.builds(
    Retention,
    keep_days=st.fixed_dictionaries({box: st.floats(0, 100) for box in BOXES}),
    min_days=st.floats(0, 50),
    max_bytes=st.integers(0, 10_000),
    min_free_bytes=st.integers(0, 10_000),
)


@given(COPIES, BOUNDS, st.integers(0, 5000))
def test_what_has_to_go_goes_and_no_more(there: list[Stored], bounds: Retention, free: int) -> None:
    gone = to_remove(there, bounds, NOW, free)
    names = [copy.name for copy, _ in gone]
    left = [copy for copy in there if copy.name not in names]
    may_go = [copy for copy in left if NOW - copy.time >= bounds.min_days * DAY]
    assert len(set(names)) == len(names)
    for copy, why in gone:
        assert NOW - copy.time >= bounds.min_days * DAY
        assert why != "age" or 0 < bounds.keep_days[copy.box] * DAY < NOW - copy.time
    for copy in may_go:
        assert not bounds.keep_days[copy.box] or NOW - copy.time <= bounds.keep_days[copy.box] * DAY
    if may_go:
        assert not bounds.max_bytes or sum(copy.size for copy in left) <= bounds.max_bytes
        assert free + sum(copy.disk for copy, _ in gone) >= bounds.min_free_bytes
    pressed = [copy for copy, why in gone if why != "age"]
    if pressed:
        without = [copy for copy, _ in gone if copy is not pressed[-1]]
        kept_size = sum(copy.size for copy in there) - sum(copy.size for copy in without)
        needed = 0 < bounds.max_bytes < kept_size
        assert needed or free + sum(copy.disk for copy in without) < bounds.min_free_bytes, "the last one could stay"
        assert all((not one.released, one.time) >= (not pressed[-1].released, pressed[-1].time) for one in may_go)


def test_bounds_are_read() -> None:
    assert retention({"path": "/x"}, "f") == Retention()
    read = retention({"keep_days": {"spam": 7}, "min_days": 2, "max_bytes": 5, "min_free_bytes": 6}, "f")
    assert read.keep_days == {"viruses": 30.0, "policy": 30.0, "spam": 7.0}
    assert (read.min_days, read.max_bytes, read.min_free_bytes) == (2.0, 5, 6)
    with pytest.raises(ConfigError, match="viruses"):
        retention({"keep_days": {"virus": 7}}, "f")


# --- removal ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Return a quarantine with one copy, held by a rule."""
    keep(tmp_path, RAW)
    return tmp_path / "kept"


def filter_of(tmp_path: Path) -> Filter:
    (tmp_path / "rules.py").write_text(RULE)
    chosen = Filter(
        rules=str(tmp_path / "rules.py"),
        transport=Maildir(path=str(tmp_path / "in")),
        quarantine=str(tmp_path / "kept"),
    )
    chosen.start()
    return chosen


def keep(tmp_path: Path, raw: bytes) -> None:
    outcome = filter_of(tmp_path).run(raw, ENVELOPE, Client(ip="192.0.2.1")).outcome
    assert outcome is not None
    assert outcome.exit == 0


def test_a_copy_that_was_replaced_meanwhile_stays(held: Path) -> None:
    (found,) = stored(str(held))
    keep(held.parent, b"Received: again\n" + RAW)
    assert remove(str(held), found) == "another attempt has replaced it"
    (new,) = stored(str(held))
    assert remove(str(held), new) == ""
    assert stored(str(held)) == []
    assert remove(str(held), new) == "another attempt has replaced it"


@pytest.mark.parametrize("half", ["new", "sidecar"])
def test_half_a_copy_that_has_become_whole_stays(held: Path, half: str) -> None:
    """What was found may be the remains of an attempt; the next one has completed it."""
    (whole,) = stored(str(held))
    found = whole._replace(files=tuple(file for file in whole.files if file[0].startswith(half)))
    assert remove(str(held), found) == "another attempt has replaced it"
    assert stored(str(held)) == [whole]


def test_nothing_is_removed_while_an_attempt_writes(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = stored(str(held))
    monkeypatch.setattr(kept_copy, "WAIT_SECONDS", 0.05)
    with kept_copy._locked(str(held / found.box), exclusive=False), pytest.raises(DeliveryError):
        remove(str(held), found)
    assert stored(str(held)) == [found]


# --- marks ------------------------------------------------------------------------------------------------------------

NAME = f"{'a' * 64}.{'b' * 8}"


@given(st.lists(st.binary(max_size=9)), st.booleans(), st.none() | st.just({"time": "now"}))
def test_a_mark_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, handed: list[bytes], complete: bool, begun: dict[str, Any] | None
) -> None:
    folder = str(tmp_path_factory.mktemp("marks"))
    mark = Mark(handed=tuple(handed), complete=complete, begun=begun)
    write_mark(folder, NAME, mark)
    assert mark_of(folder, NAME) == mark


@pytest.mark.parametrize("damaged", [b"", b"{}", b"[]", b'{"begun": 1}', b'{"begun": null, "handed": [1]}', b"\xff"])
def test_a_damaged_mark_says_that_nobody_has_it(tmp_path: Path, damaged: bytes) -> None:
    """Rather twice than never."""
    write_mark(str(tmp_path), NAME, Mark(handed=(b"x",), complete=True))
    (tmp_path / FOLDER / f"{NAME}.json").write_bytes(damaged)
    assert mark_of(str(tmp_path), NAME) == Mark()


def test_one_acts_on_a_copy_and_another_on_another(tmp_path: Path) -> None:
    with acting(str(tmp_path), NAME) as mine:
        assert mine
        child = os.fork()
        if child == 0:
            with acting(str(tmp_path), NAME) as same, acting(str(tmp_path), f"b{NAME[1:]}") as other:
                os._exit(2 * same + other)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1


def test_without_a_record_nothing_is_handed_over(held: Path) -> None:
    """That it begins is durable before it does."""
    (copy,) = copies(str(held))
    with acting(str(held), copy["id"]):
        pass
    (held / FOLDER / "tmp").rmdir()
    (held / FOLDER / "tmp").write_bytes(b"in the way")
    chosen = engine_of(held)
    with pytest.raises(DeliveryError):
        release(chosen, str(held), copy)
    assert not list((held.parent / "in").glob("new/*"))


def engine_of(held: Path) -> Filter:
    """Return the filter with an engine, so that what is released counts as checked."""
    from qsfilter_yara import Yara

    (held.parent / "never.yar").write_text('rule never { strings: $a = "no such text anywhere" condition: $a }\n')
    chosen = Filter(
        Yara(files=(str(held.parent / "never.yar"),)),
        rules=str(held.parent / "rules.py"),
        transport=Maildir(path=str(held.parent / "in")),
    )
    chosen.start()
    return chosen


def test_a_vote_without_a_finding_is_silenced_by_its_reason(held: Path) -> None:
    (copy,) = copies(str(held))
    done = release(engine_of(held), str(held), copy)
    assert (done.handed, done.refused) == (ENVELOPE.recipients, "")
    (there,) = (held.parent / "in" / "new").iterdir()
    assert there.read_bytes().endswith(b"\n" + RAW)


def test_another_vote_of_the_same_rule_is_not(held: Path) -> None:
    (copy,) = copies(str(held))
    (held.parent / "rules.py").write_text(RULE.replace('quarantine("all")', 'quarantine("another reason")'))
    done = release(engine_of(held), str(held), copy)
    assert (done.handed, "another reason" in done.refused) == ((), True)


def test_a_log_that_cant_be_written_stops_nothing(held: Path) -> None:
    (copy,) = copies(str(held))
    (held / "released.log").mkdir()
    done = release(engine_of(held), str(held), copy)
    assert done.handed == ENVELOPE.recipients
    assert "can't write the log" in done.trouble


def test_a_full_log_is_put_aside_and_begun_anew(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 400)
    monkeypatch.setattr(log, "KEPT", 2)
    for number in range(20):
        note(str(held), "release", number=number)
    names = [f"{LOG}.2", f"{LOG}.1", LOG]
    assert {path.name for path in held.glob(f"{LOG}*")} == set(names)
    lines = [json.loads(line) for name in names for line in (held / name).read_text().splitlines()]
    numbers = [line["number"] for line in lines]
    assert numbers == list(range(numbers[0], 20))
    assert max((held / name).stat().st_size for name in names) <= 400


WRITER = """
import sys
from qsfilter.held import log
log.LARGEST, log.KEPT = 2000, 100
for number in range(50):
    log.note(sys.argv[1], "release", writer=int(sys.argv[2]), number=number)
"""


def test_no_line_is_lost_where_many_write_and_put_aside(held: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(held), str(one)]) for one in range(6)]
    assert [process.wait(60) for process in running] == [0] * 6
    texts = [path.read_text() for path in held.glob(f"{LOG}*")]
    assert len(texts) > 10
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    assert sorted((line["writer"], line["number"]) for line in lines) == [(a, b) for a in range(6) for b in range(50)]


def test_nobody_waits_for_a_log_for_ever(held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "WAIT_SECONDS", 0.05)
    note(str(held), "release")
    with open(held / LOG, "rb") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            note(str(held), "release")
    note(str(held), "release")
    assert len((held / LOG).read_text().splitlines()) == 2


def test_what_root_makes_belongs_to_the_quarantines_user(held: Path) -> None:
    """Who could neither read the marks nor add to the log otherwise."""
    user = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(held, user, -1)
    (copy,) = copies(str(held))
    assert release(engine_of(held), str(held), copy).handed
    made = [held / "released.log", held / FOLDER, *(held / FOLDER).iterdir()]
    assert len(made) == 5
    assert {one.stat().st_uid for one in made} == {user}
    assert {one.stat().st_mode & 0o077 for one in made} == {0}


# --- reading, allowing ------------------------------------------------------------------------------------------------


def test_sidecar_and_message_are_of_one_attempt(held: Path) -> None:
    (copy,) = copies(str(held))
    again = b"Received: again\n" + RAW
    keep(held.parent, again)
    told, raw = content(str(held), copy)
    assert (raw, told["size"]) == (again, len(again))


def test_who_may_not_look_is_not_told_that_nothing_is_held(held: Path) -> None:
    user = os.geteuid()
    held.chmod(0)
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(PermissionError):
            list(copies(str(held)))
    finally:
        os.seteuid(user)
        held.chmod(0o700)
    assert len(list(copies(str(held)))) == 1


@pytest.mark.parametrize("part", ["findings", "parts", "verdicts"])
@pytest.mark.parametrize("value", [None, 1, [1], [{}]])
def test_a_report_of_another_shape_hides_its_copy_alone(held: Path, part: str, value: object) -> None:
    (file,) = held.glob("*/sidecar/*.json")
    told = json.loads(file.read_text())
    told["report"][part] = value
    file.with_name(f"{NAME}.json").write_text(json.dumps(told))
    assert [f"{copy['id']}.json" for copy in copies(str(held))] == [file.name]


def copy_for(*findings: tuple[str, str], sender: bytes = b"a@example.org") -> dict[str, Any]:
    because = [{"kind": kind, "name": name} for kind, name in findings]
    vote = {"action": "reject", "source": "policy", "reason": "r", "because": because, "recipients": None}
    return {"sender": kept_copy.coded(sender), "recipients": ["Yg=="], "report": {"verdicts": [vote]}}


def entry_for(sender: bytes, recipient: bytes) -> str:
    return allow_entry(copy_for(("policy", "x"), sender=sender), [recipient], dt.date(2027, 1, 1), 1, "")


def test_an_allow_entry_says_what_it_silences() -> None:
    copy = copy_for(("policy", 'a "b" \\ ü'))
    text = allow_entry(copy, [b"b@example.com"], dt.date(2027, 1, 30), 2, "why\x7f"[:3])
    (entry,) = tomllib.loads(text)["allow"]
    assert entry == {
        "silence": ['policy a "b" \\ ü'],
        "sender": "a@example.org",
        "recipient": ["b@example.com"],
        "comment": "why",
        "until": dt.date(2027, 2, 1),
    }
    assert 'sender = "<>"' in entry_for(b"", b"b@example.com")


@pytest.mark.parametrize("address", [b"a", b".com", b"@example.org", b"<>", b" a@example.org", b"a@example.org ", b""])
def test_an_address_that_reads_as_more_than_itself_or_as_nothing_makes_no_entry(address: bytes) -> None:
    with pytest.raises(ValueError, match="pattern"):
        entry_for(b"a@example.org", address)
    if address:
        with pytest.raises(ValueError, match="pattern"):
            entry_for(address, b"b@example.com")


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_an_allow_entry_can_be_read_and_is_about_its_sender_alone(sender: bytes, other: bytes) -> None:
    try:
        text = entry_for(sender, b"b@example.com")
    except ValueError:
        return
    (entry,) = read_allow(tomllib.loads(text)["allow"], "here")
    assert matches_address(sender, entry.match.sender)
    lowered = [one.decode("utf-8", "surrogateescape").lower() for one in (sender, other)]
    assert matches_address(other, entry.match.sender) is (lowered[0] == lowered[1])


@pytest.mark.parametrize(
    ("findings", "comment"),
    [([], ""), ([("malware", "x")], ""), ([("policy", "*")], ""), ([("policy", "x")], "a\nb")],
)
def test_there_is_no_entry_for_what_it_cant_say(findings: list[tuple[str, str]], comment: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        allow_entry(copy_for(*findings), [b"b@example.com"], dt.date(2027, 1, 1), 1, comment)
