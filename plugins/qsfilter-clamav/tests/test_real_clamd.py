"""Against a real clamd: what it finds, its limits, and what happens when it stops, hangs, reloads or dies."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Kind
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.clamd_server import DAILY, ClamdServer
from qsfilter_clamav import ClamAV
from qsfilter_clamav.harmless import LEVELS, encrypted_zip, nested
from qsfilter_clamav.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qsfilter import Finding, Report

pytestmark = pytest.mark.servers
TEST_FILES = Path("/usr/share/clamav-testfiles")
EICAR = "Test.EICAR.UNOFFICIAL"
MIB = 1 << 20


@pytest.fixture(params=["descriptors", "unix stream", "tcp"])
def make(request: pytest.FixtureRequest, clamd: ClamdServer) -> Callable[..., ClamAV]:
    """Make the plugin for one of the transports."""

    def made(server: ClamdServer = clamd, **how: float) -> ClamAV:
        name = f"tcp:127.0.0.1:{server.port}" if request.param == "tcp" else f"unix:{server.socket}"
        return ClamAV(servers=(name,), pass_descriptors=request.param == "descriptors", **how)

    return made


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ClamdServer]:
    """Run a clamd that the test may stop."""
    with ClamdServer(tmp_path / "clamd") as server:
        yield server


def local(server: ClamdServer, **how: float) -> ClamAV:
    return ClamAV(servers=(f"unix:{server.socket}",), **how)


def findings(plugin: ClamAV, raw: bytes) -> list[Finding]:
    return list(examine(Filter(plugin), raw).findings)


def test_eicar_is_found_wherever_it_is(make: Callable[..., ClamAV]) -> None:
    """In the raw message, an attachment, an archive of ours and one that only clamd opens."""
    raw = message(
        part(b"hello"),
        attachment(eicar(), "e.com"),
        attachment(zip_of({"x": eicar()}), "a.zip"),
        attachment(b"", "none"),
    )
    found = findings(make(), raw)
    assert {str(one) for one in found} == {f"malware {EICAR}"}
    assert {str(one.part) for one in found} == {"message", "1.2", "1.3", '1.3 > "a.zip" > "x"'}


def test_a_clean_message_is_clean(make: Callable[..., ClamAV]) -> None:
    """Of every size and many parts."""
    parts = [attachment(os.urandom(size), "x") for size in (1, 4_095, 4_096, 4_097, 70_000, 3_000_000)]
    assert findings(make(), message(part(b"hello"), *parts, *(part(b"%d" % index) for index in range(300)))) == []


def test_one_bad_part_among_many_is_found(make: Callable[..., ClamAV]) -> None:
    """By its own number, whatever the order of the answers."""
    parts = [attachment(os.urandom(2_000), "x") for _ in range(60)]
    parts[41] = attachment(eicar(), "e.com")
    plugin = make()
    for _ in range(5):
        assert {str(one.part) for one in findings(plugin, message(*parts))} == {"message", "1.42"}


def test_every_test_file_of_clamav_is_found(make: Callable[..., ClamAV]) -> None:
    """All 44 hold the same harmless program, packed in every way that clamd opens."""
    if not TEST_FILES.is_dir():
        pytest.fail("clamav-testfiles is missing; as root: apt-get install clamav-testfiles")
    files = sorted(TEST_FILES.iterdir())
    found = findings(make(), message(*(attachment(file.read_bytes(), file.name) for file in files)))
    named = {str(one.part) for one in found if str(one) == "malware ClamAV-Test-File.UNOFFICIAL"}
    assert len(files) > 40
    assert [file.name for index, file in enumerate(files, 1) if f"1.{index}" not in named] == []


def test_the_version_tells_signatures_and_age(tmp_path: Path, make: Callable[..., ClamAV]) -> None:
    """Of the daily database; `check` warns when that is old."""
    with ClamdServer(tmp_path / "old", age=9 * 86_400.0) as server:
        plugin = make(server)
        plugin.start()
        about = plugin.about()
        (problem,) = plugin.check()
    assert about.version.startswith("1.")
    assert (about.signatures, about.engine) == (str(DAILY), True)
    assert about.age == pytest.approx(9 * 86_400.0, abs=120)
    assert not problem.fatal
    assert "9 days old" in problem.text


def test_check_finds_nothing_wrong_with_a_safe_clamd(make: Callable[..., ClamAV]) -> None:
    """With both alerts on, and a bound that is not above its own."""
    plugin = make()
    assert list(plugin.check()) == []
    assert list(plugin.check()) == []  # clamd remembers what was clean, so the probes are new each time


def test_check_finds_the_defaults_of_clamd_unsafe(tmp_path: Path, make: Callable[..., ClamAV]) -> None:
    """It says OK to what it has not scanned to the end, and to what it can't read."""
    with ClamdServer(tmp_path / "unsafe", {"AlertExceedsMax": "no", "AlertEncrypted": "no"}) as server:
        found = list(make(server).check())
    assert [(problem.fatal, problem.mend.split(" in ")[0]) for problem in found] == [
        (False, "set AlertEncrypted yes"),
        (True, "set AlertExceedsMax yes"),
    ]


def test_check_finds_a_bound_above_clamd_s(make: Callable[..., ClamAV]) -> None:
    """MaxFileSize for descriptors, StreamMaxLength for streams: 25 MB both."""
    (problem,) = make(max_file_bytes=25 * MIB + 1).check()
    assert not problem.fatal
    assert "max_file_bytes" in problem.mend


def test_what_exceeds_clamd_s_limits_is_unscannable(make: Callable[..., ClamAV]) -> None:
    """Deeper than MaxRecursion; in an attachment, and in the raw message that holds it."""
    found = findings(make(), message(attachment(nested().data, "a.gz")))
    assert {(one.kind, one.name) for one in found} == {(Kind.UNSCANNABLE, "over-limit")}
    assert LEVELS > 100
    assert "1.1" in {str(one.part) for one in found if "Heuristics.Limits" in one.detail}


def test_what_is_encrypted_is_unscannable_and_no_malware(make: Callable[..., ClamAV]) -> None:
    """Whoever opens it first."""
    found = findings(make(), message(attachment(encrypted_zip().data, "a.zip")))
    assert {(one.kind, one.name) for one in found if one.source == "clam-av"} == {(Kind.UNSCANNABLE, "encrypted")}


def test_what_takes_clamd_too_long_is_unscannable(tmp_path: Path, make: Callable[..., ClamAV]) -> None:
    """By MaxScanTime."""
    with ClamdServer(tmp_path / "hasty", {"MaxScanTime": "1"}) as server:
        found = findings(make(server), message(attachment(os.urandom(4_000_000), "x")))
    assert {(one.kind, one.name) for one in found} == {(Kind.UNSCANNABLE, "over-limit")}


def test_eicar_in_a_leaf_that_clamd_would_not_scan_is_unscannable(tmp_path: Path, make: Callable[..., ClamAV]) -> None:
    """With AlertExceedsMax off, clamd says OK to 26 MB with EICAR at their start."""
    large = eicar() + bytes(26 * MIB)
    settings = {"AlertExceedsMax": "no", "StreamMaxLength": "100M"}
    with ClamdServer(tmp_path / "unsafe", settings) as server:
        report = examine(Filter(make(server)), message(attachment(large, "large")))
        careless = examine(Filter(make(server, max_file_bytes=100 * MIB)), message(attachment(large, "large")))
    assert [(one.kind, one.name, str(one.part)) for one in report.findings] == [
        (Kind.NOTE, "sent-in-parts", "message"),
        (Kind.UNSCANNABLE, "over-limit", "1.1"),
    ]
    assert str(report.decision.action) == "reject"
    assert not careless.findings  # which is why there is such a bound


def test_a_stream_above_the_server_s_bound_is_unscannable_and_the_rest_is_scanned(tmp_path: Path) -> None:
    """Where the options say more than clamd.conf does."""
    raw = message(*(attachment(os.urandom(2 * MIB + size), "x") for size in range(5)), attachment(eicar(), "e.com"))
    with ClamdServer(tmp_path / "small", {"StreamMaxLength": "1M"}) as server:
        found = findings(ClamAV(servers=(f"tcp:127.0.0.1:{server.port}",), scan="leaves+raw"), raw)
    assert [str(one.part) for one in found if one.kind is Kind.MALWARE] == ["1.6"]
    assert sorted(str(one.part) for one in found if one.name == "over-limit") == [
        *(f"1.{n}" for n in range(1, 6)),
        "message",
    ]
    assert {one.kind for one in found} == {Kind.MALWARE, Kind.UNSCANNABLE}


def test_a_stopped_clamd_is_a_failure_until_it_is_back(own: ClamdServer) -> None:
    """The same object goes on: its session is stale, and opened anew."""
    plugin = local(own, seconds=10)
    plugin.start()
    bad = message(attachment(eicar(), "e.com"))
    assert {one.kind for one in findings(plugin, bad)} == {Kind.MALWARE}
    own.stop()
    report = examine(Filter(plugin), bad)
    assert [(one.kind, one.name) for one in report.findings] == [(Kind.FAILURE, "not-scanned")]
    assert str(report.decision.action) == "defer"
    own.start()
    assert {one.kind for one in findings(plugin, bad)} == {Kind.MALWARE}


def test_a_clamd_that_hangs_is_a_failure_in_time(own: ClamdServer) -> None:
    """It takes connections and data, and does nothing with them."""
    plugin = local(own, seconds=2)
    plugin.start()
    assert own.process is not None
    own.process.send_signal(signal.SIGSTOP)
    try:
        (found,) = findings(plugin, message(attachment(eicar(), "e.com")))
    finally:
        own.process.send_signal(signal.SIGCONT)
    assert found.kind is Kind.FAILURE
    assert {one.kind for one in findings(plugin, message(attachment(eicar(), "e.com")))} == {Kind.MALWARE}


def test_a_clamd_that_dies_while_it_scans_is_a_failure(own: ClamdServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had said by then counts, what it had not does not."""
    exchange = Session._exchange

    def dies(session: Session, deadline: float) -> None:
        exchange(session, deadline)  # the answer to VERSION
        own.kill()

    monkeypatch.setattr(Session, "_exchange", dies)
    raw = message(*(attachment(os.urandom(8_000_000), "x") for _ in range(2)))
    report = examine(Filter(local(own, seconds=10)), raw)
    assert Kind.FAILURE in {one.kind for one in report.findings}
    assert str(report.decision.action) == "defer"


def test_a_reload_while_scanning_changes_no_answer(own: ClamdServer) -> None:
    """Signatures are loaded anew as fast as clamd takes the command, for 40 messages."""
    done = threading.Event()
    reloads = []

    def reload() -> None:
        while not done.is_set():
            reloads.append(own.command("RELOAD"))

    thread = threading.Thread(target=reload)
    thread.start()
    bad = message(*(attachment(os.urandom(2_000), "x") for _ in range(20)), attachment(eicar(), "e.com"))
    plugin = local(own)
    try:
        parts = [{str(one.part) for one in findings(plugin, bad)} for _ in range(40)]
    finally:
        done.set()
        thread.join()
    assert parts == [{"message", "1.21"}] * 40
    assert reloads.count("RELOADING") > 5


def test_threads_share_one_plugin(make: Callable[..., ClamAV]) -> None:
    """Each message gets its own answers."""
    chosen = Filter(make())
    chosen.start()
    wrong: list[Report] = []

    def work(bad: bool) -> None:
        for _ in range(10):
            raw = message(
                *(attachment(os.urandom(500), "x") for _ in range(5)), attachment(eicar() if bad else b"x", "e")
            )
            report = examine(chosen, raw)
            if {one.kind for one in report.findings} != ({Kind.MALWARE} if bad else set()):
                wrong.append(report)

    threads = [threading.Thread(target=work, args=(bool(number % 2),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_missing_clamd_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do about it."""
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(RuntimeError, match="apt-get install clamav-daemon"):
        ClamdServer(tmp_path)


def test_a_clamd_that_can_t_start_says_why(tmp_path: Path) -> None:
    """With its own words."""
    with pytest.raises(RuntimeError, match="NoSuchOption"):
        ClamdServer(tmp_path, {"NoSuchOption": "yes"}).start()
