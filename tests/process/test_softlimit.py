"""The limit that `qsfilter softlimit` prints is enough, half of it is not, and nothing of the site is touched."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from qsfilter.cli import main
from qsfilter.cli.scratch_site import scratch_site
from qsfilter.cli.softlimit import LIMITED
from qsfilter.config import load
from qsfilter.edge import read
from qsfilter.limits import MIB
from tests.process.conftest import YARA, Site
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ATTACHMENTS = '[plugins.attachments]\nuse = "qsfilter_attachments:Attachments"\nblock = [".exe"]\n'


def under(limit: int, program: str) -> list[str]:
    """Return the command that runs PROGRAM with LIMIT bytes of memory, as softlimit does."""
    return [sys.executable, "-ISc", LIMITED, str(limit), program]


def measured(site: Site, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Return what `qsfilter softlimit` says, by program, in bytes."""
    assert main(["softlimit", "--json", "--megabytes", "2", "--config", str(site.config)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(row["softlimit"] > row["needs"] * MIB for row in rows)
    return {row["program"]: row["needs"] * MIB for row in rows}


def test_the_wrapper_passes_with_what_is_printed_and_not_with_half(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.configure(ATTACHMENTS)
    needs = measured(site, capsys)["qsfilter-queue"]
    assert site.untouched
    assert {path.name for path in site.folder.iterdir()} == {"qmail", "qsfilter.toml"}
    assert not site.call(site.clean, program=under(needs // 2, site.wrapper)).accepted
    assert site.untouched
    assert site.call(site.clean, program=under(needs, site.wrapper)).accepted
    assert site.queued()[0] == site.clean


def test_an_engine_works_where_a_thread_may_have_no_more_stack_than_there_is_memory(site: Site) -> None:
    """`softlimit -m` sets RLIMIT_STACK, which is the size of a thread's stack, to the bound on all memory."""
    assert site.call(site.infected, program=under(512 * MIB, site.wrapper)).accepted
    assert len(site.kept) == 1


def test_front_and_wrapper_that_ask_the_service_need_little(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served = ServedSite(tmp_path)
    served.configure(ATTACHMENTS)
    needs = measured(served, capsys)
    assert needs["front"] < needs["qsfilter-queue, asking the service"] <= needs["qsfilter-queue"]


def test_a_site_whose_mail_waits_anyway_is_not_measured(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """What a wrapper needs for asking a clamd that is not there is less than it needs for mail."""
    site.configure('[plugins.clamav]\nuse = "qsfilter_clamav:ClamAV"\nservers = ["unix:/nonexistent/clamd.ctl"]\n')
    assert main(["softlimit", "--megabytes", "1", "--config", str(site.config)]) == 55
    said = capsys.readouterr()
    assert "softlimit -m" not in said.out
    assert "qsfilter-queue puts mail off without any limit" in said.err


def test_trials_keep_and_send_nothing_of_the_sites(site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    site.config.write_text(
        f'relays = ["192.0.2.1"]\n[deliver]\nqmail_queue = ["{site.queue.program}", "an \\"argument\\""]\n'
        f'[quarantine]\npath = "{site.quarantine}"\n[actions]\n"unscannable.encrypted" = "reject"\n'
        f'[metrics]\npath = "{kept}/metrics"\n[cache]\npath = "{kept}/cache"\n{YARA}'
        f'[plugins.archive]\npath = "{kept}/archive"\nmatch = "stra\u00dfe\\\\.example"\n'
        f'[plugins.legacylog]\nmailstats = "{kept}/mailstats.csv"\n'
        f'[plugins.other]\nuse = "legacylog"\nmode = "off"\nlists = ["{kept}/a", {{ b = "{kept}/b" }}, 1]\n'
    )
    alone, served = scratch_site(read(str(site.config)), str(tmp_path / "scratch"))
    assert served == ""
    tried = load(alone)
    assert tried.setup.policy.relays == {"192.0.2.1"}
    by_name = {entry.name: entry.plugin for entry in tried.setup.registry.entries}
    assert getattr(by_name["archive"], "match", "") == "stra\u00dfe\\.example"
    with open(alone, encoding="utf-8") as file:
        text = file.read()
    assert str(kept) not in text
    assert str(site.queue_folder) not in text
    assert str(site.quarantine) not in text
