"""Commands on a terminal of 80 and fewer columns: what is long is folded, long work shows how far it is."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Client, Envelope, config
from qsfilter.cli.table import width
from qsfilter.outbox.spool import put
from qsfilter.testing import attachment, message, part
from qsfilter.testing.queue_stand_in import QueueStandIn

if TYPE_CHECKING:
    from collections.abc import Sequence

QSFILTER = str(Path(sys.executable).parent / "qsfilter")
CLEAN = {key: value for key, value in os.environ.items() if key not in {"QSFILTER_CONFIG", "NO_COLOR", "COLUMNS"}}
LONG = b"bounces+1234567-someone.with.a.name=customer.example.net@mailings.marketing.example.org"
SENDERS = (
    LONG,
    "\u5c71\u7530\u592a\u90ce@example.jp".encode(),
    b"\xff\x1b[31m@example.org",
    "\u202emoc@x".encode(),
    b"",
)
RECIPIENTS = tuple(b"somebody-%02d@example.com" % number for number in range(40))
CLEAR = b"\r\x1b[K"


def on_terminal(columns: int, *words: str | Path, term: str = "xterm") -> tuple[int, bytes]:
    """Run `qsfilter` on a terminal of so many COLUMNS; return its code and all that it has written there."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown = b""
    with subprocess.Popen(
        [QSFILTER, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env={**CLEAN, "TERM": term}
    ) as running:
        os.close(theirs)
        try:
            while piece := os.read(ours, 1 << 16):
                shown += piece
        except OSError:  # the terminal is gone with its last writer
            pass
    os.close(ours)
    return running.returncode, shown


def lines(shown: bytes) -> list[str]:
    return shown.rpartition(CLEAR)[2].decode().replace("\r\n", "\n").splitlines()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a configuration, keep a copy from each of SENDERS, and let a mail wait for each."""
    stand_in = QueueStandIn(str(tmp_path / "queue"))
    file = tmp_path / "qsfilter.toml"
    file.write_text(
        f'[deliver]\nqmail_queue = "{stand_in.program}"\n[quarantine]\npath = "{tmp_path}/spool/quarantine"\n'
        f'min_days = 0.0\nkeep_days = 0.0001\n[plugins.attachments]\n[plugins.archive]\npath = "{tmp_path}/archive"\n'
        '[actions]\npolicy = "quarantine"\n'
    )
    chosen = config.load(str(file))
    chosen.start()
    for number, sender in enumerate(SENDERS):
        name = "\u8acb\u6c42\u66f8" * 10 + f"\x1b\u202e{number}.exe"
        raw = message(part(b"x"), attachment(b"MZ", name), subject="a long subject " * 9)
        chosen.run(raw, Envelope(sender=sender, recipients=RECIPIENTS), Client(ip="192.0.2.7"))
        put(str(tmp_path / "spool" / "outbox"), f"mail.{number}", Envelope(sender=sender, recipients=RECIPIENTS), [raw])
    return file


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize(
    "words",
    [
        ("quarantine", "list"),
        ("outbox", "list"),
        ("archive", "find"),
        ("plugins",),
        ("check",),
        ("selftest", "--dry-run"),
    ],
    ids=" ".join,
)
def test_what_is_printed_fits_but_for_words_that_do_not(site: Path, words: tuple[str, ...], columns: int) -> None:
    """And says of many recipients how many more there are; nothing of it steers the terminal."""
    _, shown = on_terminal(columns, *words, "--config", site)
    told = lines(shown)
    assert told
    for line in told:
        assert line.isprintable()
        assert width(line) <= columns or len(line.split()) <= 2, line
    if words[-1] in {"list", "find"}:
        whole = " ".join(" ".join(told).split())
        assert whole.count(f"{RECIPIENTS[2].decode()} and 37 more") == len(SENDERS)
    if words[-1] == "find" or words[0] == "quarantine":
        assert LONG.decode() in shown.decode()


def test_a_terminal_that_is_dumb_is_as_wide_as_any_other(site: Path) -> None:
    assert lines(on_terminal(80, "quarantine", "list", "--config", site, term="dumb")[1]) == lines(
        on_terminal(80, "quarantine", "list", "--config", site)[1]
    )


def bars(shown: bytes) -> Sequence[bytes]:
    """Return the lines that said how far it was."""
    return [piece for piece in shown.split(CLEAR) if piece.startswith(b"[#")]


def aged(site: Path) -> None:
    """Let what is kept be two days old."""
    before = time.time() - 2 * 86400
    for file in (site.parent / "spool" / "quarantine").rglob("*"):
        if file.is_file():
            os.utime(file, (before, before))


def test_it_is_seen_how_far_expiring_is(site: Path) -> None:
    aged(site)
    code, shown = on_terminal(40, "quarantine", "expire", "--dry-run", "--config", site)
    assert code == 0
    assert bars(shown)[-1].startswith(b"[##############################] 5 of 5"[:39])
    assert all(len(bar) < 40 for bar in bars(shown))
    assert "5 copies would go (5 for their age" in " ".join(lines(shown))
    aged(site)
    assert bars(on_terminal(40, "quarantine", "expire", "--config", site, term="dumb")[1]) == []


def test_it_is_seen_how_far_sending_is(site: Path) -> None:
    code, shown = on_terminal(80, "outbox", "send", "--config", site)
    assert code == 0
    assert bars(shown)[-1].startswith(b"[##############################] 5 of 5")
    assert shown.count(b"qsfilter: outbox sent name=mail.") == 5
    for line in shown.replace(CLEAR, b"\n").replace(b"\r\n", b"\n").splitlines():
        assert line.startswith((b"[#", b"qsfilter: ", b"5 sent")) or not line
    assert lines(shown)[-1] == "5 sent, 0 put off, 0 given up"


def test_nothing_of_it_goes_to_files(site: Path) -> None:
    aged(site)
    for words in (("outbox", "send"), ("quarantine", "expire")):
        done = subprocess.run([QSFILTER, *words, "--config", site], check=True, capture_output=True, env=CLEAN)
        assert b"\r" not in done.stdout + done.stderr
        assert b"[#" not in done.stdout + done.stderr
