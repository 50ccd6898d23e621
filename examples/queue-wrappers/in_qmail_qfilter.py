#!/opt/qsfilter/bin/python -I
"""Be one filter in a chain of qmail-qfilter, behind those that change mail: what is checked is what is delivered.

`QMAILQUEUE` names a script of one command:

    exec qmail-qfilter /usr/local/bin/add-footer -- /etc/qsfilter/in_qmail_qfilter.py

qmail-qfilter gives the message on descriptor 0 and the envelope on 3, takes the message back on 1 and a new envelope on
4, and reads the exit code: 0 to go on, 99 to drop the message, any other is its own answer. To filter behind a whole
chain no program of this kind is needed: let `QQF_QMAILQUEUE` name the usual queue wrapper.

Exit code 0 stands for a message that was written to its end, 99 for one that is kept in quarantine, or discarded by a
rule. Whatever goes wrong is a temporary failure.
"""
# ruff: noqa: E402 - descriptor 1 comes before what is imported

import os
import signal
import sys

OUT = os.dup(1)
os.dup2(2, 1)  # a stray print of a plugin must not get into the message

from mmap import mmap

from qsfilter import Client, DeliveryError, Envelope, Filter, Head, Limits
from qsfilter_attachments import Attachments
from qsfilter_yara import Yara

ENVELOPE, NEW_ENVELOPE = 3, 4
FULL, UNREADABLE, LATER, DROP = 53, 54, 71, 99
LIMITS = Limits()


class NextFilter:
    """Gives the message, and the recipients who are to get it, to what stands behind us in the chain."""

    given = False

    def hand_over(self, raw: bytes | mmap, head: Head, envelope: Envelope) -> int:
        """Write both to their ends. Raises DeliveryError."""
        recipients = b"".join(b"T" + recipient + b"\0" for recipient in envelope.recipients)
        addresses = b"F" + envelope.sender + b"\0" + recipients + b"\0"
        try:
            for descriptor, data in ((OUT, head.lines), (OUT, raw[head.offset :]), (NEW_ENVELOPE, addresses)):
                with open(descriptor, "wb", closefd=False) as file:
                    file.write(data)
        except OSError as error:
            raise DeliveryError(f"can't write for the next filter: {error.strerror}", FULL) from error
        self.given = True
        return 0


def log(line: str, before: str = "qsfilter: ") -> None:
    """Say LINE to the log of the SMTP server."""
    sys.stderr.write(f"{before}{line}\n")


def answer() -> int:
    """Filter the message and return the exit code."""
    with open(0, "rb") as message, open(ENVELOPE, "rb") as file:
        raw, whole = message.read(LIMITS.message_bytes + 1), file.read(LIMITS.envelope_bytes + 1)
    if whole[:1] != b"F" or whole[-2:] != b"\0\0" or len(raw) > LIMITS.message_bytes:
        log("the message is too long, or its envelope is not whole")
        return UNREADABLE
    sender, *recipients = whole[1:-2].split(b"\0")
    envelope = Envelope(sender=sender, recipients=tuple(recipient[1:] for recipient in recipients))
    client = Client(ip=os.environ.get("TCPREMOTEIP", "127.0.0.1"), relay="RELAYCLIENT" in os.environ)
    behind = NextFilter()
    chosen = Filter(Yara(), Attachments(block=(".exe",)), rules="/etc/qsfilter/rules.py", transport=behind)
    chosen.start()
    report = chosen.run(raw, envelope, client)
    chosen.tell(report, log)
    if report.outcome is None:
        return LATER
    return report.outcome.exit or (0 if behind.given else DROP)


signal.alarm(int(LIMITS.seconds) + 10)  # who dies of it has not answered 0
code = LATER
try:
    code = answer()
except BaseException as error:  # noqa: BLE001 - SystemExit(None) of a plugin would mean "go on"
    log(f"exit={code} error={error!r}")
finally:
    os._exit(code)  # past the exit handlers of plugins, which could change the code
