"""What a postmaster of Qmail-Scanner relies on, by the real wrapper, where no other test shows it.

The page docs/reference/qmail-scanner.md says so line by line.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import stat
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from qsfilter.testing.clamd_server import ClamdServer
from qsfilter.testing.messages import attachment, eicar, message, part, zip_of
from qsfilter.testing.service import until
from tests.process.conftest import WRAPPER, YARA, Site
from tests.process.service_place import ServedSite

PAGE = Path(__file__).parents[2] / "docs/reference/qmail-scanner.md"
BOTH = message(part(b"Look at this.\n"), attachment(eicar(), "setup.exe"))
NOTIFY = '[plugins.notify]\nadmin = "postmaster@example.com"\ntokens = ["all"]\n'


# --- who calls ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["", "Falice@example.org\0", "Falice@example.org\0Tbob@example.com\0"])
def test_a_client_that_gives_up_is_told_of_to_nobody(site: Site, end: str) -> None:
    site.configure(f'{YARA}{NOTIFY}[outbox]\npath = "{site.folder}/outbox"\n')
    assert site.call(site.infected, end.encode()).code == 54
    assert site.untouched
    assert not (site.folder / "outbox").exists()
    assert site.call(site.infected).accepted
    assert list((site.folder / "outbox/new").iterdir()), "the same mail to its end is"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "from 127.0.0.1 by HOST … Clear:RC:0(127.0.0.1):"),
        ({"RELAYCLIENT": ""}, "from 127.0.0.1 by HOST … Clear:RC:1(127.0.0.1):"),
        ({"TCPREMOTEIP": "192.0.2.7"}, "from 192.0.2.7 by HOST … Clear:RC:0(192.0.2.7):"),
        (
            {
                "TCPREMOTEIP": "192.0.2.7",
                "TCPREMOTEHOST": "mail.example.org",
                "TCPREMOTEINFO": "joe",
                "RELAYCLIENT": "",
            },
            "from mail.example.org (joe@192.0.2.7) by HOST … Clear:RC:1(192.0.2.7):",
        ),
    ],
)
def test_who_the_client_is_stands_in_the_header(site: Site, given: dict[str, str], told: str) -> None:
    site.configure('[headers]\nlegacy = "diagnostics"\n')
    assert site.call(site.clean, environment=site.environment(**given)).accepted
    (queued,) = site.queue.queued
    before, after = (re.escape(half) for half in told.replace("HOST", os.uname().nodename).split(" … "))
    pattern = f"^X-Qmail-Scanner-Diagnostics: {before} .*\\n \\({after}"
    assert re.search(pattern, queued.message.decode(), re.MULTILINE), queued.message


# --- what is found --------------------------------------------------------------------------------------------------


def test_an_engine_looks_at_what_a_rule_has_stopped(site: Site) -> None:
    """And what it finds leads in log, quarantine and old log, where what decides has one action."""
    log = site.folder / "quarantine.log"
    old = f'[plugins.legacylog]\nquarantine_log = "{log}"\n'
    site.configure(f'[actions]\npolicy = "quarantine"\n[plugins.attachments]\n{YARA}{old}')
    answer = site.call(BOTH)
    found = 'because="malware EICAR-Test-File in 1.2 by yara; policy extension .exe in 1.2 by attachments"'
    assert found in answer.log
    (kept,) = site.kept
    assert kept.parent.parent.name == "viruses"
    assert log.read_text().split("\t")[4] == "EICAR-Test-File"


def test_a_refusal_goes_before_a_quarantine(site: Site) -> None:
    """With the default actions the virus is refused for its name; log, quarantine and old log know it for a virus."""
    log = site.folder / "quarantine.log"
    site.configure(f'[plugins.attachments]\n{YARA}[plugins.legacylog]\nquarantine_log = "{log}"\n')
    answer = site.call(BOTH)
    assert answer.code == 31
    assert 'findings="malware EICAR-Test-File in 1.2; policy extension .exe in 1.2"' in answer.log
    assert not site.queue.queued
    (kept,) = site.kept
    assert kept.read_bytes() == BOTH
    assert kept.parent.parent.name == "viruses"
    assert log.read_text().split("\t")[4] == "EICAR-Test-File"


def test_an_engine_looks_at_what_is_over_a_limit(site: Site) -> None:
    """As far as it could be unpacked, and at everything else."""
    site.configure(f"{YARA}[limits]\nunpacked_bytes = 100000\n")
    bomb = zip_of({"x": bytes(1_000_000)})
    answer = site.call(message(part(b"x"), attachment(eicar(), "x.txt"), attachment(bomb, "x.zip")))
    assert "malware EICAR-Test-File in 1.2" in answer.log
    assert "unscannable over-limit in 1.3" in answer.log
    assert not site.queue.queued


@pytest.mark.parametrize(
    ("action", "code", "queued", "kept"), [("accept", 0, 1, 0), ("defer", 71, 0, 0), ("", 31, 0, 1)]
)
def test_what_is_too_large_to_be_scanned_has_an_action(
    site: Site, action: str, code: int, queued: int, kept: int
) -> None:
    """It is refused and kept unless the site says otherwise; what passes says that it was not looked at."""
    actions = f'[actions]\n"unscannable.over-limit" = "{action}"\n' if action else ""
    site.configure(f"{actions}{YARA}[limits]\nmessage_bytes = 1000\n")
    answer = site.call(site.clean + b"x" * 1000)
    assert (answer.code, len(site.queue.queued), len(site.kept)) == (code, queued, kept)
    if queued:
        assert site.queue.queued[0].message.startswith(
            b"X-QSFilter: accepted with findings;\n unscannable over-limit in message;\n"
        )


def test_viruses_may_be_deleted(site: Site) -> None:
    site.configure(f'[actions]\nmalware = "discard"\n{YARA}')
    answer = site.call(site.infected)
    assert answer.accepted
    assert "action=discard" in answer.log
    assert site.untouched


def test_bmc_whitelist_works_by_the_rule_on_the_page(site: Site) -> None:
    """For the client that tcprules set it for, and for no virus."""
    (rule,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (site.folder / "rules.py").write_text(rule)
    site.configure(f'{YARA}[rules]\nfiles = ["{site.folder}/rules.py"]\nlast_good = ""\n')
    odd = message(b"Hello\n", fields={"Content-Type": "message/partial; number=1"})
    allowed = site.environment(BMC_WHITELIST="on")
    assert site.call(odd).code == 31
    assert site.call(odd, environment=allowed).accepted
    assert site.queued()[0] == odd
    site.call(message(part(odd, "message/rfc822"), attachment(eicar(), "x.txt")), environment=allowed)
    assert len(site.queue.queued) == 1


# --- rule files -----------------------------------------------------------------------------------------------------


def test_a_changed_rule_file_counts_for_the_next_message(tmp_path: Path) -> None:
    """With the service, after a HUP; nothing has to be generated."""
    site = ServedSite(tmp_path)
    rules = tmp_path / "quarantine-events.txt"
    tables = f'[plugins.attachments]\nlegacy = "{rules}"\n'
    raw = message(part(b"x"), attachment(b"x", "x.abc"))
    rules.write_text("")
    site.configure(tables, service='fallback = "in-process"')
    assert site.call(raw).code == 0
    rules.write_text(".abc\tSIZE=-1\tNo such files\n")
    assert site.call(raw).code == 31
    with site.service() as running:
        assert site.call(raw).code == 31
        rules.write_text("")
        running.reload()
        running.await_log("serving by the new configuration")
        until(lambda: site.call(raw).code == 0)


# --- users ----------------------------------------------------------------------------------------------------------


def test_nothing_is_set_uid() -> None:
    programs = [WRAPPER, WRAPPER.with_name("qsfilter"), Path(sys.executable).resolve()]
    for program in programs:
        assert not program.stat().st_mode & (stat.S_ISUID | stat.S_ISGID), program


def test_any_user_filters_mail(site: Site) -> None:
    """One without a home, a shell or a group, who may write the spool and nothing else."""
    nobody = pwd.getpwnam("nobody")
    users = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    with TemporaryDirectory() as folder:  # pytest's own are closed to other users
        os.chmod(folder, 0o755)  # noqa: S103 - as above
        own = Site(Path(folder))
        taker = own.script("taker", "#!/bin/sh\nexec /bin/grep -q 'Nothing is wrong'\n")
        own.quarantine = own.folder / "spool/quarantine"
        own.quarantine.parent.mkdir(0o700)
        if os.geteuid() == 0:
            os.chown(own.quarantine.parent, nobody.pw_uid, nobody.pw_gid)
        own.configure(program=taker)
        own.config.chmod(0o644)
        for raw in (own.clean, own.infected):
            answer = own.call(raw, program=[*(users if os.geteuid() == 0 else ()), own.wrapper])
            assert answer.accepted, answer.log
            assert 'findings="note' not in answer.log, "nothing was missing"
        (kept,) = own.kept
        assert kept.read_bytes() == own.infected
        assert kept.stat().st_uid == (nobody.pw_uid if os.geteuid() == 0 else os.geteuid())


@pytest.mark.servers
def test_a_clamd_of_another_user_scans_what_it_can_not_open(site: Site) -> None:
    """It runs as `clamav`; message and quarantine are ours alone, and so is a large message on disk."""
    with TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)  # noqa: S103 - its user makes the socket there
        server = ClamdServer(folder, {"User": "clamav"} if os.geteuid() == 0 else {})
        os.chmod(Path(folder, "tmp"), 0o777)  # noqa: S103 - as above
        with server:
            site.configure(f'[plugins.clamav]\nservers = ["unix:{server.socket}"]\n')
            private = site.folder / "private"
            private.mkdir(0o700)
            environment = site.environment(TMPDIR=str(private))
            assert site.call(site.clean, environment=environment).accepted
            for body in (b"x", b"0123456789abcde\n" * 600_000):
                answer = site.call(message(part(body), attachment(eicar(), "x.txt")), environment=environment)
                assert "malware Test.EICAR.UNOFFICIAL" in answer.log
            assert len(site.queue.queued) == 1


# --- old logs in one place ------------------------------------------------------------------------------------------


def test_one_message_stands_in_all_logs_under_one_name(site: Site) -> None:
    """Log, header field, quarantine and reply know it by the beginning of the same key."""
    site.configure(f'[actions]\nmalware = {{ action = "reject", keep = true }}\n{YARA}', deliver='reply = "notqmail"')
    answer = site.call(site.infected, reply_descriptor=6)
    found = re.match(r"qsfilter: id=([0-9a-f]{16}) ", answer.log)
    assert found
    (kept,) = site.kept
    told = json.loads((kept.parent.parent / "sidecar" / f"{kept.name}.json").read_text())
    assert kept.name.startswith(found[1])
    assert told["key"].startswith(found[1])
    assert f"(id {found[1]})" in answer.text
    assert "EICAR-Test-File" in answer.text
