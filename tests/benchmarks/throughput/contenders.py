"""The contenders: delivery alone, clamd alone, the original's chain, the wrapper, and the service with its front.

Guarantee: all are given the same bytes, and each is asked what became of them; the client of clamd is this process,
whose CPU is charged to nobody.
"""

from __future__ import annotations

import email
import os
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from throughput import processes
from throughput.installation import HERE, WORKERS, configuration
from throughput.processes import ENVIRONMENT, Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from throughput.installation import Site

SECONDS = 60.0


class Contender(Protocol):
    """What takes messages."""

    @property
    def name(self) -> str:
        """How the tables call it."""

    @property
    def daemon(self) -> int:
        """The number of the process that is charged, with its descendants; 0 for none."""

    def send(self, message: bytes) -> Sent:
        """Let it have MESSAGE; called from several threads at once."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program in the place of qmail-queue, started for each message."""

    name: str
    command: tuple[str, ...]
    log: str
    environment: tuple[tuple[str, str], ...] = ()
    daemon: int = 0

    def send(self, message: bytes) -> Sent:
        """Run it."""
        return processes.send(self.command, message, self.log, ENVIRONMENT | dict(self.environment))

    def peak(self, message: bytes) -> int:
        """Return its most memory in bytes over MESSAGE."""
        return processes.peak_of(self.command, message, self.log, ENVIRONMENT | dict(self.environment))


@dataclass(frozen=True, slots=True)
class ClamdAlone:
    """The whole message passed to clamd as a descriptor."""

    socket: str
    name: str = "clamd"
    daemon: int = 0

    def send(self, message: bytes) -> Sent:
        """Ask clamd."""
        file = processes.file_of(message)
        began = time.perf_counter()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(self.socket)
            connection.sendall(b"zFILDES\0")
            socket.send_fds(connection, [b"\0"], [file])
            answer = connection.recv(4096)
        wall = time.perf_counter() - began
        os.close(file)
        good = "caught" if answer.endswith(b"FOUND\0") else repr(answer)
        return Sent("passed" if answer.endswith(b": OK\0") else good, wall)


@dataclass(frozen=True, slots=True)
class Email:
    """The standard library's parser: every part read and decoded in this process; nobody is asked about it."""

    name: str = "email"
    daemon: int = 0

    def send(self, message: bytes) -> Sent:
        """Parse and decode."""
        began, used = time.perf_counter(), time.thread_time()
        for part in email.message_from_bytes(message).walk():
            part.get_payload(decode=True)
        return Sent("passed", time.perf_counter() - began, time.thread_time() - used)


def delivery(site: Site) -> Program:
    """Return the delivery stub alone."""
    return Program("stub", site.stub, site.log("stub"))


def chain(site: Site) -> Program:
    """Return the processes that Qmail-Scanner starts."""
    folder = site.folder("chain")
    conf = os.path.join(site.clamd.directory, "clamd.conf")
    return Program("chain", ("/usr/bin/perl", str(HERE / "chain.pl"), folder, conf, *site.stub), site.log("chain"))


def wrapper(site: Site) -> Program:
    """Return qsfilter-queue, one Python process a message."""
    config = configuration(site, "wrapper", clamd_socket=site.clamd.socket)
    command = (f"{site.venv}/bin/qsfilter-queue",)
    return Program("wrapper", command, site.log("wrapper"), (("QSFILTER_CONFIG", config),))


@contextmanager
def service(
    site: Site, name: str = "service", *, clamd_socket: str = "", workers: int = WORKERS, more: str = ""
) -> Iterator[Program]:
    """Run `qsfilter serve` with WORKERS and yield its front; MORE goes into the table [service]."""
    path = os.path.join(site.folder(name), "socket")
    table = f'[service]\nsocket = "{path}"\nworkers = {workers}\ntrusted_callers = ["root"]\n{more}'
    config = configuration(site, name, clamd_socket=clamd_socket or site.clamd.socket, service=table)
    front = os.path.join(site.scratch, name, "front")
    qsfilter = f"{site.venv}/bin/qsfilter"
    subprocess.run([qsfilter, "build-front", "--config", config, "--to", front], check=True, stdout=subprocess.DEVNULL)
    log = os.path.join(site.folder("log"), f"{name}.service")
    with processes.daemon([qsfilter, "serve", "--config", config], log, lambda: answers(path)) as pid:
        yield Program(name, (front,), site.log(name), daemon=pid)


def answers(path: str) -> bool:
    """Whether somebody listens on the unix socket PATH."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(path) == 0


@contextmanager
def standard(site: Site, wanted: frozenset[str]) -> Iterator[list[Contender]]:
    """Put up those WANTED by their names, and yield them in the order of the table."""
    with ExitStack() as stack:
        found: list[Contender] = [delivery(site), ClamdAlone(site.clamd.socket), Email(), chain(site), wrapper(site)]
        if "service" in wanted:
            found.append(stack.enter_context(service(site)))
        yield [one for one in found if one.name in wanted]
