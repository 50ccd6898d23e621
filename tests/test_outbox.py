"""The outbox: mails are put whole, once and durably, and lines are added to those that wait."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import DeliveryError, Envelope
from qsfilter.outbox import form, mails, spool
from qsfilter.outbox.spool import FULL, add_line, put
from qsfilter.testing.resources import no_file_above

ENVELOPE = Envelope(sender=b"", recipients=(b"bob@example.com", b"carol@example.net"))
RAW = b"Subject: notice\n\n.\nFrom here\r\n\0\xff"
ADDRESSES = st.binary(max_size=30).filter(lambda octets: b"\0" not in octets)


@pytest.fixture
def box(tmp_path: Path) -> str:
    """Return the path of an outbox that does not exist yet."""
    return str(tmp_path / "spool" / "outbox")


def names(box: str, place: str = "new") -> list[str]:
    return sorted(os.listdir(os.path.join(box, place)))


def content(box: str, name: str, place: str = "new") -> tuple[Envelope, bytes]:
    mail = mails.Mail(Path(box, place, name).read_bytes())
    return mail.envelope, bytes(mail.raw[mail.offset :])


# --- the coding of a file -------------------------------------------------------------------------------------------


@given(ADDRESSES, st.lists(ADDRESSES, min_size=1, max_size=5), st.binary(), st.integers(0, 10**11))
def test_what_is_written_is_read_back(sender: bytes, recipients: list[bytes], raw: bytes, due: int) -> None:
    envelope = Envelope(sender=sender, recipients=tuple(recipients))
    mail = mails.Mail(form.front(envelope, due) + raw)
    assert mail.envelope == envelope
    assert mail.raw[mail.offset :] == raw
    assert mail.state == form.State(due)


@given(st.integers(0, 10**11), st.integers(0, 10**8), st.text())
def test_a_state_takes_the_same_octets_whatever_it_says(due: int, tries: int, trouble: str) -> None:
    written = form.state_bytes(form.State(due, tries, trouble))
    assert len(written) == form.STATE_OCTETS
    read = form.read_state(written)
    assert read[:2] == (due, tries)
    assert form.plain(trouble).rstrip().startswith(read.trouble)


@given(st.data())
def test_a_file_that_is_cut_in_front_of_its_message_is_found_out(data: st.DataObject) -> None:
    whole = form.front(ENVELOPE, 1)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(form.Damaged):
        mails.Mail(cut)


@given(st.binary(max_size=700))
def test_anything_else_is_damaged(octets: bytes) -> None:
    with pytest.raises(form.Damaged):
        mails.Mail(octets)


# --- put ------------------------------------------------------------------------------------------------------------


def test_a_mail_is_put_whole(box: str) -> None:
    assert put(box, "a.1", ENVELOPE, [RAW, memoryview(RAW)])
    assert content(box, "a.1") == (ENVELOPE, RAW + RAW)
    assert names(box, "tmp") == []


def test_nobody_else_can_read_it(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    modes = {path.stat().st_mode & 0o777 for path in (Path(box), *Path(box).rglob("*"))}
    assert modes == {0o700, 0o600}


@pytest.mark.parametrize("place", ["new", "cur", "sent", "failed"])
def test_a_name_is_put_once(box: str, place: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    os.rename(f"{box}/new/a", f"{box}/{place}/a")
    assert not put(box, "a", ENVELOPE, [b"again"])
    assert content(box, "a", place) == (ENVELOPE, RAW)
    assert put(box, "b", ENVELOPE, [RAW])


@pytest.mark.parametrize("place", ["sent", "failed"])
def test_a_name_is_free_again_after_thirty_days(box: str, place: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    os.rename(f"{box}/new/a", f"{box}/{place}/a")
    for days, free in ((spool.REMEMBERED_DAYS - 1, False), (spool.REMEMBERED_DAYS + 1, True)):
        then = time.time() - days * 86400
        os.utime(f"{box}/{place}/a", (then, then))
        assert put(box, "a", ENVELOPE, [RAW]) is free


def _put(box: str, number: int) -> bool:
    return put(box, "same", ENVELOPE, [b"%d" % number])


def test_of_many_that_put_one_name_at_the_same_time_one_does(box: str) -> None:
    with get_context("fork").Pool(8) as pool:
        done = pool.starmap(_put, [(box, number) for number in range(64)])
    assert sum(done) == 1
    assert names(box) == ["same"]
    assert names(box, "tmp") == []


@pytest.mark.parametrize("name", ["", ".a", "../a", "a/b", "A", "a\n", "a" * 121, "ä", "a\0"])
def test_a_name_that_is_not_ours_is_refused(box: str, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        put(box, name, ENVELOPE, [RAW])
    assert not os.path.exists(box)


@pytest.mark.parametrize(("sender", "recipients"), [(b"", ()), (b"\0", (b"a",)), (b"", (b"a\0b",))])
def test_an_envelope_that_nobody_could_send_to_is_refused(
    box: str, sender: bytes, recipients: tuple[bytes, ...]
) -> None:
    with pytest.raises(ValueError, match="recipients"):
        put(box, "a", Envelope(sender=sender, recipients=recipients), [RAW])


@pytest.mark.parametrize("not_before", [1e12, float("nan"), float("inf")])
def test_a_mail_can_not_wait_for_ever(box: str, not_before: float) -> None:
    with pytest.raises(ValueError, match="that long"):
        put(box, "a", ENVELOPE, [RAW], not_before=not_before)


def test_there_is_an_end_to_what_waits(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST", 2)
    put(box, "a", ENVELOPE, [RAW])
    put(box, "b", ENVELOPE, [RAW])
    with pytest.raises(DeliveryError, match="2 mails wait") as told:
        put(box, "c", ENVELOPE, [RAW])
    assert told.value.exit == 53
    assert not put(box, "a", ENVELOPE, [RAW]), "a retry is answered all the same"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Have a disk with room for 1000 bytes a file."""
    with no_file_above(1000):
        yield


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_nothing_is_put(box: str) -> None:
    with pytest.raises(DeliveryError) as told:
        put(box, "a", ENVELOPE, [b"x" * 1000])
    assert told.value.exit == 53
    assert names(box) == names(box, "tmp") == []


def test_an_outbox_that_others_can_write_is_refused(box: str) -> None:
    put(box, "a", ENVELOPE, [RAW])
    os.chmod(box, 0o770)  # noqa: S103 - it is what is refused
    with pytest.raises(DeliveryError, match="others can write") as told:
        put(box, "b", ENVELOPE, [RAW])
    assert told.value.exit == 53


def test_what_is_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DeliveryError) as told:
        put(str(tmp_path / "file"), "a", ENVELOPE, [RAW])
    assert told.value.exit == 53


def test_one_who_holds_the_lock_is_not_waited_for_for_ever(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, "a", ENVELOPE, [RAW])
    monkeypatch.setattr(spool, "PATIENCE_SECONDS", 0.05)
    with spool.alone(box), pytest.raises(DeliveryError, match="another process"):
        put(box, "b", ENVELOPE, [RAW])
    assert names(box) == ["a"]
    assert names(box, "tmp") == []


def test_a_process_that_is_killed_leaves_a_mail_whole_or_not_at_all(box: str) -> None:
    program = """if True:
        import sys
        from qsfilter import Envelope
        from qsfilter.outbox.spool import put
        envelope = Envelope(sender=b"", recipients=(b"a@example.com",))
        number = 0
        while True:
            number += 1
            put(sys.argv[1], f"{sys.argv[2]}.{number}", envelope, [b"x" * 9000] * 9)
            print(number, flush=True)
    """
    told = 0
    for attempt in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", program, box, str(attempt)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout
            for _ in range(1 + attempt):
                child.stdout.readline()
            child.kill()
            told += 1 + attempt + len(child.stdout.read().split())
    assert len(names(box)) >= told
    whole = (Envelope(sender=b"", recipients=(b"a@example.com",)), b"x" * 81000)
    assert {content(box, name) for name in names(box)} == {whole}


# --- add_line -------------------------------------------------------------------------------------------------------


def begin() -> tuple[Envelope, bytes]:
    """Begin a digest."""
    return ENVELOPE, b"Subject: digest\n\n"


def add(box: str, line: bytes, name: str = "digest") -> None:
    add_line(box, name, line, begin=begin, not_before=0)


def test_lines_are_added_to_the_mail_that_waits(box: str) -> None:
    for line in (b"one", b"two", b"three\xff"):
        add(box, line)
    assert content(box, "digest") == (ENVELOPE, b"Subject: digest\n\none\ntwo\nthree\xff\n")
    assert names(box) == ["digest"]
    assert names(box, "tmp") == []


@pytest.mark.parametrize("place", ["cur", "sent", "failed"])
def test_a_mail_that_is_being_sent_gets_no_more_lines(box: str, place: str) -> None:
    add(box, b"one")
    os.rename(f"{box}/new/digest", f"{box}/{place}/digest")
    add(box, b"two")
    assert content(box, "digest", place)[1].endswith(b"\none\n")
    assert content(box, "digest")[1] == b"Subject: digest\n\ntwo\n"


def test_a_digest_does_not_grow_for_ever(box: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_BYTES", 1000)
    for _ in range(200):
        add(box, b"a line")
    _, text = content(box, "digest")
    assert text.count(FULL) == 1
    assert text.endswith(b"a line\n" + FULL)
    assert len(text) < 1000 + len(FULL)


def test_a_long_line_is_cut_and_two_are_refused(box: str) -> None:
    add(box, b"x" * 2000)
    assert content(box, "digest")[1].endswith(b"\n" + b"x" * 998 + b"\n")
    for line in (b"a\nb", b"a\rb"):
        with pytest.raises(ValueError, match="line end"):
            add(box, line)


def test_on_a_full_disk_a_digest_stays_as_it_was(box: str, request: pytest.FixtureRequest) -> None:
    add(box, b"x" * 300)
    before = content(box, "digest")
    request.getfixturevalue("full_disk")
    with pytest.raises(DeliveryError) as told:
        add(box, b"y" * 900)
    assert told.value.exit == 53
    assert content(box, "digest") == before


def _add(box: str, number: int) -> None:
    add(box, b"line %d" % number)


def test_no_line_of_many_that_add_at_the_same_time_is_lost(box: str) -> None:
    with get_context("fork").Pool(8) as pool:
        pool.starmap(_add, [(box, number) for number in range(64)])
    _, text = content(box, "digest")
    lines = text.partition(b"\n\n")[2].splitlines()
    assert sorted(lines) == sorted(b"line %d" % number for number in range(64))
