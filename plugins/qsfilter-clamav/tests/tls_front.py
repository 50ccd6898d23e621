"""A TLS terminator in front of a server, as stunnel is one, and the certificates for it; made with `openssl`.

Guarantee: loopback only; every thread ends with the front.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

SECONDS = 20.0
WAIT = 0.05


class Authority:
    """Signs certificates in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Make FOLDER, a key and a certificate."""
        folder.mkdir()
        self._folder = folder
        self.file = str(folder / "ca.pem")
        self._key = str(folder / "ca.key")
        self._openssl("req", "-x509", *_new_key(self._key), "-out", self.file, "-subj", "/CN=ca", "-days", "2")

    def certificate(self, label: str, *names: str, days: int = 1) -> str:
        """Return the file of a certificate, with its key, for NAMES (as `DNS:a.example`); -1 DAYS: an old one."""
        key, request, out = (str(self._folder / f"{label}.{ending}") for ending in ("key", "csr", "pem"))
        self._openssl("req", *_new_key(key), "-out", request, "-subj", f"/CN={label}")
        extension = self._folder / f"{label}.ext"
        extension.write_text(f"subjectAltName={','.join(names)}\n" if names else "")
        signed = ("-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-days", str(days))
        self._openssl("x509", "-req", "-in", request, *signed, "-extfile", str(extension), "-out", out)
        Path(out).write_bytes(Path(out).read_bytes() + Path(key).read_bytes())
        return out

    @staticmethod
    def _openssl(*arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"openssl {arguments[0]}: {done.stderr}; as root: apt-get install openssl")


def _new_key(file: str) -> tuple[str, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file)


class TlsFront:
    """Takes TLS connections on a port of 127.0.0.1 and passes what is in them to and from another port."""

    def __init__(
        self, port: int, certificate: str, *, clients_by: str = "", newest: ssl.TLSVersion | None = None
    ) -> None:
        """Pass to PORT; show CERTIFICATE; ask for clients' certificates signed by the authority in CLIENTS_BY."""
        self.connections = 0
        """Those with a handshake."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        if newest is not None:
            self._context.set_ciphers("ALL:@SECLEVEL=0")
            self._context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            self._context.maximum_version = newest
        if clients_by:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(clients_by)
        self._to = port
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        """End, with all connections."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(SECONDS)
        self._listener.close()

    def _run(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            if select.select([self._listener], [], [], WAIT)[0]:
                connection, _ = self._listener.accept()
                self._run(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            secure = stack.enter_context(self._context.wrap_socket(connection, server_side=True))
            self.connections += 1
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", self._to)))
            while not self._stopped.is_set():
                ready = [secure] if secure.pending() else select.select([secure, plain], [], [], WAIT)[0]
                for one in ready:
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    (plain if one is secure else secure).sendall(data)
