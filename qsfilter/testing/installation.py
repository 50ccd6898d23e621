"""The messages that test an installation: the four of test_installation.sh, and EICAR in a zip in a zip.

They are written after the description of that script: same idea, same names and sizes, texts of our own.
"""

from __future__ import annotations

from dataclasses import dataclass

from qsfilter.testing.messages import attachment, eicar, message, part, zip_of

BOUNDARY = "gKMricLos+KVdGMg"
LEGACY_RULE = "eicar.com\tSIZE=69\tEICAR Test Virus\n"
"""The line of quarantine-events.txt that the second message is there for."""


@dataclass(frozen=True, slots=True)
class TestMessage:
    """One message and what must become of it."""

    __test__ = False  # pytest would take it for a test class

    name: str
    raw: bytes
    delivered: bool
    needs: str
    """What a site must have for that to happen."""


def installation_messages() -> tuple[TestMessage, ...]:
    """Return the messages in their order."""
    text = b"This message tests the mail filter of this server; nobody needs to answer it.\n"
    named = part(
        b"0" * 68 + b"\n",
        'text/plain; name="Eicar.com"',
        fields={"Content-Disposition": 'attachment; filename="Eicar.com"'},
    )
    sneaky = part(eicar() + b"\n", "text/plain", fields={"Content-Disposition": 'attachment; filename="sneaky.txt"'})
    nested = zip_of({"inner.zip": zip_of({"x.txt": eicar()})})
    return (
        TestMessage("1/4 inoffensive", message(text, subject="Test (1/4): inoffensive message"), True, ""),
        TestMessage(
            "2/4 forbidden name",
            message(part(text), named, subject="Test (2/4): forbidden attachment name", boundary=BOUNDARY),
            False,
            "a rule on attachment names: the plugin attachments",
        ),
        TestMessage(
            "3/4 EICAR",
            message(part(text), sneaky, subject="Test (3/4): EICAR under a harmless name", boundary=BOUNDARY),
            False,
            "an engine: clamav, or yara with its EICAR rule",
        ),
        TestMessage("4/4 spam", _spam(), True, ""),
        TestMessage(
            "EICAR in zip in zip",
            message(
                part(text), attachment(nested, "outer.zip", "application/zip"), subject="Test: EICAR in a zip in a zip"
            ),
            False,
            "an engine: clamav, or yara with its EICAR rule",
        ),
    )


def _spam() -> bytes:
    """Write a message as spam was in 2003: forged trace, capital DATE, short Message-ID; delivered, tagged at most."""
    lines = (
        "Received: from unknown (HELO mail.example.net) (192.0.2.77) by 198.51.100.3; 3 Mar 2003 04:05:06 -0000",
        "Received: from [203.0.113.9] by mail.example.net; Mon, 03 Mar 2003 04:04:01 +0100",
        "From: <offers@example.net>",
        "To: undisclosed-recipients",
        "Subject: Test (4/4): a gift for FREE!!!",
        "DATE: Mon,  3 Mar 2003 4:5:6 PM",
        "Message-ID: <9PS291LhupY>",
        "",
        "CLICK HERE to get it at NO COST. This is a one time mailing. To be removed, reply with REMOVE.",
        "",
    )
    return "\n".join(lines).encode()
