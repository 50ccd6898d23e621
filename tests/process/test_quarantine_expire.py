"""What is deleted or expires is what was named or is too old, counted exactly, beside deliveries and past traps."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.testing.messages import attachment, eicar, message, part
from tests.process.conftest import QSFILTER

if TYPE_CHECKING:
    from tests.process.conftest import Site

DAY = 86400


def bounds(site: Site, text: str) -> str:
    """Write a configuration for `expire` with these bounds, beside the one that the wrapper uses."""
    path = site.folder / "expire.toml"
    path.write_text(f'[quarantine]\npath = "{site.quarantine}"\n{text}')
    return str(path)


def expire(site: Site, text: str, *more: str) -> dict[str, Any]:
    """Run `expire` with the bounds TEXT and return its counts."""
    done = site.run_quarantine("expire", "--json", "--config", bounds(site, text), *more)
    assert done.returncode == 0, done.stderr
    counts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return counts


def infected(number: int = 0) -> bytes:
    return message(part(b"This is number %d.\n" % number), attachment(eicar(), "x.txt"))


def hold(site: Site, number: int = 0, days: float = 0) -> str:
    """Let the wrapper keep a message, DAYS ago, and return its id."""
    before = {kept.name for kept in site.kept}
    assert site.call(infected(number)).code == 0
    (name,) = {kept.name for kept in site.kept} - before
    age(site, name, days)
    return name


def age(site: Site, name: str, days: float) -> None:
    then = time.time() - days * DAY
    for file in site.quarantine.glob(f"*/*/{name}*"):
        os.utime(file, (then, then))


def files(site: Site) -> set[str]:
    """Name every file in the boxes."""
    return {
        str(file.relative_to(site.quarantine))
        for box in ("viruses", "policy", "spam")
        for file in (site.quarantine / box).rglob("*")
        if file.is_file() or file.is_symlink()
    }


def of(*names: str) -> set[str]:
    """Name the files of copies in the box of viruses."""
    return {f"viruses/{place}" for name in names for place in (f"new/{name}", f"sidecar/{name}.json")}


# --- delete -----------------------------------------------------------------------------------------------------------


def test_what_is_deleted_is_what_was_named(site: Site) -> None:
    first, second, third = (hold(site, number) for number in range(3))
    assert site.run_quarantine("delete", "--yes", first[:20], third).returncode == 0
    assert files(site) == of(second)
    lines = [json.loads(line) for line in (site.quarantine / "released.log").read_text().splitlines()]
    assert [(line["what"], line["id"]) for line in lines] == [("delete", first), ("delete", third)]
    done = site.run_quarantine("delete", "--yes", first, second)
    assert (done.returncode, files(site)) == (1, set())


def test_without_a_terminal_it_must_be_meant(site: Site) -> None:
    name = hold(site)
    done = site.run_quarantine("delete", name)
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert files(site) == of(name)


@pytest.mark.parametrize(("answer", "gone"), [(b"y\n", True), (b"n\n", False), (b"\n", False), (b"\x04", False)])
def test_on_a_terminal_it_asks(site: Site, answer: bytes, *, gone: bool) -> None:
    name = hold(site)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [QSFILTER, "quarantine", "delete", name],
        env=site.environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        os.write(ours, answer)
        said, wrong = child.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert b"alice@example.org to bob@example.com carol@example.com: malware EICAR" in said
    assert b"Traceback" not in wrong
    assert (child.returncode, files(site)) == ((0, set()) if gone else (1, of(name)))


# --- expire -----------------------------------------------------------------------------------------------------------


def test_old_copies_go_and_others_stay(site: Site) -> None:
    old, older, young = hold(site, 1, 31), hold(site, 2, 400), hold(site, 3, 29)
    size = sum((site.quarantine / file).stat().st_size for file in of(old, older))
    dry = expire(site, "", "--dry-run")
    assert files(site) == of(old, older, young)
    assert not (site.quarantine / "released.log").exists()
    counts = {"age": 2, "size": 0, "disk": 0, "strays": 0, "bytes": size, "left": 1, "skipped": 0, "failed": 0}
    assert dry == {"dry_run": True, **counts}
    assert expire(site, "") == {"dry_run": False, **counts}
    assert files(site) == of(young)
    (line,) = (site.quarantine / "released.log").read_text().splitlines()
    assert counts.items() <= json.loads(line).items()


def test_each_box_has_its_days(site: Site) -> None:
    name = hold(site, 1, 8)
    assert expire(site, "keep_days = { policy = 7, spam = 7 }")["age"] == 0
    assert expire(site, "keep_days = { viruses = 0 }")["left"] == 1
    assert expire(site, "keep_days = { viruses = 7.5 }")["age"] == 1
    assert files(site).isdisjoint(of(name))


def test_what_a_reader_has_moved_goes_too(site: Site) -> None:
    name = hold(site, 1, 40)
    (kept,) = site.kept
    kept.rename(kept.parent.parent / "cur" / f"{name}:2,S")
    assert expire(site, "")["age"] == 1
    assert files(site) == set()


@pytest.mark.parametrize("lost", ["new", "sidecar"])
def test_half_a_copy_goes_too(site: Site, lost: str) -> None:
    name = hold(site, 1, 40)
    for file in site.quarantine.glob(f"viruses/{lost}/{name}*"):
        file.unlink()
    assert expire(site, "")["age"] == 1
    assert files(site) == set()


def test_the_oldest_go_for_size_but_none_that_is_young(site: Site) -> None:
    names = [hold(site, number, days) for number, days in enumerate((5, 4, 3, 0.5))]
    size = sum((site.quarantine / file).stat().st_size for file in files(site))
    assert expire(site, f"max_bytes = {size}")["size"] == 0
    assert expire(site, f"max_bytes = {size - 1}")["size"] == 1
    assert files(site) == of(*names[1:])
    assert expire(site, "max_bytes = 1")["size"] == 2
    assert files(site) == of(names[3])


def test_what_everybody_has_goes_first(site: Site) -> None:
    names = [hold(site, number, days) for number, days in enumerate((5, 4))]
    (site.folder / "never.yar").write_text('rule never { strings: $a = "no such text anywhere" condition: $a }\n')
    site.configure(f'[plugins.yara]\nuse = "qsfilter_yara:Yara"\nfiles = ["{site.folder}/never.yar"]\n')
    assert site.run_quarantine("release", names[1], "--malware", "tested").returncode == 0
    size = sum((site.quarantine / file).stat().st_size for file in files(site))
    assert expire(site, f"max_bytes = {size - 1}")["size"] == 1
    assert files(site) == of(names[0])
    assert not list((site.quarantine / "released").glob("*.json"))


def test_a_full_disk_takes_what_may_go(site: Site) -> None:
    names = [hold(site, number, days) for number, days in enumerate((5, 0.5))]
    assert expire(site, f"min_free_bytes = {2**60}")["disk"] == 1
    assert files(site) == of(names[1])


def test_what_dead_processes_left_goes_and_what_is_being_written_stays(site: Site) -> None:
    name = hold(site)
    for stray, days in (("a", 2), ("b", 0.1)):
        file = site.quarantine / "viruses" / "tmp" / f"{name}.{stray}"
        file.write_bytes(b"half")
        os.utime(file, (time.time() - days * DAY,) * 2)
    counts = expire(site, "")
    assert (counts["strays"], counts["bytes"]) == (1, 4)
    assert files(site) == {*of(name), f"viruses/tmp/{name}.b"}


def test_nothing_outside_is_reached_and_nothing_foreign_removed(site: Site) -> None:
    name = hold(site, 1, 40)
    outside = site.folder / "outside"
    for folder in ("new", "cur", "sidecar", "tmp"):
        (outside / folder).mkdir(parents=True)
        (outside / folder / name).write_bytes(b"mine")
        os.utime(outside / folder / name, (0, 0))
    (site.quarantine / "spam").symlink_to(outside)
    (site.quarantine / "policy").mkdir()
    (site.quarantine / "policy" / "new").symlink_to(outside / "new")
    link = f"{'0' * 64}.{'0' * 8}"
    (site.quarantine / "viruses" / "new" / link).symlink_to(outside / "new" / name)
    other = site.quarantine / "viruses" / "new" / "1234.other"
    other.write_bytes(b"another program's")
    os.utime(other, (0, 0))
    assert expire(site, "min_days = 0\nmax_bytes = 1")["age"] == 1
    assert [file.read_bytes() for file in sorted(outside.rglob("*")) if file.is_file()] == [b"mine"] * 4
    assert {f"viruses/new/{link}", "viruses/new/1234.other"} <= files(site)


def test_nothing_there_is_nothing_to_do(site: Site) -> None:
    assert expire(site, "")["left"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "keep_days = -1",
        'keep_days = "x"',
        "keep_days = { virus = 1 }",
        "keep_days = nan",
        "min_days = -1",
        "max_bytes = -1",
        "min_free_bytes = 1.5",
    ],
)
def test_bounds_that_mean_nothing_remove_nothing(site: Site, text: str) -> None:
    name = hold(site, 1, 400)
    done = site.run_quarantine("expire", "--config", bounds(site, text))
    assert (done.returncode, text.split(maxsplit=1)[0] in done.stderr) == (55, True)
    assert files(site) == of(name)


# --- beside deliveries ------------------------------------------------------------------------------------------------


def test_a_retry_that_is_accepted_is_kept_whoever_removes_the_old_copy(site: Site) -> None:
    """Each round an old copy is replaced and removed at the same time."""
    name = hold(site)
    removed = 0
    with ThreadPoolExecutor(3) as pool:
        for attempt in range(12):
            age(site, name, 40)
            again = b"Received: attempt %d\n" % attempt + infected()
            old = [pool.submit(expire, site, "") for _ in range(2)]
            retry = pool.submit(site.call, again)
            assert retry.result().code == 0
            removed += sum(one.result()["age"] for one in old)
            assert [kept.read_bytes() for kept in site.kept] == [again]
            assert files(site) == of(name)
    assert removed <= 12


def test_counts_are_exact_under_load(site: Site) -> None:
    """Old mail goes, new mail that arrives meanwhile stays, and two that remove do not count one copy twice."""
    old = [hold(site, number, 40) for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(site.run_quarantine, "expire", "--json", "--config", bounds(site, "")) for _ in range(2)]
        new = [pool.submit(site.call, infected(100 + number)) for number in range(12)]
        counts = [json.loads(one.result().stdout.splitlines()[-1]) for one in runs]
        assert {one.result().code for one in new} == {0}
    assert sum(one["age"] for one in counts) == len(old)
    assert [one["failed"] for one in counts] == [0, 0]
    assert {one.result().returncode for one in runs} == {0}
    assert len(site.kept) == 12
    assert files(site) == of(*(kept.name for kept in site.kept))


# --- list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ((), "01"),
        (("--box", "viruses"), "01"),
        (("--box", "spam", "--box", "policy"), ""),
        (("--older", "2d"), "0"),
        (("--newer", "2d"), "1"),
        (("--since", "2d"), "1"),
        (("--until", "2d"), "0"),
        (("--since", "2000-01-01"), "01"),
        (("--since", "2000-01-01", "--until", "2001-01-01T00:00Z"), ""),
        (("--sender", "@example.org"), "01"),
        (("--sender", "bob@example.com"), ""),
        (("--recipient", "BOB@example.com"), "01"),
        (("--recipient", "*@elsewhere.example"), ""),
        (("--finding", "malware EICAR*"), "01"),
        (("--finding", "policy *"), ""),
        (("--held",), "01"),
    ],
)
def test_the_list_can_be_narrowed(site: Site, filters: tuple[str, ...], wanted: str) -> None:
    names = [hold(site, 0, 3), hold(site, 1)]
    done = site.run_quarantine("list", "--json", *filters)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [names[int(one)] for one in wanted]
    (one,) = site.run_quarantine("list", "--json", "--id", names[1][:20]).stdout.splitlines()
    assert json.loads(one)["id"] == names[1]


@pytest.mark.parametrize(
    "wrong", [("--newer", "7"), ("--older", "-1d"), ("--since", "7"), ("--sender", "nobody"), ("--box", "inbox")]
)
def test_a_filter_that_means_nothing_is_refused(site: Site, wrong: tuple[str, str]) -> None:
    assert site.run_quarantine("list", *wrong).returncode == 2


def test_the_header_is_shown_so_that_it_cant_steer_a_terminal(site: Site) -> None:
    raw = message(part(b"x\n"), attachment(eicar(), "x.txt"), subject="\x1b[31mred\x07")
    assert site.call(raw).code == 0
    (kept,) = site.kept
    said = site.run_quarantine("show", kept.name).stdout
    assert "header     Subject: \\x1b[31mred\\x07" in said
    assert said.replace("\n", "").isprintable()
