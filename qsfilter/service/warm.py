"""Has everything imported and compiled that ordinary mail needs, before the workers are forked.

Guarantee: parsers and unpackers alone are asked, and about bytes that are written here; whatever goes wrong, workers
import it themselves.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from base64 import encodebytes
from contextlib import suppress
from typing import TYPE_CHECKING

from qsfilter import pipeline
from qsfilter.examination import Examination
from qsfilter.model import Envelope
from qsfilter.worklist import open_message

if TYPE_CHECKING:
    from qsfilter.filter import Filter

NOBODY = Envelope(sender=b"", recipients=(b"postmaster",))


def warm(chosen: Filter) -> None:
    """Let CHOSEN open one message with the usual containers in it."""
    raw = _message()
    ctx = pipeline.context(chosen.limits, raw, NOBODY)
    with suppress(Exception):  # it saves time, and is no part of any message's life
        open_message(raw, Examination(chosen.setup.registry, ctx))


def _message() -> bytes:
    text = b"From: a\nTo: b\nSubject: c\n"
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a.txt"))
    contents = (text, zipped.getvalue(), packed.getvalue(), gzip.compress(text), b"%PDF-1.4\n", b"x" * 99)
    parts = b"".join(
        b"--b\nContent-Type: application/octet-stream; name=a\nContent-Transfer-Encoding: base64\n\n"
        + encodebytes(content)
        for content in contents
    )
    return text + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n"
