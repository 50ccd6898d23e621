"""The wrapper keeps the contract of qmail-queue: what it reads, what it hands on, and the codes it ends with."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.errors import DeliveryError
from qsfilter.queue import spool
from qsfilter.testing.messages import attachment, message, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

    from tests.process.conftest import Site

LONGEST = 1002
"""Bytes of the longest address that qmail-queue takes."""

LENIENT = """
[actions]
ambiguous = "accept"
unscannable = "accept"
irregular = "accept"
"""

# --- what is read -----------------------------------------------------------------------------------------------------

WHOLE = {
    "two recipients": b"Falice@example.org\0Tbob@example.com\0Tcarol@example.com\0\0",
    "no recipient": b"Falice@example.org\0\0",
    "nothing but the sender's letter": b"F\0\0",
    "null sender": b"F\0Tbob@example.com\0\0",
    "empty recipient": b"Falice@example.org\0T\0\0",
    "duplicates": b"Falice@example.org\0Tbob@example.com\0Tbob@example.com\0Tbob@example.com\0\0",
    "order": b"Fa\0Tz\0Ta\0Tm\0\0",
    "8-bit": b"F\xe4\xff@example.org\0T" + bytes(range(128, 256)) + b"@example.com\0\0",
    "line feeds": b"Fa\nb\r\n@example.org\0T\n\0Tx\ny@example.com\0\0",
    "VERP": b"Flist-@example.org-@[]\0Tbob@example.com\0\0",
    "what a shell would take": b"F$(touch /tmp/x)\0T|cat;`id`\0T-f../../etc\0T%s%n\0\0",
    "longest sender": b"F" + b"s" * LONGEST + b"\0Tbob@example.com\0\0",
    "longest recipient": b"Falice@example.org\0T" + b"r" * LONGEST + b"\0\0",
    "10,000 recipients": b"Falice@example.org\0" + b"".join(b"Tr%d@example.com\0" % n for n in range(10_000)) + b"\0",
    "10,000 long ones": b"Falice@example.org\0" + (b"T" + b"r" * LONGEST + b"\0") * 10_000 + b"\0",
}


@pytest.mark.parametrize("envelope", WHOLE.values(), ids=WHOLE)
def test_an_envelope_is_handed_over_in_the_same_bytes(site: Site, envelope: bytes) -> None:
    answer = site.call(site.clean, envelope)
    assert answer.accepted, answer
    assert site.queued() == (site.clean, envelope)


def test_what_follows_the_last_nul_is_not_part_of_the_envelope(site: Site) -> None:
    answer = site.call(site.clean, site.envelope_sent + b"Tmallory@example.net\0\0trailing")
    assert answer.accepted, answer
    assert site.queued() == (site.clean, site.envelope_sent)


BROKEN = {
    "nothing": (b"", 54),
    "sender cut short": (b"Falice@exa", 54),
    "no recipients, no end": (b"Falice@example.org\0", 54),
    "recipient cut short": (b"Falice@example.org\0Tbob@exa", 54),
    "last NUL missing": (b"Falice@example.org\0Tbob@example.com\0", 54),
    "last NUL missing after 1,000": (b"Fa\0" + b"Tb\0" * 1000, 54),
    "does not begin with F": (b"Talice@example.org\0Tbob@example.com\0\0", 91),
    "begins with NUL": (b"\0\0", 91),
    "a record without T": (b"Falice@example.org\0Tbob@example.com\0carol@example.com\0\0", 91),
    "a second sender": (b"Falice@example.org\0Fbob@example.com\0\0", 91),
    "wrong letter, cut short": (b"X", 91),
    "long sender": (b"F" + b"s" * (LONGEST + 1) + b"\0Tbob@example.com\0\0", 11),
    "long recipient": (b"Falice@example.org\0T" + b"r" * (LONGEST + 1) + b"\0\0", 11),
    "long recipient, cut short": (b"Falice@example.org\0T" + b"r" * 5000, 11),
}


@pytest.mark.parametrize(("envelope", "code"), BROKEN.values(), ids=BROKEN)
def test_an_envelope_that_is_not_whole_queues_nothing(site: Site, envelope: bytes, code: int) -> None:
    answer = site.call(site.infected, envelope)
    assert answer.code == code
    assert site.untouched
    assert one_line(answer.log)


def test_the_envelope_is_left_alone_until_the_message_has_ended(site: Site) -> None:
    with waiting(site) as (process, message_in, envelope_in):
        envelope_in.write(site.envelope_sent)
        envelope_in.close()
        message_in.write(site.clean)
        wait_until_read(message_in)
        time.sleep(0.1)
        assert process.poll() is None
        assert site.untouched
        message_in.close()
        assert process.wait(20) == 0
    assert site.queued() == (site.clean, site.envelope_sent)


def test_the_message_is_read_first_however_long_it_is(site: Site) -> None:
    with waiting(site) as (process, message_in, envelope_in):
        envelope_in.write(site.envelope_sent)
        message_in.write(site.clean + b"x" * 100_000)  # more than a pipe holds
        wait_until_read(message_in)
        assert unread(envelope_in) == len(site.envelope_sent)
        message_in.close()
        assert process.wait(20) == 0


def test_a_slow_sender_is_waited_for(site: Site) -> None:
    with waiting(site) as (process, message_in, envelope_in):
        for pipe, data in ((message_in, site.clean), (envelope_in, site.envelope_sent)):
            step = len(data) // 5 + 1
            for start in range(0, len(data), step):
                pipe.write(data[start : start + step])
                time.sleep(0.05)
            pipe.close()
        assert process.wait(20) == 0
    assert site.queued() == (site.clean, site.envelope_sent)


def test_a_sender_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IDLE_SECONDS", 0.05)
    out, into = os.pipe()
    try:
        os.write(into, b"x")
        source = spool.Source(out)
        assert source.read(10) == b"x"
        with pytest.raises(spool.TooSlow) as caught:
            source.read(10)
    finally:
        os.close(out)
        os.close(into)
    assert caught.value.exit == 52


def test_a_sender_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "WHOLE_SECONDS", 0.2)
    with open("/dev/zero", "rb") as endless:
        source = spool.Source(endless.fileno())
        with pytest.raises(spool.TooSlow) as caught:
            all(source.read(1) for _ in range(10_000_000))
    assert caught.value.exit == 52


def test_a_descriptor_that_cant_be_read_is_a_read_error() -> None:
    descriptor = os.open("/", os.O_RDONLY)
    try:
        with pytest.raises(DeliveryError) as caught:
            spool.Source(descriptor).read(10)
    finally:
        os.close(descriptor)
    assert caught.value.exit == 54


# --- what is handed on ------------------------------------------------------------------------------------------------

HEADER = b"From: Alice <alice@example.org>\nSubject: bytes\n"
MESSAGES = {
    "nothing at all": b"",
    "one byte": b"x",
    "one line end": b"\n",
    "header alone": HEADER,
    "header and empty line": HEADER + b"\n",
    "body without a line end": HEADER + b"\nend",
    "CRLF": message(b"line\r\nline\r\n", newline=b"\r\n"),
    "mixed line ends": HEADER + b"\r\na\rb\nc\r\r\nd\n\r",
    "every byte": HEADER + b"\n" + bytes(range(256)) * 3,
    "every byte in the header": HEADER + bytes(range(256)) + b"\n\nbody\n",
    "NULs": b"\0" * 5000,
    "mbox line": b"From alice Sun Nov 22 12:00:00 2026\n" + HEADER + b"\nFrom here\n>From there\n.\n..\n",
    "a line of 1 MB": HEADER + b"\n" + b"x" * (1 << 20) + b"\n",
    "a header line of 300 kB": b"Subject: " + b"y" * 300_000 + b"\n\nbody\n",
    "no header": b"\n\n\nbody\n",
    "no field": b"this is no header\nnor this\n",
    "broken MIME": HEADER + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n--b\nContent-\n\n--b-',
    "4,000 parts": message(*[part(b"a\n")] * 4000),
    "attachment": message(part(b"text\n"), attachment(bytes(range(256)) * 40, "all.bin")),
}


@pytest.mark.parametrize("raw", MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_handed_over_in_the_same_bytes_below_our_lines(site: Site, raw: bytes) -> None:
    site.configure(LENIENT)
    answer = site.call(raw)
    assert answer.accepted, answer
    assert site.queued() == (raw, site.envelope_sent)


def test_our_lines_end_as_the_message_does(site: Site) -> None:
    for raw, end in ((message(b"a\n"), b"\n"), (message(b"a\r\n", newline=b"\r\n"), b"\r\n")):
        assert site.call(raw).accepted
        (delivered,) = (taken.message for taken in site.queue.queued if taken.message.endswith(raw))
        lines = delivered.removesuffix(raw).splitlines(keepends=True)
        assert all(line.removesuffix(end)[-1:] not in b"\r\n" for line in lines)
        assert {line[-len(end) :] for line in lines} == {end}


def test_a_senders_copy_of_our_field_is_renamed_and_nothing_else_changes(site: Site) -> None:
    raw = b"Subject: x\nX-QSFilter: clean;\n by me\nx-qsfilter : again\nTo: y\n\nX-QSFilter: body\n"
    site.configure(LENIENT)
    assert site.call(raw).accepted
    renamed = raw.replace(b"X-QSFilter: clean", b"X-QSFilter-Inbound: clean")
    assert site.queued()[0] == renamed.replace(b"x-qsfilter :", b"X-QSFilter-Inbound :")


def test_a_big_message_lies_on_disk_without_a_name(site: Site) -> None:
    """20 MB, of which more than 8 are out of memory; nothing is left, however the wrapper ends."""
    big = site.clean + b"0123456789abcdef" * (20_000_000 // 16)
    temporary = site.folder / "temporary"
    temporary.mkdir()
    environment = site.environment(TMPDIR=str(temporary))
    answer = site.call(big, environment=environment)
    assert answer.accepted, answer
    assert site.queued() == (big, site.envelope_sent)
    assert not list(temporary.iterdir())
    with waiting(site, TMPDIR=str(temporary)) as (process, message_in, _):
        message_in.write(big[: 10 << 20])
        wait_until_read(message_in)
        places = [os.readlink(place) for place in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert [place for place in places if place.startswith(f"{temporary}/") and place.endswith("(deleted)")]
        assert not list(temporary.iterdir())
        process.kill()
    assert not list(temporary.iterdir())


# --- descriptors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_without_message_or_envelope_nothing_is_queued(site: Site, number: int) -> None:
    answer = site.call(site.clean, program=["/bin/sh", "-c", f'exec "$0" {number}<&-', site.wrapper])
    assert answer.code == 54
    assert site.untouched
    assert one_line(answer.log)


def test_without_a_log_mail_flows(site: Site) -> None:
    answer = site.call(site.clean, program=["/bin/sh", "-c", 'exec "$0" 2>&-', site.wrapper])
    assert (answer.code, answer.log) == (0, "")
    assert site.queued() == (site.clean, site.envelope_sent)
    assert site.queue.states[0]["descriptors"] == [0, 1]


def test_a_log_that_nobody_reads_does_not_fail_mail(site: Site) -> None:
    for raw in (site.clean, site.infected):
        answer = site.call(raw, program=["/bin/sh", "-c", 'exec "$0" 2>/dev/full', site.wrapper])
        assert answer.code == 0
    assert site.queued() == (site.clean, site.envelope_sent)
    assert len(site.kept) == 1


# --- the queue program's answer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 11, 31, 51, 53, 54, 71, 81, 82, 88, 91, 99, 100, 111, 115, 120, 127, 255])
def test_the_queue_programs_exit_code_is_the_answer(site: Site, code: int) -> None:
    site.queue.exit_with(code)
    assert site.call(site.clean).code == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGALRM])
def test_the_queue_programs_death_is_the_answer(site: Site, number: signal.Signals) -> None:
    site.queue.die_by(number)
    assert site.call(site.clean).code == -number


def test_a_queue_program_that_cant_be_started_is_a_temporary_failure(site: Site) -> None:
    unusable = site.folder / "unusable"
    unusable.write_bytes(b"\x7fno program")
    unusable.chmod(0o755)
    locked = site.folder / "locked"
    locked.write_text("#!/bin/sh\n")
    locked.chmod(0o644)
    lost = site.script("lost", "#!/no/such/interpreter\n")
    for program in (site.folder / "missing", site.folder, unusable, locked, lost, unusable / "below"):
        site.configure(program=str(program))
        answer = site.call(site.clean)
        assert (answer.code, answer.text) == (120, "Zunable to exec qq (#4.3.0)"), program
        assert "Traceback" not in answer.log
    assert site.untouched


def test_arguments_of_the_queue_program_are_passed_without_a_shell(site: Site) -> None:
    arguments = ["-x", "two words", "$HOME", ";", "*", ""]
    listed = ", ".join(f'"{argument}"' for argument in [site.queue.program, *arguments])
    site.config.write_text(f"[deliver]\nqmail_queue = [{listed}]\n")
    assert site.call(site.clean).accepted
    assert site.queue.states[0]["argv"] == arguments


@pytest.mark.parametrize("way", ["directly", "by symbolic link", "by hard link", "called by symbolic link"])
def test_a_queue_program_that_is_ourselves_is_refused(site: Site, way: str) -> None:
    own = shutil.copy2(site.wrapper, site.folder / "qmail-queue-with-filter")
    other = site.folder / "other"
    if way == "by hard link":
        other.hardlink_to(own)
    else:
        other.symlink_to(own)
    called, program = {"directly": (own, own), "called by symbolic link": (other, own)}.get(way, (own, other))
    site.configure(program=str(program))
    answer = site.call(site.clean, program=str(called))
    assert answer.code == 81
    assert "itself" in answer.log
    assert one_line(answer.log)


# --- the configuration ------------------------------------------------------------------------------------------------

MISTAKES = {
    "no TOML": "[deliver\n",
    "not UTF-8": b"# \xff\n",
    "same key twice": "relays = []\nrelays = []\n",
    "unknown table": "[deliverr]\n",
    "unknown key": "[deliver]\nqmail_que = '/x'\n",
    "key of a wrong type": "[deliver]\nqmail_queue = 5\n",
    "table of a wrong type": "deliver = 5\n",
    "relative program": "[deliver]\nqmail_queue = 'qmail-queue'\n",
    "two transports": "[deliver]\nqmail_queue = '/x'\nmaildir = '/y'\n",
    "no transport": "",
    "unknown dialect": "[deliver]\nqmail_queue = '/x'\nreply = 'esperanto'\n",
    "unknown action": "[actions]\nmalware = 'frown'\n",
    "unknown kind": "[actions]\nmallware = 'reject'\n",
    "limit too small": "[limits]\nparts = 0\n",
    "plugin not installed": "[plugins.no-such-plugin]\n",
    "module not installed": "[plugins.x]\nuse = 'no_such_module:Plugin'\n",
    "no such class": "[plugins.x]\nuse = 'qsfilter_yara:Plugin'\n",
    "not a class": "[plugins.x]\nuse = 'qsfilter_yara:EICAR_RULE'\n",
    "no plugin": "[plugins.x]\nuse = 'qsfilter.limits:Budget'\n",
    "unknown option": "[plugins.yara]\nuse = 'qsfilter_yara:Yara'\nfile = []\n",
    "option of a wrong type": "[plugins.yara]\nuse = 'qsfilter_yara:Yara'\nseconds = 'many'\n",
    "option out of range": "[plugins.yara]\nuse = 'qsfilter_yara:Yara'\nseconds = 0\n",
    "unknown mode": "[plugins.yara]\nuse = 'qsfilter_yara:Yara'\nmode = 'lenient'\n",
    "rules that are not there": "[rules]\nfiles = ['/no/such/rules.py']\n",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_with_a_wrong_configuration_mail_waits(site: Site, text: str | bytes) -> None:
    site.config.write_bytes(text if isinstance(text, bytes) else text.encode())
    answer = site.call(site.clean)
    assert (answer.code, answer.text) == (55, "Zqq unable to read configuration (#4.3.0)"), answer.log
    assert site.untouched
    assert one_line(answer.log)


def test_with_no_configuration_mail_waits(site: Site) -> None:
    locked = site.folder / "locked.toml"
    locked.write_text("")
    locked.chmod(0)
    # root reads everything while it may
    program = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    for path in (site.folder / "missing.toml", site.folder, site.config / "below", locked):
        answer = site.call(
            site.clean, program=[*program, site.wrapper], environment=site.environment(QSFILTER_CONFIG=str(path))
        )
        assert answer.code == 55, answer.log
        assert str(path) in answer.log
        assert one_line(answer.log)
    assert site.untouched


# --- a caller that is gone --------------------------------------------------------------------------------------------

DYING_CALLER = """
import os, sys, time
wrapper, message, envelope = sys.argv[1], os.fsencode(sys.argv[2]), os.fsencode(sys.argv[3])
import fcntl, termios
message_out, message_in = os.pipe()
envelope_out, envelope_in = os.pipe()
if not os.fork():
    os.dup2(message_out, 0)
    os.dup2(envelope_out, 1)
    os.execv(wrapper, [wrapper])
with open(message, "rb") as file:
    os.write(message_in, file.read())
for _ in range(2000):  # until it has been read; then the wrapper has seen its parent
    if not int.from_bytes(fcntl.ioctl(message_in, termios.FIONREAD, b"    "), sys.byteorder):
        break
    time.sleep(0.01)
os.close(message_in)
with open(envelope, "rb") as file:
    os.write(envelope_in, file.read())
os._exit(0)
"""
SLOW = """
import time

@plugin
class Slow:
    '''Takes its time in one hook.'''

    @hookimpl
    def {hook}(self):
        time.sleep(0.7)
"""


@pytest.mark.parametrize("hook", ["start", "scan", "report"])
def test_nothing_is_queued_for_a_caller_that_is_gone(site: Site, hook: str) -> None:
    log = call_and_die(site, site.own_wrapper(SLOW.format(hook=hook), "Slow()"), site.clean)
    assert site.untouched
    assert "caller is gone" in log


@pytest.mark.parametrize("hook", ["start", "scan"])
def test_nothing_is_kept_for_a_caller_that_is_gone(site: Site, hook: str) -> None:
    source = SLOW.format(hook=hook) + "\nfrom qsfilter_yara import Yara"
    log = call_and_die(site, site.own_wrapper(source, "Slow(), Yara()"), site.infected)
    assert site.untouched
    assert "caller is gone" in log


def call_and_die(site: Site, wrapper: str, raw: bytes) -> str:
    """Let a process call WRAPPER with RAW and die; return what the wrapper logged by its own end."""
    (site.folder / "message").write_bytes(raw)
    (site.folder / "envelope").write_bytes(site.envelope_sent)
    command = [sys.executable, "-I", "-c", DYING_CALLER, wrapper, site.folder / "message", site.folder / "envelope"]
    done = subprocess.run(command, env=site.environment(), check=True, capture_output=True, timeout=30)
    return done.stderr.decode()


# --- helpers ----------------------------------------------------------------------------------------------------------


def one_line(log: str) -> bool:
    """Whether LOG is one line of ours and nothing else."""
    return log.startswith("qsfilter: ") and log.endswith("\n") and log.count("\n") == 1


@contextmanager
def waiting(site: Site, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], FileIO, FileIO]]:
    """Start the wrapper; give the process and the ends of the pipes for message and envelope."""
    message_out, message_in = os.pipe()
    envelope_out, envelope_in = os.pipe()
    with open(message_in, "wb", buffering=0) as message_file, open(envelope_in, "wb", buffering=0) as envelope_file:
        process = subprocess.Popen(
            [site.wrapper],
            stdin=message_out,
            stdout=envelope_out,
            stderr=subprocess.DEVNULL,
            env=site.environment(**environment),
        )
        os.close(message_out)
        os.close(envelope_out)
        try:
            yield process, message_file, envelope_file
        finally:
            process.kill()
            process.wait()


def unread(pipe: FileIO) -> int:
    """Return the number of bytes that lie unread in PIPE, of which this is the end for writing."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, b"    "), sys.byteorder)


def wait_until_read(pipe: FileIO) -> None:
    """Wait until PIPE is empty."""
    for _ in range(2000):
        if not unread(pipe):
            return
        time.sleep(0.01)
    pytest.fail("the message is not read")
