"""One message with three recipients has three outcomes, by the real wrapper: kept first, queued last and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsfilter import Envelope
from qsfilter.testing import attachment, message, part

if TYPE_CHECKING:
    from tests.process.conftest import Site

RAW = message(part(b"Hello\n"), attachment(b"MZ\x90\0", "setup.exe"))
TO = Envelope(
    sender=b"alice@example.org", recipients=(b"anna@dev.example.com", b"bert@example.com", b"cora@example.net")
)
RULES = """
[plugins.attachments]
[[policy]]
match = { name = "extension .exe", recipient = "@dev.example.com" }
action = "accept"
[[policy]]
match = { name = "extension .exe", recipient = "@example.net" }
action = "discard"
[[policy]]
match = { kind = "policy" }
action = "quarantine"
"""


def test_three_recipients_have_three_outcomes(site: Site) -> None:
    site.configure(RULES)
    answer = site.call(RAW, TO)
    assert answer.code == 0, answer
    raw, envelope = site.queued()
    assert raw.endswith(RAW)
    assert envelope == b"Falice@example.org\0Tanna@dev.example.com\0\0"
    assert [kept.read_bytes() for kept in site.kept] == [RAW]
    assert "handed=1 kept=1" in answer.log


def test_a_retry_of_it_has_the_same_outcome(site: Site) -> None:
    """The kept copy is replaced, so there is one."""
    site.configure(RULES)
    assert [site.call(RAW, TO).code for _ in range(2)] == [0, 0]
    assert len(site.kept) == 1


def test_one_who_waits_makes_all_wait(site: Site) -> None:
    """A queue has one answer for all, so nothing is kept and nothing is queued."""
    site.configure(RULES.replace('action = "discard"', 'action = "defer"'))
    answer = site.call(RAW, TO)
    assert answer.text.startswith("Z")
    assert site.untouched


def test_an_allow_entry_lets_a_file_through_and_no_virus(site: Site) -> None:
    allow = '[[allow]]\nsilence = "policy extension *"\nsender = "@example.org"\ncomment = "a supplier"\n'
    site.configure("[plugins.attachments]\n[plugins.yara]\n" + allow)
    assert site.call(RAW, TO).code == 0
    assert site.queued()[1].count(b"\0T") == 3
    answer = site.call(site.infected, TO)
    assert "action=quarantine" in answer.log
