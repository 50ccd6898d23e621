"""A bypass lets mail pass unexamined for its time, says so everywhere, and can be set by nobody but its owner."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from qsfilter.bypass import LONGEST_REASON, MOST_SECONDS, Bypass
from qsfilter.cli import main
from qsfilter.errors import ConfigError
from qsfilter.queue import protocol
from tests.process.conftest import YARA, Site
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

REASON = "clamd does not start"
BROKEN = '[plugins.clamav]\nservers = ["unix:/nonexistent/clamd.ctl"]\n'


def bypass(site: Site, *arguments: str) -> int:
    """Run `qsfilter bypass` for SITE."""
    return main(["bypass", *arguments, "--config", str(site.config)])


def test_what_waits_for_a_broken_scanner_passes_with_a_mark(site: Site) -> None:
    site.configure(BROKEN)
    assert not site.call(site.clean).accepted
    assert bypass(site, "--for", "2h", REASON) == 0
    answer = site.call(site.clean)
    assert answer.accepted
    assert f'bypass="{REASON} (' in answer.log
    assert site.queue.queued[0].message.startswith(b"X-QSFilter: not scanned")
    assert site.queued() == (site.clean, site.envelope_sent)
    assert bypass(site, "--end") == 0
    assert not site.call(site.clean).accepted


def test_malware_passes_too_and_nothing_is_kept(site: Site) -> None:
    assert bypass(site, "--for", "30m", REASON) == 0
    assert site.call(site.infected).accepted
    assert site.queued()[0] == site.infected
    assert site.kept == []


def test_a_message_over_all_limits_passes_too(site: Site) -> None:
    site.configure(f"{YARA}[limits]\nmessage_bytes = 100\n")
    assert not site.call(site.clean).accepted
    assert bypass(site, "--for", "30m", REASON) == 0
    assert site.call(site.clean).accepted
    assert site.queued()[0] == site.clean


def test_the_service_looks_before_each_message(tmp_path: Path) -> None:
    served = ServedSite(tmp_path)
    with served.service() as running:
        assert served.hand_in(served.infected).deed == protocol.END
        assert len(served.kept) == 1
        assert bypass(served, "--for", "30m", REASON) == 0
        assert served.hand_in(served.infected).deed == protocol.HAND_OVER
        assert f'bypass="{REASON} (' in running.log
        assert bypass(served, "--end") == 0
        assert served.hand_in(served.infected).deed == protocol.END
    assert len(served.kept) == 1


def test_it_ends_by_itself(site: Site) -> None:
    found = Bypass(path=str(site.folder / "bypass"))
    found.grant(0.2, REASON, "root")
    assert found.reason() == f"{REASON} (root)"
    until = time.monotonic() + 10
    while found.reason() and time.monotonic() < until:
        time.sleep(0.02)
    assert found.reason() == ""
    assert site.call(site.infected).accepted
    assert len(site.kept) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"begins": 600, "ends": 900},  # the clock was set back
        {"begins": -2 * MOST_SECONDS, "ends": 600},  # longer than a bypass may last
        {"begins": -60, "ends": "never"},
        {"ends": 600},
        [],
    ],
)
def test_a_file_that_says_nonsense_lets_nothing_pass(site: Site, told: object) -> None:
    path = site.folder / "bypass"
    if isinstance(told, dict):
        now = time.time()
        times = {key: now + value if isinstance(value, (int, float)) else value for key, value in told.items()}
        told = {"user": "root", "reason": REASON, **times}
    path.write_text(json.dumps(told))
    path.chmod(0o644)
    assert Bypass(path=str(path)).reason() == ""
    assert site.call(site.infected).accepted
    assert len(site.kept) == 1


def test_a_file_that_others_can_write_lets_nothing_pass(site: Site) -> None:
    found = Bypass(path=str(site.folder / "bypass"))
    found.grant(600, REASON, "root")
    (site.folder / "bypass").chmod(0o666)
    assert found.reason() == ""
    (site.folder / "bypass").chmod(0o644)
    assert found.reason()
    os.rename(found.path, found.path + ".real")
    os.symlink(found.path + ".real", found.path)
    assert found.reason() == ""
    os.unlink(found.path)
    os.mkfifo(found.path)
    assert found.reason() == ""


def test_another_users_file_lets_nothing_pass(site: Site) -> None:
    """As root, because that is who can give a file away."""
    found = Bypass(path=str(site.folder / "bypass"))
    found.grant(600, REASON, "mallory")
    os.chown(found.path, 65534, 65534)
    assert found.reason() == ""


def test_its_state_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert bypass(site, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"until": None}
    assert bypass(site, "--for", "1d", REASON) == 0
    capsys.readouterr()
    assert bypass(site, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["reason"] == REASON
    main(["check", "--config", str(site.config)])
    assert f"mail passes unexamined: {REASON}" in capsys.readouterr().out
    assert bypass(site, "--end", "--json") == 0


def test_a_reason_of_any_letters_is_read_back(tmp_path: Path) -> None:
    found = Bypass(path=str(tmp_path / "bypass"))
    reason = "\N{POLICE CARS REVOLVING LIGHT}" * LONGEST_REASON
    found.grant(600, reason, "root")
    assert found.reason() == f"{reason} (root)"


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(0.0, REASON), (MOST_SECONDS + 1, REASON), (60.0, ""), (60.0, " "), (60.0, "a\nb"), (60.0, "x" * 201)],
)
def test_what_can_not_be_meant_is_refused(tmp_path: Path, seconds: float, reason: str) -> None:
    with pytest.raises(ConfigError):
        Bypass(path=str(tmp_path / "bypass")).grant(seconds, reason, "root")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [["--for", "2", REASON], ["--for", "2h"], [REASON], ["--for", "8d", REASON]])
def test_wrong_usage_changes_nothing(site: Site, wrong: list[str]) -> None:
    try:
        code = bypass(site, *wrong)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code in {2, 55}
    assert not (site.folder / "bypass").exists()
