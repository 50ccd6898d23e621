"""How the tests are marked that kill or fail a process at each of its system calls: by mail, by worker, by moment."""

from __future__ import annotations

import pytest

from tests.reliability import masters, ways
from tests.reliability.mails import MAILS
from tests.reliability.ways import FULL

READING = 24
"""So many calls the wrapper makes at most before it has read message and envelope."""
MARKS = [
    pytest.mark.servers,
    pytest.mark.timeout(7200 if FULL else 600),
    *([pytest.mark.slow] if FULL else []),
    pytest.mark.usefixtures("strace_is_there"),
]
by_mail = pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
by_mail_or_one = pytest.mark.parametrize("mail", MAILS if FULL else MAILS[2:], ids=lambda mail: mail.name)
by_worker = pytest.mark.parametrize("worker", [ways.Worker, ways.Scanning], ids=lambda worker: worker.__name__.lower())
by_moment = pytest.mark.parametrize("moment", masters.MOMENTS)
