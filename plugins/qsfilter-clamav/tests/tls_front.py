"""A TLS terminator in front of a server, as stunnel is one, and the certificates for it; made with `openssl`.

Guarantee: loopback only; every thread ends with the front.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

from qsfilter.testing.threaded_server import ThreadedServer

SECONDS = 20.0


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


class TlsFront(ThreadedServer):
    """Takes TLS connections on a port of 127.0.0.1 and passes what is in them to and from another port."""

    def __init__(
        self, port: int, certificate: str, *, clients_by: str = "", newest: ssl.TLSVersion | None = None
    ) -> None:
        """Pass to PORT; show CERTIFICATE; ask for clients' certificates signed by the authority in CLIENTS_BY."""
        super().__init__()
        self.handshakes = 0
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

    def serve(self, connection: socket.socket) -> None:
        """Shake hands, and pass on until one side ends."""
        connection.settimeout(SECONDS)
        with (
            self._context.wrap_socket(connection, server_side=True) as secure,
            socket.create_connection(("127.0.0.1", self._to)) as plain,
        ):
            self.handshakes += 1
            while ready := [secure] if secure.pending() else self.readable(secure, plain):
                for one in ready:
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    (plain if one is secure else secure).sendall(data)
