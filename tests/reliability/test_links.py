"""A link in the place of whatever a run makes: the mail is handed over, kept, or waits, and what the link means stays.

One run tells which files and folders are made. Then each of them is, in a site of its own, a symbolic link or a hard
link to something precious, before the same mail comes. Only our own user or root can put one there, as the folders are
nobody else's (see test_privilege.py): a link is a mistake of theirs, or the trick of who has become our user.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.builtin.rule_set import for_mail
from qsfilter.bypass import Bypass
from qsfilter.config import load
from qsfilter.errors import DeliveryError
from qsfilter.held.log import LOG, note
from qsfilter.held.record import FOLDER, Mark, acting, write_mark
from qsfilter.model import Client, Envelope
from qsfilter.testing.messages import attachment, eicar, message, part
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FULL = os.environ.get("QSFILTER_SOAK") == "1"
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
MAILS = (
    message(b"Nothing is wrong with this.\n"),
    message(part(b"Look at this.\n"), attachment(eicar(), "harmless.txt")),
    message(part(b"Look at this.\n"), attachment(b"MZ", "program.exe")),
)
RULES = "from qsfilter import rule\n\n@rule('none')\ndef _(message):\n    return None\n"
CONFIGURATION = """
[quarantine]
path = "{spool}/quarantine"
[deliver]
maildir = "{folder}/Maildir"
[outbox]
sendmail = "/bin/true"
[metrics]
[plugins.yara]
[plugins.attachments]
[plugins.archive]
path = "{spool}/archive"
[plugins.copyto]
to = ["look@example.com"]
[plugins.notify]
admin = "postmaster@example.com"
[plugins.legacylog]
quarantine_log = "{spool}/quarantine.log"
mailstats = "{spool}/mailstats.csv"
"""
WITH_RULES = '[rules]\nfiles = ["{rules}"]\n'
PRECIOUS = b"precious\n"
SITES_CHOICE = re.compile(
    r"quarantine(/\w+(/(tmp|new|cur|sidecar))?)?|archive(/(tmp|new|cur|sidecar|manifest|manifest/locks))?"
)
"""Folders that may be links: a site puts its quarantine, or a box of it, on another disk. Files in them are not opened
by names that were there before."""
LOGS = re.compile(r"quarantine\.log|mailstats\.csv|archive/manifest/.*\.tsv")
"""What is appended to may have another name, as in a snapshot made of hard links; no mail waits for that."""


class Place(NamedTuple):
    """Something that a run makes, below the spool."""

    path: str
    folder: bool


def run(folder: Path, rules: Path | None = None) -> list[int]:
    """Let the site in FOLDER, which may have RULES, have the mails, and return what their senders are told."""
    spool = folder / "spool"
    spool.mkdir(mode=0o700, exist_ok=True)
    text = CONFIGURATION.format(folder=folder, spool=spool)
    (folder / "qsfilter.toml").write_text(text + (WITH_RULES.format(rules=rules) if rules else ""))
    chosen = load(str(folder / "qsfilter.toml"), for_mail)
    chosen.start()
    codes = []
    for raw in MAILS:
        try:
            report = chosen.run(raw, ENVELOPE, Client(ip="192.0.2.1"))
        except DeliveryError as error:
            codes.append(error.exit)
            continue
        chosen.tell(report, lambda *_: None)
        assert report.outcome is not None
        codes.append(report.outcome.exit)
    return codes


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of rules, which has been as it is for long."""
    made = tmp_path_factory.mktemp("rules") / "rules.py"
    made.write_text(RULES)
    os.utime(made, (1, 1))
    return made


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> list[Place]:
    """Everything that a run makes and leaves."""
    folder = tmp_path_factory.mktemp("first")
    assert run(folder, rules) == [0, 0, 31]
    found = sorted((folder / "spool").rglob("*"))
    return [Place(str(path.relative_to(folder / "spool")), path.is_dir()) for path in found]


def _some(places: list[Place]) -> Iterator[Place]:
    """Yield one file of each folder, and a third of the folders."""
    seen: set[str] = set()
    for number, place in enumerate(places):
        above = os.path.dirname(place.path)
        if number % 3 == 0 if place.folder else above not in seen:
            yield place
            seen |= set() if place.folder else {above}


@pytest.mark.parametrize("hard", [False, True], ids=["symbolic", "hard"])
def test_a_link_in_its_place_harms_nothing(tmp_path: Path, places: list[Place], rules: Path, hard: bool) -> None:
    tried = 0
    for number, place in enumerate(places if FULL else _some(places)):
        if hard and place.folder:
            continue  # there are none
        folder = tmp_path / str(number)
        target = folder / "spool" / place.path
        _make_above(target, folder)
        victim = folder / "victim"
        _plant(target, victim, folder=place.folder, hard=hard)
        before = _state(victim)
        codes = run(folder, rules if place.path.startswith("rules") else None)
        followed = (place.folder and SITES_CHOICE.fullmatch(place.path)) or (hard and LOGS.fullmatch(place.path))
        if followed:
            assert (victim / "inside" if place.folder else victim).read_bytes().startswith(PRECIOUS), place.path
        else:
            assert _state(victim) == before, f"what {place.path} was a link to has changed"
        _require_fate(folder, codes, place.path)
        tried += 1
        shutil.rmtree(folder)
    assert tried > (10 if hard else 20)
    record("links", planted=tried, harmed=0, lost=0)


def _make_above(target: Path, folder: Path) -> None:
    folder.mkdir()
    for parent in reversed(target.parents):
        if folder in parent.parents:
            parent.mkdir(mode=0o700, exist_ok=True)


def _plant(target: Path, victim: Path, *, folder: bool, hard: bool) -> None:
    """Make VICTIM, a FOLDER or a file, and let TARGET be a link to it."""
    if folder:
        victim.mkdir(mode=0o700)
        (victim / "inside").write_bytes(PRECIOUS)
    else:
        victim.write_bytes(PRECIOUS)
        victim.chmod(0o600)
    if hard:
        os.link(victim, target)
    else:
        target.symlink_to(victim)


def _state(victim: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return mode, owner and content of VICTIM and of all below it."""
    found = {}
    for path in (victim, *sorted(victim.rglob("*"))):
        seen = path.stat()
        found[str(path.relative_to(victim))] = seen.st_mode, seen.st_uid, b"" if path.is_dir() else path.read_bytes()
    return found


def _require_fate(folder: Path, codes: list[int], place: str) -> None:
    """Require that each mail was handed over or kept, or that its sender tries again."""
    clean, infected, forbidden = codes
    delivered = [path.read_bytes() for path in folder.glob("Maildir/new/*")]
    assert (clean == 0) is any(raw.endswith(MAILS[0]) for raw in delivered), place
    assert clean == 0 or not 11 <= clean <= 40, place
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.parent.name in {"new", "victim"}]
    assert infected in {0, 53, 71}, place
    assert infected or MAILS[1] in kept, place
    assert forbidden in {31, 53, 71}, place
    assert forbidden != 31 or MAILS[2] in kept, place
    assert not any(eicar() in raw for raw in delivered), place


# --- what stands there before ----------------------------------------------------------------------------------------


def test_a_bypass_is_a_file_and_no_link(tmp_path: Path) -> None:
    """A link to one that is in force somewhere else lets nothing pass."""
    (tmp_path / "spool").mkdir(mode=0o700)
    Bypass(path=str(tmp_path / "granted")).grant(3600, "a test", "root")
    (tmp_path / "spool" / "bypass").symlink_to(tmp_path / "granted")
    assert run(tmp_path) == [0, 0, 31]
    (tmp_path / "spool" / "bypass").unlink()
    Bypass(path=str(tmp_path / "spool" / "bypass")).grant(3600, "a test", "root")
    assert run(tmp_path) == [0, 0, 0], "the one that is no link is in force"


def test_granting_a_bypass_replaces_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(PRECIOUS)
    (tmp_path / "bypass").symlink_to(victim)
    Bypass(path=str(tmp_path / "bypass")).grant(3600, "a test", "root")
    assert victim.read_bytes() == PRECIOUS
    assert not (tmp_path / "bypass").is_symlink()


# --- what root does in a folder of another user's ---------------------------------------------------------------------


@pytest.mark.parametrize("hard", [False, True], ids=["symbolic", "hard"])
@pytest.mark.parametrize("name", [LOG, f"{FOLDER}/lock", f"{FOLDER}/copy.json", FOLDER, f"{FOLDER}/tmp"])
def test_root_who_releases_gives_away_no_file_of_his(tmp_path: Path, name: str, hard: bool) -> None:
    """The quarantine is another user's, who puts a link to a file of root's where root will write."""
    folder = name in {FOLDER, f"{FOLDER}/tmp"}
    if folder and hard:
        name, folder = f"{FOLDER}/tmp/x", False  # a folder has no hard link
    box = tmp_path / "quarantine"
    target, victim = box / name, tmp_path / "victim"
    target.parent.mkdir(parents=True)
    _plant(target, victim, folder=folder, hard=hard)
    os.chown(box, 64_511, 64_511)
    before = _state(victim)
    acts: tuple[Callable[[], object], ...] = (
        partial(note, str(box), "released", id="copy"),
        partial(write_mark, str(box), "copy", Mark()),
        lambda: acting(str(box), "copy").__enter__(),
    )
    for act in acts:
        with suppress(OSError, DeliveryError):
            act()
    assert _state(victim) == before
