"""An encrypted zip, with its password in the text of the mail, which nobody tries."""

from __future__ import annotations

from qsfilter.testing.archives import ENCRYPTED, member, zip_file
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import attachment, message, part


def build(newline: bytes) -> bytes:
    """Return the message."""
    data = zip_file(member(b"a.txt", b"", data=noise(500), both={"flags": ENCRYPTED, "size": 700}))
    text = part(b"The password is hello", newline=newline)
    return message(text, attachment(data, "report.zip", newline=newline), newline=newline)
