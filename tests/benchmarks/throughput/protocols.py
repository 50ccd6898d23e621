"""Clients of the peers: rspamd's HTTP, amavis' AM.PDP, the milter protocol, and SMTP.

Guarantee: each sends the message as it is, waits for the verdict and tells it; their CPU is charged to nobody.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import struct
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from throughput.processes import Sent

if TYPE_CHECKING:
    import io

SECONDS = 60.0
SENDER, RECIPIENT = "alice@example.net", "bob@example.com"
CHUNK = 65535
"""Bytes of a body in one milter packet."""
LINES = 13
"""Lines of base64 that fit into 1,024 bytes."""
LEAVES_OUT = b"CHMRBLN"
"""Commands that a milter may decline at the start, in the order of their bits."""
FINAL = frozenset({b"a", b"c", b"d", b"r", b"t", b"y"})
"""Replies that end a message; others before them change it."""


@dataclass(frozen=True, slots=True)
class Rspamd:
    """Asks rspamd's normal worker on PORT."""

    name: str
    daemon: int
    port: int

    def send(self, message: bytes) -> Sent:
        """POST it to /checkv2."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        fields = {"From": SENDER, "Rcpt": RECIPIENT, "IP": "192.0.2.7", "Helo": "mx.example.net"}
        with contextlib.closing(connection):
            connection.request("POST", "/checkv2", message, fields)
            answer = connection.getresponse()
            text = answer.read()
        good = "caught" if b'"action":"reject"' in text else "passed"
        return Sent(good if answer.status == 200 else text.decode(errors="replace"), time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Amavis:
    """Asks amavisd on PORT; the copy of the message in FOLDER, which amavis may read, is not in the time."""

    name: str
    daemon: int
    port: int
    folder: str

    def send(self, message: bytes) -> Sent:
        """Ask by AM.PDP."""
        place = tempfile.mkdtemp(dir=self.folder)
        path = os.path.join(place, "email.txt")
        with open(path, "wb") as file:
            file.write(message)
        for one in (place, path):
            shutil.chown(one, "amavis", "amavis")
        request = (
            f"request=AM.PDP\nsender=<{SENDER}>\nrecipient=<{RECIPIENT}>\ntempdir={place}\ntempdir_removed_by=client\n"
            f"mail_file={path}\ndelivery_care_of=client\nclient_address=192.0.2.7\n\n"
        )
        began = time.perf_counter()
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as connection:
            connection.sendall(request.encode())
            while not answer.endswith((b"\n\n", b"\n\r\n")) and (piece := connection.recv(CHUNK)):
                answer += piece
        wall = time.perf_counter() - began
        shutil.rmtree(place)
        told = dict(line.partition("=")[::2] for line in answer.decode().splitlines())
        value = told.get("return_value", "no answer")
        return Sent({"continue": "passed", "accept": "passed", "reject": "caught"}.get(value, value), wall)


@dataclass(frozen=True, slots=True)
class Milter:
    """Is the mail server to a milter on the unix socket PATH."""

    name: str
    daemon: int
    path: str

    def send(self, message: bytes) -> Sent:
        """Go through one connection."""
        began = time.perf_counter()
        head, _, body = message.replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
        fields = [line.partition(b":") for line in head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n")]
        steps = [
            (b"C", b"mx.example.net\x004" + struct.pack(">H", 25) + b"192.0.2.7\0"),
            (b"H", b"mx.example.net\0"),
            (b"M", b"<%b>\0" % SENDER.encode()),
            (b"R", b"<%b>\0" % RECIPIENT.encode()),
            *((b"L", name + b"\0" + value.strip() + b"\0") for name, _, value in fields),
            (b"N", b""),
            *((b"B", body[at : at + CHUNK]) for at in range(0, len(body), CHUNK)),
            (b"E", b""),
        ]
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(SECONDS)
            connection.connect(self.path)
            stream = connection.makefile("rb")
            _put(connection, b"O", struct.pack(">III", 6, 0x1FF, (1 << len(LEAVES_OUT)) - 1))
            flags = struct.unpack(">III", _get(stream)[1][:12])[2]
            left_out = {LEAVES_OUT[bit : bit + 1] for bit in range(len(LEAVES_OUT)) if flags >> bit & 1}
            code = b"c"
            for command, data in steps:
                if command in left_out:
                    continue
                _put(connection, command, data)
                code, _ = _get(stream)
                while command == b"E" and code not in FINAL:
                    code, _ = _get(stream)
                if code != b"c":
                    break
            with contextlib.suppress(OSError):
                _put(connection, b"Q", b"")
        good = {b"a": "passed", b"c": "passed", b"r": "caught", b"y": "caught"}
        return Sent(good.get(code, f"milter answer {code!r}"), time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Smtp:
    """Sends through an SMTP proxy on PORT, one message a connection."""

    name: str
    daemon: int
    port: int

    def send(self, message: bytes) -> Sent:
        """Send it."""
        stuffed = re.sub(rb"(?m)^\.", b"..", message.replace(b"\n", b"\r\n"))
        lines = stuffed.splitlines(keepends=True)
        # FuGlu reads 1,024 bytes at a time and copies all that it holds until such a piece ends with a line: 10 MB in
        # one go take it 6 to 15 s. Pieces of whole lines spare it that.
        pieces = [b"".join(lines[at : at + LINES]) for at in range(0, len(lines), LINES)]
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer = connection.recv(CHUNK)
            for command in ("EHLO localhost", f"MAIL FROM:<{SENDER}>", f"RCPT TO:<{RECIPIENT}>", "DATA"):
                connection.sendall(command.encode() + b"\r\n")
                answer = connection.recv(CHUNK)
                if answer[:1] not in b"23":
                    return Sent(repr(answer), 0.0)
            for piece in pieces:
                connection.sendall(piece)
            connection.sendall(b".\r\n")
            answer = connection.recv(CHUNK)
        good = {b"2": "passed", b"5": "caught"}.get(answer[:1], repr(answer))
        return Sent(good, time.perf_counter() - began)


def _put(connection: socket.socket, command: bytes, data: bytes) -> None:
    connection.sendall(struct.pack(">I", 1 + len(data)) + command + data)


def _get(stream: io.BufferedReader) -> tuple[bytes, bytes]:
    """Return one reply and its data. Raises OSError where the milter has gone."""
    head = stream.read(5)
    if len(head) < 5:
        raise ConnectionError("the milter has closed the connection")
    return head[4:], stream.read(struct.unpack(">I", head[:4])[0] - 1)
