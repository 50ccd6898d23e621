"""What single messages don't show: peak memory, one attachment to many, and a worker's memory over time."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from throughput import contenders, messages, processes
from throughput.rounds import send_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from throughput.contenders import Contender
    from throughput.installation import Site
    from throughput.senders import Senders

RECIPIENTS = 500
EVERY = 20
"""Of the raw messages of the circular, every so manieth is given to clamd alone."""
SAMPLE = 500
MIB = 1 << 20


class CountingClamd:
    """Stands between a client and clamd, and notes the size of each content that is passed as a descriptor."""

    def __init__(self, path: str, upstream: str) -> None:
        """Listen on the unix socket PATH for what goes to UPSTREAM."""
        self.path = path
        self.sizes: list[int] = []
        self._upstream = upstream
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening; connections end with their clients."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._upstream)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, files, _, _ = socket.recv_fds(source, MIB, 64)
                if not data:
                    break
                self.sizes += [os.fstat(file).st_size for file in files]
                if files:
                    socket.send_fds(target, [data], files)
                else:
                    target.sendall(data)
                for file in files:
                    os.close(file)
            target.shutdown(socket.SHUT_WR)


def peaks(found: list[Contender]) -> Iterator[tuple[str, float]]:
    """Yield the most memory in MB that one process of each contender has had over a message of 10 MB."""
    large = messages.kinds()["bin-10m"](messages.token())
    for one in found:
        if one.daemon:
            one.send(large)
            yield f"{one.name} peak MB", processes.memory(one.daemon) / 1e6
        elif isinstance(one, contenders.Program):
            yield f"{one.name} peak MB", one.peak(large) / 1e6


def circular(site: Site, clamd: int, recipients: int, senders: Senders) -> Iterator[tuple[str, float]]:
    """Yield what the same attachment of 1 MB in as many messages as RECIPIENTS costs, sent by SENDERS at once."""
    build = messages.circular()
    raws = [build(messages.token()) for _ in range(recipients)]
    size = messages.CIRCULAR
    proxy = CountingClamd(os.path.join(site.scratch, "counting"), site.clamd.socket)
    try:
        with contenders.service(site, "circular", clamd_socket=proxy.path) as service:
            sent = send_all(service, "circular", raws, clamd, senders=senders)
    finally:
        proxy.close()
    alone = send_all(contenders.ClamdAlone(site.clamd.socket), "circular", raws[::EVERY], clamd)
    yield "circular wrong", len(sent.wrong)
    yield "circular times", proxy.sizes.count(size)
    yield "circular ratio", (sent.own + sent.clamd) / (alone.own + alone.clamd)


def slope(site: Site, count: int) -> Iterator[tuple[str, float]]:
    """Yield by how many bytes a message a worker grows over COUNT messages, the first tenth left out."""
    real = messages.real()
    kinds = messages.kinds()
    small = [kinds[kind] for kind in ("text-1k", "html-10k", "tnef-50k", "eicar-zip-zip")]

    def raw(number: int) -> bytes:
        if real:
            return messages.with_own_token(real[number % len(real)])
        return small[number % len(small)](messages.token())

    points: list[tuple[int, int]] = []
    wrong = 0
    step = max(1, min(SAMPLE, count // 20))
    with contenders.service(site, "slope", workers=1, more="messages = 1000000\n") as service:
        service.send(raw(0))  # when this is answered, the worker is there
        worker = processes.tree(service.daemon)[1]
        with ThreadPoolExecutor(2) as pool:
            for done in range(0, count, step):
                answers = pool.map(service.send, [raw(done + number) for number in range(step)])
                wrong += sum(one.verdict not in {"passed", "caught"} for one in answers)
                if done + step > count // 10:
                    points.append((done + step, processes.memory(worker, "VmRSS", inner=False)))
        if worker not in processes.tree(service.daemon):
            raise RuntimeError("the worker was replaced, so its memory says nothing")
    yield "slope wrong", wrong
    yield "slope bytes", statistics.linear_regression(*zip(*points, strict=True)).slope


def guarded(name: str, scenario: Callable[[], Iterator[tuple[str, float]]]) -> dict[str, float]:
    """Return what SCENARIO yields; where it can't be run, say so under its NAME and go on."""
    try:
        return dict(scenario())
    except (OSError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{name}: not measured: {error}\n")
        return {}
