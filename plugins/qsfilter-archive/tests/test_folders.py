"""Folders: by domain, by day, or both; what stands in an address never names one."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Client, ConfigError, Envelope, Filter
from qsfilter.testing.messages import message
from qsfilter.testing.running import QueueInMemory
from qsfilter_archive import Archive
from qsfilter_archive.folders import FORMS, TAKEN, folders
from qsfilter_archive.verification import verify

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Report

ALICE, BOB, CAROL = b"alice@example.org", b"bob@Example.COM", b"carol@example.net"
OURS = ("example.com", "example.net")
NOON = 1_800_014_400.0
DAY = time.strftime("%Y-%m-%d", time.gmtime(NOON))


def run(box: Path, envelope: Envelope, **options: Any) -> Report:  # noqa: ANN401
    """Archive a message in BOX."""
    chosen = Filter(Archive(path=str(box), **options), transport=QueueInMemory(), quarantine=str(box.parent / "q"))
    chosen.start()
    return chosen.run(message(b"text\n"), envelope, Client())


def where(box: Path) -> set[str]:
    """Return the folders in which there is a message."""
    return {os.path.relpath(path.parent.parent, box) for path in box.rglob("new/*")}


@pytest.mark.parametrize(
    ("form", "wanted"),
    [("", "."), ("date", DAY), ("domain", "example.com"), ("domain/date", f"example.com/{DAY}")],
)
def test_each_form_has_its_folders(form: str, wanted: str) -> None:
    envelope = Envelope(sender=ALICE, recipients=(BOB,))
    assert folders(form, OURS, envelope, NOON) == (wanted,)


@pytest.mark.parametrize(
    ("sender", "recipients", "wanted"),
    [
        (ALICE, (BOB, CAROL, b"dave@example.com"), {"example.com", "example.net"}),
        (BOB, (ALICE,), {"example.com"}),
        (ALICE, (ALICE,), {"other"}),
        (ALICE, (BOB, ALICE), {"example.com"}),
        (b"", (b"root",), {"other"}),
        (b"", (), {"other"}),
        (ALICE, (b"bob@sub.example.com", b"bob@example.com.", b"a@b@example.net"), {"example.net"}),
    ],
)
def test_each_domain_of_ours_gets_a_copy(
    tmp_path: Path, sender: bytes, recipients: tuple[bytes, ...], wanted: set[str]
) -> None:
    """Whether it is the sender's or a recipient's."""
    box = tmp_path / "archive"
    report = run(box, Envelope(sender=sender, recipients=recipients), folders="domain", domains=OURS)
    assert where(box) == wanted
    assert report.outcome is not None
    assert {kept.where for kept in report.outcome.kept} == {str(box / one / "new" / report.key) for one in wanted}
    found = verify(str(box))
    assert (found.troubles, found.copies) == ((), len(wanted))


def test_today_has_a_folder(tmp_path: Path) -> None:
    box = tmp_path / "archive"
    days = [time.strftime("%Y-%m-%d", time.gmtime())]
    run(box, Envelope(sender=ALICE, recipients=(BOB,)), folders="domain/date", domains=OURS)
    days.append(time.strftime("%Y-%m-%d", time.gmtime()))
    assert where(box) <= {f"example.com/{day}" for day in days}
    assert verify(str(box)).copies == 1


def test_folders_may_be_changed_later(tmp_path: Path) -> None:
    box = tmp_path / "archive"
    for form in FORMS:
        run(box, Envelope(sender=ALICE, recipients=(BOB,)), folders=form, domains=OURS if "domain" in form else ())
    assert len(where(box)) == 4
    found = verify(str(box))
    assert (found.troubles, found.copies) == ((), 4)


@given(
    st.lists(st.binary(max_size=12) | st.sampled_from([b"a@../x", b"a@", b"@/", b"a@new", b"a@manifest"]), min_size=1)
)
@settings(max_examples=25)
def test_no_address_names_a_folder(tmp_path_factory: pytest.TempPathFactory, addresses: list[bytes]) -> None:
    envelope = Envelope(sender=addresses[0], recipients=tuple(addresses[1:]))
    assert set(folders("domain/date", OURS, envelope, NOON)) == {f"other/{DAY}"}


@pytest.mark.parametrize(
    "domain", ["", ".", "..", ".example.com", "example.com.", "a/b", "a b", "bücher.example", "x" * 64, *sorted(TAKEN)]
)
def test_what_can_t_name_a_folder_is_no_domain(domain: str) -> None:
    with pytest.raises(ConfigError, match="domains: "):
        Archive(path="/var/archive", folders="domain", domains=("example.com", domain))


@pytest.mark.parametrize(
    "options",
    [{"folders": "day"}, {"folders": "domain"}, {"domains": OURS}, {"folders": "date", "domains": OURS}],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"folders: |domains: goes together"):
        Archive(path="/var/archive", **options)


def test_the_check_tells_of_a_manifest_that_cant_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = tmp_path / "archive"
    archive = Archive(path=str(box), folders="date")
    assert list(archive.check()) == []
    run(box, Envelope(sender=ALICE, recipients=(BOB,)), folders="date")
    assert list(archive.check()) == []
    (tmp_path / "file").touch()
    (problem,) = Archive(path=str(tmp_path / "file" / "x"), folders="date").check()
    assert f"{tmp_path}/file can't be written" in problem.text
    real = os.access
    monkeypatch.setattr(os, "access", lambda place, mode: not str(place).endswith("/manifest") and real(place, mode))
    assert [one.text for one in archive.check()] == [f"archive.path: {box / 'manifest'} can't be written"]
