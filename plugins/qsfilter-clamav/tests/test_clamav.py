"""The plugin: its options, its session between messages, what it sends and what it does not.

Longer than most, as the tests share the fake server's answers; choice, health and replies have files of their own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from qsfilter import ConfigError, Filter, Kind, options
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.contract import PluginContract
from qsfilter_clamav import ClamAV, session
from qsfilter_clamav.probes import problems
from qsfilter_clamav.servers import parse

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Finding
    from qsfilter.testing.fake_clamd import FakeClamd, _Reader

RAW = message(attachment(b"one", "1.bin"), attachment(b"two", "2.bin"))


class TestContract(PluginContract):
    """What every plugin owes the core; it needs a server, and an honest fake will do."""

    server = ""

    @pytest.fixture(autouse=True)
    def with_server(self, fake: FakeClamd) -> None:
        """Tell `make` where the server is."""
        type(self).server = fake.name

    def make(self) -> object:
        """Make one that asks it."""
        return ClamAV(servers=(self.server,), seconds=10)


def findings(plugin: ClamAV, raw: bytes) -> list[Finding]:
    return list(examine(Filter(plugin), raw).findings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("servers", ()),
        ("servers", ("clamd.ctl",)),
        ("servers", ("unix:clamd.ctl",)),
        ("servers", ("tcp:127.0.0.1",)),
        ("servers", ("tcp:127.0.0.1:0",)),
        ("servers", ("tcp::3310",)),
        ("servers", ("tls:127.0.0.1",)),
        ("servers", ({"address": "tls:127.0.0.1:3310", "weights": 1},)),
        ("servers", ({"weight": 1},)),
        ("servers", ({"address": ""},)),
        ("servers", ({"address": "tcp:127.0.0.1:3310", "weight": -1},)),
        ("servers", ({"address": "tcp:127.0.0.1:3310", "weight": "1"},)),
        ("servers", ({"address": "tcp:127.0.0.1:3310", "weight": True},)),
        ("servers", ({"address": "tcp:127.0.0.1:3310", "ca_file": "/etc/ca.pem"},)),
        ("servers", ({"address": "tls:127.0.0.1:3310", "key": "/etc/key.pem"},)),
        ("servers", ("tcp:127.0.0.1:3310", {"address": "tcp:127.0.0.1:3310"})),
        ("servers", (3310,)),
        ("scan", "skeleton"),
        ("members", "none"),
        ("cache_bytes", -1),
        ("seconds", 0),
        ("seconds", float("nan")),
        ("max_age_days", -1),
        ("max_file_bytes", 0),
        ("chunk_bytes", 1 << 31),
    ],
)
def test_an_option_that_can_t_work_is_refused(key: str, value: object) -> None:
    """Before the first message, with its name."""
    with pytest.raises(ConfigError, match=key):
        options.make(ClamAV, {key: list(value) if isinstance(value, tuple) else value}, "clamav")


def test_an_address_may_be_of_ipv6() -> None:
    """In brackets."""
    server = parse("tcp:[::1]:3310")
    assert (server.host, server.port, str(server)) == ("::1", 3310, "tcp:[::1]:3310")


def test_every_content_is_sent_whole_and_unpacked(fake: FakeClamd) -> None:
    """The raw message, the archive, its members; nothing empty, and nothing twice."""
    archive = zip_of({"a": b"member", "empty": b""})
    raw = message(
        attachment(archive, "a.zip"), attachment(b"", "empty"), attachment(b"same", "1"), attachment(b"same", "2")
    )
    assert findings(ClamAV(servers=(fake.name,)), raw) == []
    assert sorted(fake.contents) == sorted([raw, archive, b"member", b"same"])


@pytest.mark.parametrize("how", [{}, {"pass_descriptors": False}, {"pass_descriptors": False, "chunk_bytes": 7}])
def test_contents_arrive_as_they_are(fake: FakeClamd, how: dict[str, int]) -> None:
    """Passed or streamed, in one chunk or in many, small or larger than any buffer."""
    sizes = (1, 6, 7, 8, 70_000) if how.get("chunk_bytes") else (1, 7, 65_535, 65_536, 65_537, 3_000_000)
    parts = [attachment(os.urandom(size), str(size)) for size in sizes]
    report = examine(Filter(ClamAV(servers=(fake.name,), scan="leaves+raw", **how)), message(*parts))
    assert not report.findings
    assert {blob.data for blob in report.message.blobs} == set(fake.contents)


def test_a_finding_names_every_part_that_carries_the_content(fake: FakeClamd) -> None:
    """The message too: it is a content like any other."""
    raw = message(part(b"text"), attachment(zip_of({"x.com": eicar()}), "a.zip"), attachment(eicar(), "e.com"))
    found = findings(ClamAV(servers=(fake.name,)), raw)
    assert [str(one) for one in found] == ["malware Eicar-Test-Signature"] * 2
    assert [str(one.part) for one in found] == ["1.3", '1.2 > "a.zip" > "x.com"']


def test_the_order_of_findings_is_that_of_the_message(fake: FakeClamd) -> None:
    """Whatever the order of the answers is: threads of clamd scan side by side."""
    held: list[bytes] = []

    def last_first(number: int, place: str, content: bytes) -> bytes:
        held.insert(0, b"%d: %s: Found.%s FOUND\0" % (number, place.encode(), content[:1]))
        return b"".join(held) if len(held) == 4 else b""

    fake.answer = last_first
    raw = message(*(attachment(letter, "x") for letter in (b"a", b"b", b"c")))
    assert [one.name[-1] for one in findings(ClamAV(servers=(fake.name,)), raw)] == ["F", "a", "b", "c"]


def test_what_is_too_large_for_clamd_is_unscannable(fake: FakeClamd) -> None:
    """It would say OK; what is below the bound is scanned all the same."""
    raw = message(attachment(eicar() + bytes(3_000), "large"), attachment(eicar(), "e.com"))
    found = findings(ClamAV(servers=(fake.name,), max_file_bytes=2_000, scan="leaves+raw"), raw)
    assert [(one.kind, one.name, str(one.part)) for one in found] == [
        (Kind.NOTE, "sent-in-parts", "message"),
        (Kind.UNSCANNABLE, "over-limit", "1.1"),
        (Kind.MALWARE, "Eicar-Test-Signature", "1.2"),
    ]
    assert fake.contents == [eicar()]


def test_a_large_message_of_small_parts_is_scanned(fake: FakeClamd) -> None:
    """A reader shows nothing of it but its parts."""
    raw = message(*(attachment(bytes([letter]) * 1_500, "x") for letter in range(9)))
    found = findings(ClamAV(servers=(fake.name,), max_file_bytes=2_000), raw)
    assert [(one.kind, str(one.part)) for one in found] == [(Kind.NOTE, "message")]
    assert len(fake.contents) == 9


def test_a_large_message_is_unscannable_where_it_is_sent_alone(fake: FakeClamd) -> None:
    """Nothing of it was looked at."""
    raw = message(*(attachment(bytes([letter]) * 1_500, "x") for letter in range(9)))
    found = findings(ClamAV(servers=(fake.name,), max_file_bytes=2_000, scan="raw"), raw)
    assert ("over-limit", "message") in {(one.name, str(one.part)) for one in found if one.kind is Kind.UNSCANNABLE}
    assert fake.contents == []


def test_a_large_archive_is_unscannable_though_its_members_are_scanned(fake: FakeClamd) -> None:
    """Before and between its members there is room for what no unpacker shows."""
    archive = zip_of({f"{index}": os.urandom(1_500) for index in range(3)})
    plugin = ClamAV(servers=(fake.name,), max_file_bytes=2_000, scan="leaves+raw")
    found = findings(plugin, message(attachment(archive, "a.zip")))
    assert [(one.kind, str(one.part)) for one in found] == [(Kind.NOTE, "message"), (Kind.UNSCANNABLE, "1.1")]
    assert len(fake.contents) == 3


@pytest.fixture
def flying(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Note the sizes of the contents that are under way, each time that an answer is waited for."""
    noted: list[list[int]] = []
    plain = session.Session._exchange

    def exchange(self: session.Session, deadline: float) -> None:
        noted.append([blob.size for blob in self._waiting.values() if blob is not None])
        plain(self, deadline)

    monkeypatch.setattr(session.Session, "_exchange", exchange)
    return noted


def test_many_contents_go_through_one_connection(fake: FakeClamd, flying: list[list[int]]) -> None:
    """However many; no more than a few are under way at once."""
    raw = message(*(attachment(b"%d" % index, "x") for index in range(200)), attachment(eicar(), "e.com"))
    assert [str(one.part) for one in findings(ClamAV(servers=(fake.name,)), raw)] == ["1.201"]
    assert (fake.connections, len(fake.contents)) == (1, 202)
    assert session.IN_FLIGHT - 2 < max(map(len, flying)) <= session.IN_FLIGHT


def test_no_more_is_under_way_than_memory_should_hold(
    fake: FakeClamd, flying: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is passed lies in memory until it is answered; one larger than the bound still goes."""
    monkeypatch.setattr(session, "BYTES_IN_FLIGHT", 5_000)
    raw = message(*(attachment(os.urandom(size), "x") for size in (9_000, 2_000, 2_000, 2_000)))
    assert findings(ClamAV(servers=(fake.name,)), raw) == []
    assert len(fake.contents) == 5
    assert all(len(sizes) == 1 or sum(sizes) <= 5_000 for sizes in flying if sizes)


def test_a_session_serves_many_messages(fake: FakeClamd) -> None:
    """Its version is asked once."""
    plugin = ClamAV(servers=(fake.name,))
    plugin.start()
    for _ in range(3):
        assert findings(plugin, RAW) == []
    assert (fake.connections, fake.versions) == (1, 1)


def test_a_kept_session_asks_for_the_version_again_after_a_while(
    fake: FakeClamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signatures may have been loaded."""
    plugin = ClamAV(servers=(fake.name,))
    plugin.start()
    assert plugin.about().signatures == "27819"
    fake.version = b"ClamAV 1.4.6/27820/Fri Nov 20 08:00:00 2026"
    monkeypatch.setattr(session, "VERSION_SECONDS", 0.0)
    assert findings(plugin, RAW) == []
    assert plugin.about().signatures == "27820"


def test_a_session_that_the_server_closed_meanwhile_is_opened_anew(fake: FakeClamd) -> None:
    """As clamd does after two minutes, with a line that nobody asked for."""
    connections: list[socket.socket] = []
    fake.on_connect = connections.append
    plugin = ClamAV(servers=(fake.name,))
    assert findings(plugin, RAW) == []
    connections[0].sendall(b"COMMAND READ TIMED OUT\n")
    connections[0].shutdown(socket.SHUT_RDWR)
    assert findings(plugin, RAW) == []
    assert fake.connections == 2


def test_a_session_that_ends_when_it_is_used_is_opened_anew_once(fake: FakeClamd) -> None:
    """The server may go just then; a second time is a failure."""
    plugin = ClamAV(servers=(fake.name,))
    assert findings(plugin, RAW) == []
    deaths = iter([None, None])

    def dies_once(number: int, place: str, content: bytes) -> bytes | None:
        if fake.connections == 1:
            return next(deaths)
        return fake.usual(number, place, content)

    fake.answer = dies_once
    assert findings(plugin, RAW) == []
    assert fake.connections == 2
    fake.answer = lambda *_: None
    assert [one.kind for one in findings(plugin, RAW)] == [Kind.FAILURE]
    assert fake.connections == 3


def test_a_forked_process_opens_a_session_of_its_own(fake: FakeClamd) -> None:
    """Two that speak through one connection would get each other's answers."""
    plugin = ClamAV(servers=(fake.name,))
    plugin.start()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = len(findings(plugin, RAW))
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert fake.connections == 2
    assert findings(plugin, RAW) == []
    assert fake.connections == 2


def test_the_plugin_tells_who_scans(fake: FakeClamd) -> None:
    """For the header line and the report."""
    plugin = ClamAV(servers=(fake.name,))
    plugin.start()
    about = plugin.about()
    made = time.mktime((2026, 11, 19, 18, 27, 13, 0, 0, -1))
    assert (about.name, about.version, about.signatures, about.engine) == ("clamav", "1.4.6", "27819", True)
    assert about.age == pytest.approx(max(0.0, time.time() - made), abs=60)


def test_a_server_that_is_slow_to_tell_its_version_holds_nothing_up(
    fake: FakeClamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is taken with those to the first message."""
    monkeypatch.setattr("qsfilter_clamav.ABOUT_SECONDS", 0.05)
    slow = iter([True])
    plain = fake._answer

    def answer(number: int, command: bytes, reader: _Reader) -> bytes | None:
        if command == b"VERSION" and next(slow, False):
            time.sleep(0.3)
        return plain(number, command, reader)

    monkeypatch.setattr(fake, "_answer", answer)
    plugin = ClamAV(servers=(fake.name,))
    plugin.start()
    assert plugin.about().version == ""
    assert findings(plugin, RAW) == []
    assert plugin.about().version == "1.4.6"
    assert (fake.connections, fake.versions) == (1, 1)


def test_a_clean_message_needs_no_import_of_clamd(fake: FakeClamd) -> None:
    """It costs 3 ms, which a process for each message would pay each time."""
    code = (
        "import sys; before = set(sys.modules)\n"
        "from qsfilter import Filter, Envelope; from qsfilter_clamav import ClamAV\n"
        f"chosen = Filter(ClamAV(servers=({fake.name!r},))); chosen.start()\n"
        f"report = chosen.examine({RAW!r}, Envelope(sender=b'', recipients=()))\n"
        "print(len(report.findings), *sorted({'clamd', 'socket', 'ssl', 'asyncio'} & (set(sys.modules) - before)))"
    )
    told = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["0"]


def test_check_says_that_no_server_answers(tmp_path: Path) -> None:
    """Which is grave; where one of them does, the others are a warning."""
    (problem,) = ClamAV(servers=(f"unix:{tmp_path}/none.sock",), seconds=5).check()
    assert problem.fatal
    assert "none.sock" in problem.text
    assert "LocalSocket" in problem.mend


def test_check_helps_with_permissions() -> None:
    """The usual reason on a new machine."""
    from qsfilter_clamav.probes import _silent

    assert "LocalSocketMode" in _silent(parse("unix:/run/clamd.ctl"), "unix:/run/clamd.ctl: Permission denied").mend
    assert "TCPSocket" in _silent(parse("tcp:127.0.0.1:3310"), "Connection refused").mend


def test_check_finds_what_an_unsafe_server_calls_clean(fake: FakeClamd, fake_tcp: FakeClamd) -> None:
    """A server that says OK to everything, beside one that is not there."""
    fake.answer = lambda number, place, _content: b"%d: %s: OK\0" % (number, place.encode())
    fake_tcp.on_connect = lambda connection: connection.shutdown(socket.SHUT_RDWR)
    fake.version = b"ClamAV 1.4.6"
    found = list(ClamAV(servers=(fake.name, fake_tcp.name), seconds=5).check())
    assert [problem.fatal for problem in found] == [False, False, True, False]
    for problem, word in zip(found, ("freshclam", "AlertEncrypted", "AlertExceedsMax", "start"), strict=True):
        assert word in problem.mend


def test_check_finds_nothing_wrong_with_a_good_server(fake: FakeClamd) -> None:
    """One that flags both probes and has new signatures."""
    fake.version = time.strftime("ClamAV 1.4.6/27819/%a %b %d %H:%M:%S %Y").encode()

    def good(number: int, place: str, content: bytes) -> bytes:
        name = {b"\x1f\x8b": "Heuristics.Limits.Exceeded.MaxRecursion", b"PK": "Heuristics.Encrypted.Zip"}.get(
            content[:2]
        )
        return f"{number}: {place}: {f'{name} FOUND' if name else 'OK'}\0".encode()

    fake.answer = good
    how = {"chunk": 1 << 20, "descriptors": True, "max_age_days": 7.0, "seconds": 5.0}
    assert list(problems([parse(fake.name)], max_file_bytes=1_000_000, **how)) == []
