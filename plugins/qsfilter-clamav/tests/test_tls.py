"""A clamd behind TLS: who it is has to be shown, and whoever fails to show it is no server."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Filter, Kind
from qsfilter.testing import attachment, eicar, examine, message
from qsfilter_clamav import ClamAV

from . import tls_front

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Finding
    from qsfilter.testing.clamd_server import ClamdServer

pytestmark = [
    pytest.mark.servers,
    pytest.mark.usefixtures("descriptors"),
    # A session that is kept ends with its plugin; where the collector finds its socket first, `ssl` warns.
    pytest.mark.filterwarnings("ignore:unclosed <ssl:ResourceWarning"),
]
BAD = message(attachment(eicar(), "e.com"), attachment(os.urandom(200_000), "x"))
LARGE = message(*(attachment(os.urandom(size), "x") for size in (1, 70_000, 3_000_000)), attachment(eicar(), "e.com"))


class Site:
    """An authority, another one, and certificates of both."""

    def __init__(self, folder: Path) -> None:
        self.ours = tls_front.Authority(folder / "ours")
        self.theirs = tls_front.Authority(folder / "theirs")
        self.server = self.ours.certificate("server", "DNS:clamd.example", "IP:127.0.0.1")
        self.elsewhere = self.ours.certificate("elsewhere", "DNS:other.example")
        self.nameless = self.ours.certificate("nameless")
        self.old = self.ours.certificate("old", "IP:127.0.0.1", days=-1)
        self.unknown = self.theirs.certificate("unknown", "IP:127.0.0.1")
        self.client = self.ours.certificate("client")
        self.stranger = self.theirs.certificate("stranger")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Make the certificates once."""
    return Site(tmp_path_factory.mktemp("site"))


def plugin(site: Site, front: Any, **how: Any) -> ClamAV:  # noqa: ANN401 - options
    server = {"address": f"tls:127.0.0.1:{front.port}", "ca_file": site.ours.file, **how}
    return ClamAV(servers=(server,), seconds=10)


def findings(chosen: ClamAV, raw: bytes = BAD) -> list[Finding]:
    return list(examine(Filter(chosen), raw).findings)


def kinds(chosen: ClamAV, raw: bytes = BAD) -> set[Kind]:
    return {found.kind for found in findings(chosen, raw)}


@pytest.mark.parametrize("newest", [None, ssl.TLSVersion.TLSv1_2])
def test_mail_is_scanned_through_tls(site: Site, clamd: ClamdServer, newest: ssl.TLSVersion | None) -> None:
    """Of every size, and in one session."""
    with tls_front.TlsFront(clamd.port, site.server, newest=newest) as front:
        chosen = plugin(site, front)
        chosen.start()
        assert chosen.about().version.startswith("1.")
        for raw in (BAD, LARGE, BAD):
            assert kinds(chosen, raw) == {Kind.MALWARE}
        assert list(chosen.check()) == []
        assert front.handshakes == 2  # that of `check` among them


def test_another_name_may_be_expected(site: Site, clamd: ClamdServer) -> None:
    """Where the certificate does not name the address."""
    with tls_front.TlsFront(clamd.port, site.elsewhere) as front:
        assert kinds(plugin(site, front, server_name="other.example")) == {Kind.MALWARE}


def test_a_certificate_of_ours_is_shown_where_it_is_asked_for(site: Site, clamd: ClamdServer) -> None:
    """In one file with its key, or in two."""
    with tls_front.TlsFront(clamd.port, site.server, clients_by=site.ours.file) as front:
        assert kinds(plugin(site, front, certificate=site.client)) == {Kind.MALWARE}
        assert kinds(plugin(site, front, certificate=site.client, key=site.client)) == {Kind.MALWARE}


@pytest.mark.parametrize(
    ("certificate", "how", "said"),
    [
        ("elsewhere", {}, "IP address mismatch"),
        ("server", {"server_name": "other.example"}, "Hostname mismatch"),
        ("nameless", {}, "mismatch"),
        ("old", {}, "expired"),
        ("unknown", {}, "unable to get local issuer"),
        ("server", {"ca_file": ""}, "unable to get local issuer"),
        ("server", {"ca_file": "/nonexistent/ca.pem"}, "No such file"),
        ("server", {"certificate": "/nonexistent/own.pem"}, "No such file"),
    ],
)
def test_who_does_not_show_who_it_is_scans_nothing(
    site: Site, clamd: ClamdServer, certificate: str, how: dict[str, str], said: str
) -> None:
    """Nothing is sent, and nothing is clean."""
    with tls_front.TlsFront(clamd.port, getattr(site, certificate)) as front:
        chosen = plugin(site, front, **how)
        (found,) = findings(chosen)
        (problem,) = chosen.check()
    assert (found.kind, found.name) == (Kind.FAILURE, "not-scanned")
    assert said in found.detail
    assert problem.fatal
    assert "ca_file" in problem.mend


@pytest.mark.parametrize("shown", ["", "stranger"])
@pytest.mark.parametrize("newest", [None, ssl.TLSVersion.TLSv1_2])
def test_a_server_that_wants_another_certificate_of_ours_scans_nothing(
    site: Site, clamd: ClamdServer, shown: str, newest: ssl.TLSVersion | None
) -> None:
    """In TLS 1.3 it says so after the handshake."""
    how = {"certificate": getattr(site, shown)} if shown else {}
    with tls_front.TlsFront(clamd.port, site.server, clients_by=site.ours.file, newest=newest) as front:
        assert kinds(plugin(site, front, **how)) == {Kind.FAILURE}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_tls_is_refused(site: Site, clamd: ClamdServer) -> None:
    """1.1 and before."""
    with tls_front.TlsFront(clamd.port, site.server, newest=ssl.TLSVersion.TLSv1_1) as front:
        assert kinds(plugin(site, front)) == {Kind.FAILURE}


def test_a_server_without_tls_is_refused(site: Site, clamd: ClamdServer) -> None:
    """What it would be sent, everybody could read."""

    class Plain:
        port = clamd.port

    assert kinds(plugin(site, Plain())) == {Kind.FAILURE}


@pytest.mark.parametrize("when", ["before the handshake", "in it"])
def test_a_silent_server_costs_no_more_than_the_time_given(site: Site, when: str) -> None:
    """It takes the connection and says nothing, or half of what it should."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[socket.socket] = []

        def accept() -> None:
            connection, _ = listener.accept()
            kept.append(connection)
            if when == "in it":
                connection.sendall(b"\x16\x03\x03\x00\x7a")

        thread = threading.Thread(target=accept)
        thread.start()
        server = {"address": f"tls:127.0.0.1:{listener.getsockname()[1]}", "ca_file": site.ours.file}
        started = time.monotonic()
        (found,) = findings(ClamAV(servers=(server,), seconds=0.5))
        spent = time.monotonic() - started
        thread.join()
        for connection in kept:
            connection.close()
    assert found.kind is Kind.FAILURE
    assert "no TLS handshake in time" in found.detail
    assert 0.3 < spent < 10


def test_a_failing_tls_server_leaves_the_mail_to_the_next(site: Site, clamd: ClamdServer) -> None:
    """And the report says why."""
    with tls_front.TlsFront(clamd.port, site.old) as front:
        first = {"address": f"tls:127.0.0.1:{front.port}", "ca_file": site.ours.file}
        found = findings(ClamAV(servers=(first, f"unix:{clamd.socket}"), seconds=10))
    assert {one.kind for one in found} == {Kind.MALWARE, Kind.NOTE}
    assert "expired" in next(one.detail for one in found if one.kind is Kind.NOTE)


def test_a_front_that_goes_away_in_the_middle_is_a_failure(site: Site, clamd: ClamdServer) -> None:
    """With what is being sent."""
    with tls_front.TlsFront(clamd.port, site.server) as front:
        chosen = plugin(site, front)
        chosen.start()
    assert kinds(chosen, LARGE) == {Kind.FAILURE}
