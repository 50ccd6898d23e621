"""Bounds: a flood makes no more notices than the options say, and what is left out stands in one digest."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Envelope, Filter, Report, discard, hookimpl, plugin
from qsfilter.errors import OutOfTime
from qsfilter.outbox import spool
from qsfilter.outbox.form import read_state
from qsfilter.testing.messages import message
from qsfilter_notify.notices import NoticeError, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Verdict
    from qsfilter.edits import Head

    Blocked = Callable[..., Report]
    Place = Any  # of conftest.py, which can't be imported

ADMIN = "postmaster@example.com"
NOW = 1795351367.0
FLOOD = 1000


@plugin
class Blocks:
    """Discards everything."""

    @hookimpl
    def decide(self) -> Verdict:
        """Vote."""
        return discard("no mail today")


class NextHop:
    """A transport that takes everything."""

    def hand_over(self, raw: object, head: Head, envelope: Envelope) -> int:
        """Take it."""
        return 0


def flood(place: Place, senders: list[bytes], **options: object) -> None:
    """Let a message of each of SENDERS be blocked."""
    chosen = Filter(Blocks(), place.notify(**options), transport=NextHop(), quarantine=str(place.folder / "kept"))
    chosen.start()
    for number, sender in enumerate(senders):
        raw = message(b"buy", subject=f"offer {number}")
        report = chosen.run(raw, Envelope(sender=sender, recipients=(b"bob@example.com",)))
        (call,) = [call for call in report.calls if call.hook == "report"]
        assert "Error" not in call.result, call.result


def addressees(place: Place) -> list[str]:
    """Return whom the notices are to, one for each that waits; digests left out."""
    mails = place.raw_mails().items()
    return [envelope.recipients[0].decode() for name, (envelope, _) in mails if not name.startswith("digest.")]


def test_a_flood_of_forged_senders_is_bounded(place: Place) -> None:
    flood(place, [b"victim%d@example.org" % number for number in range(FLOOD)], tokens=("all",))
    told = addressees(place)
    assert told.count(ADMIN) == 20
    assert told.count("bob@example.com") == 3
    assert len(told) == 20 + 100
    assert len(place.raw_mails()) == len(told) + 1


def test_a_flood_from_one_sender_is_bounded(place: Place) -> None:
    flood(place, [b"victim@example.org"] * FLOOD, tokens=("psender",))
    assert addressees(place) == ["victim@example.org"] * 3
    lines = place.digest()
    assert len(lines) > 500
    assert all("not told: victim@example.org" in line for line in lines[:-1])
    assert "offer 3" in lines[0]


@pytest.mark.parametrize(
    "options", [{"most": 0}, {"most_per_address": 0}, {"most": 0, "most_per_address": 0}, {"tokens": ("none",)}]
)
def test_none_is_none(place: Place, options: dict[str, object]) -> None:
    flood(place, [b"victim@example.org"] * 3, **{"tokens": ("sender", "recips"), **options})
    assert addressees(place) == []


def test_digest_only_means_digests_only(place: Place, blocked: Blocked) -> None:
    flood(place, [b"alice@example.org"] * 3, digest_only=True)
    assert addressees(place) == []
    lines = place.digest()
    assert [line.partition("id ")[0].partition("Z ")[2] for line in lines] == [
        f'discard: no mail today; from <alice@example.org>; "offer {number}"; ' for number in range(3)
    ]


def test_a_digest_waits_for_its_hours_from_its_first_line(place: Place, blocked: Blocked) -> None:
    notify = place.notify(digest_only=True, hours=2.0)
    began = time.time()
    tell(notify, blocked(), began)
    tell(notify, blocked(message(b"other")), began + 3000)
    (file,) = place.outbox.glob("new/digest.*")
    assert abs(read_state(file.read_bytes()).due - (began + 7200)) < 2
    assert len(place.digest()) == 2


def test_a_retried_mail_is_told_once(place: Place, blocked: Blocked) -> None:
    again = [b"Received: from somewhere\n" + message(b"same"), message(b"same")]
    for options in ({"tokens": ("all",)}, {"tokens": ("all",), "digest_only": True, "most": 0}):
        for raw in again:
            tell(place.notify(**options), blocked(raw), NOW)
    assert sorted(addressees(place)) == ["alice@example.org", "bob@example.com", ADMIN]
    assert place.digest() == []


def test_a_retried_mail_is_one_line_of_the_digest(place: Place, blocked: Blocked) -> None:
    for _ in range(3):
        tell(place.notify(digest_only=True), blocked(), time.time())
    assert len(place.digest()) == 1


def test_without_counts_strangers_are_told_nothing_and_the_administrator_by_digest(
    place: Place, blocked: Blocked
) -> None:
    (place.folder / "notices").write_text("a file")
    with pytest.raises(NoticeError, match="notices"):
        tell(place.notify(tokens=("all",)), blocked(), time.time())
    assert addressees(place) == []
    (line,) = place.digest()
    assert line.endswith("not told: bob@example.com, alice@example.org")


def test_what_could_not_be_put_is_told_at_the_next_attempt(place: Place, blocked: Blocked) -> None:
    place.outbox.write_text("a file")
    for options in ({"tokens": ("all",)}, {"digest_only": True}):
        with pytest.raises(NoticeError):
            tell(place.notify(**options), blocked(), time.time())
    os.unlink(place.outbox)
    tell(place.notify(tokens=("all",)), blocked(), time.time())
    assert sorted(addressees(place)) == ["alice@example.org", "bob@example.com", ADMIN]


@pytest.mark.parametrize("digest_only", [False, True])
def test_a_telling_that_was_cut_off_is_taken_up_by_the_next_attempt(
    place: Place, blocked: Blocked, monkeypatch: pytest.MonkeyPatch, digest_only: bool
) -> None:
    def too_late(*_: object, **_more: object) -> None:
        raise OutOfTime

    notify = place.notify(tokens=("all",), digest_only=digest_only)
    with monkeypatch.context() as patched:
        for name in ("put", "add_line"):
            patched.setattr(spool, name, too_late)
        with pytest.raises(OutOfTime):
            tell(notify, blocked(), time.time())
    tell(notify, blocked(), time.time())
    assert sorted([*addressees(place), *[ADMIN] * len(place.digest())]) == [
        "alice@example.org", "bob@example.com", ADMIN
    ]  # fmt: skip


def test_processes_that_tell_at_once_keep_to_the_bounds(place: Place, blocked: Blocked) -> None:
    reports = [
        blocked(message(b"%d" % number), envelope=Envelope(sender=b"v%d@example.org" % number, recipients=(b"b@c",)))
        for number in range(40)
    ]
    notify = place.notify(tokens=("sender", "admin"), most=5, most_to_admin=4)

    def in_a_process(report: Report) -> int:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                tell(notify, report, time.time())
                code = 0
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(in_a_process, reports)) == {0}
    told = addressees(place)
    assert told.count(ADMIN) == 4
    assert len(told) == 4 + 5
    assert len([line for line in place.digest() if "not told" in line]) == 35
