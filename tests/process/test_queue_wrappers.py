"""The example queue wrappers do what they say: by the address that a client came in on, and with qmail-qfilter.

qmail-qfilter is a stand-in that keeps to the interface its filters see: message on 0, envelope on 3, new message on 1,
new envelope on 4, queue program on 5, exit code 99 to drop.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.messages import attachment, message, part

if TYPE_CHECKING:
    from tests.process.conftest import Site

EXAMPLES = Path(__file__).parents[2] / "examples/queue-wrappers"
INTERPRETER = "/opt/qsfilter/bin/python"
PROGRAM = message(part(b"Hello\n"), attachment(b"MZ", "setup.exe"))
MACROS = message(part(b"Hello\n"), attachment(b"Word", "letter.docm"))
QMAIL_QFILTER = """\
#!{python} -I
import os, subprocess, sys, tempfile

def spooled(data):
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file

def rest_of(number):
    found = b""
    while piece := os.read(number, 65536):
        found += piece
    return found

message, envelope = rest_of(0), rest_of(1)
if not envelope.endswith(b"\\0\\0"):
    sys.exit(54)
program = os.environ.get("QQF_QMAILQUEUE", {queue!r})
commands = [[]]
for word in sys.argv[1:]:
    commands.append([]) if word == "--" else commands[-1].append(word)
for command in filter(None, commands):
    recipients = envelope.split(b"\\0")[1:-2]
    files = [spooled(message), spooled(b""), None, spooled(envelope), spooled(b""), spooled(b"")]
    numbers = {{to: os.dup(file.fileno()) for to, file in enumerate(files) if file}}
    high = {{to: os.dup2(number, 100 + to) for to, number in numbers.items()}}
    environment = dict(
        os.environ, QMAILPPID=str(os.getppid()), QMAILRCPTS="\\n".join(map(os.fsdecode, recipients)),
        ENVSIZE=str(len(envelope)), MSGSIZE=str(len(message)), NUMRCPTS=str(len(recipients)),
    )
    child = os.posix_spawn(
        command[0], command, environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, number, to) for to, number in high.items()],
    )
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == 99:
        sys.exit(0)
    if code:
        sys.exit(code if code > 0 else 81)
    for number in (1, 4, 5):
        files[number].seek(0)
    message = files[1].read()
    envelope = files[4].read() or envelope
    program = files[5].read().decode() or program
for number, file in enumerate([spooled(message), spooled(envelope)]):
    os.dup2(file.fileno(), number)
os.execv(program, [program])
"""
FOOTER = """\
#!{python} -I
import shutil, sys
shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)
sys.stdout.buffer.write(b"A footer.\\n")
"""
RULES = """\
from qsfilter import defer, reject, rule


@rule("lists")
def _(message):
    print("a stray print", flush=True)
    subject = b"".join(field.value for field in message.header if field.name.lower() == b"subject")
    if b"later" in subject:
        return defer("later")
    if b"footer" in subject and not message.root.blob.data.endswith(b"A footer.\\n"):
        return reject("no footer")
    if b"Carol" in subject:
        return reject("not for Carol", recipients=(b"carol@example.com",))
"""


def example(site: Site, name: str, **replaced: str) -> str:
    """Copy an example into SITE, with its interpreter and what is REPLACED by name; return the path of the copy."""
    text = (EXAMPLES / f"{name}.py").read_text()
    changes = {
        INTERPRETER: sys.executable,
        "QmailQueue()": f"QmailQueue(program=({site.queue.program!r},))",
        '"/var/spool/qsfilter/quarantine"': repr(str(site.quarantine)),
        "/etc/qsfilter/rules.py": replaced.get("rules", ""),
        "transport=behind": f"transport=behind, quarantine={str(site.quarantine)!r}",
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    return site.script(name, text)


# --- by the address of ours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "raw", "code", "box"),
    [
        ("192.0.2.10", PROGRAM, 31, ""),
        ("192.0.2.10", MACROS, 31, ""),
        ("192.0.2.11", PROGRAM, 0, "developers"),
        ("192.0.2.99", MACROS, 31, ""),
        ("", MACROS, 31, ""),
    ],
    ids=["program to the strict", "macros to the strict", "program to developers", "another address", "no network"],
)
def test_the_address_chooses_the_filter(site: Site, address: str, raw: bytes, code: int, box: str) -> None:
    answer = site.call(raw, program=example(site, "per_domain"), environment=site.environment(TCPLOCALIP=address))
    assert answer.code == code, answer.log
    assert not site.queue.queued
    kept = [path.relative_to(site.quarantine).parts[0] for path in site.quarantine.glob("*/*/new/*")]
    assert (box in kept) is bool(box), kept


@pytest.mark.parametrize("raw", [message(b"Hello\n"), MACROS], ids=["plain", "macros"])
def test_what_the_filter_of_an_address_lets_pass_is_queued_unaltered(site: Site, raw: bytes) -> None:
    environment = site.environment(TCPLOCALIP="192.0.2.11")
    answer = site.call(raw, program=example(site, "per_domain"), environment=environment)
    assert answer.accepted, answer.log
    assert site.queued() == (raw, site.envelope_sent)


# --- in the chain of qmail-qfilter ----------------------------------------------------------------------------------


@pytest.fixture
def chain(site: Site) -> list[str]:
    """Set up qmail-qfilter with a filter that adds a footer, and behind it the example; return the command."""
    rules = site.folder / "rules.py"
    rules.write_text(RULES)
    rules.chmod(0o644)
    qfilter = site.script("qmail-qfilter", QMAIL_QFILTER.format(python=sys.executable, queue=site.queue.program))
    footer = site.script("footer", FOOTER.format(python=sys.executable))
    return [qfilter, footer, "--", example(site, "in_qmail_qfilter", rules=str(rules))]


def test_a_filter_of_the_chain_sees_what_is_delivered_and_hands_it_on_whole(site: Site, chain: list[str]) -> None:
    raw = message(b"Hello\n", subject="with footer")
    answer = site.call(raw, program=chain)
    assert answer.accepted, answer.log
    assert site.queued() == (raw + b"A footer.\n", site.envelope_sent)
    assert "a stray print" in answer.log
    assert " action=accept " in answer.log


def test_a_filter_of_the_chain_passes_a_big_message_on(site: Site, chain: list[str]) -> None:
    raw = message(b"0123456789abcdef\n" * 300_000)
    assert site.call(raw, program=chain).accepted
    assert site.queued()[0] == raw + b"A footer.\n"


def test_what_a_filter_of_the_chain_keeps_is_dropped_there(site: Site, chain: list[str]) -> None:
    answer = site.call(site.infected, program=chain)
    assert answer.accepted, answer.log
    assert not site.queue.queued
    assert len(site.kept) == 1


def test_what_a_filter_of_the_chain_refuses_is_refused(site: Site, chain: list[str]) -> None:
    answer = site.call(PROGRAM, program=chain)
    assert answer.code == 31, answer.log
    assert not site.queue.queued


def test_a_filter_of_the_chain_takes_a_recipient_away(site: Site, chain: list[str]) -> None:
    answer = site.call(message(b"Hello\n", subject="Carol"), program=chain)
    assert answer.accepted, answer.log
    assert site.queued()[1] == b"Falice@example.org\0Tbob@example.com\0\0"
    assert len(site.kept) == 1


def test_a_filter_of_the_chain_defers(site: Site, chain: list[str]) -> None:
    assert site.call(message(b"Hello\n", subject="later"), program=chain).code == 71
    assert site.untouched


def test_rules_that_can_t_be_read_defer(site: Site, chain: list[str]) -> None:
    (site.folder / "rules.py").write_text("def :\n")
    answer = site.call(message(b"Hello\n"), program=chain)
    assert answer.code == 71
    assert "SyntaxError" in answer.log
    assert site.untouched


def test_the_code_of_the_queue_program_comes_through_the_chain(site: Site, chain: list[str]) -> None:
    site.queue.exit_with(53)
    assert site.call(message(b"Hello\n"), program=chain).code == 53


# --- before and behind it -------------------------------------------------------------------------------------------


def test_the_usual_wrapper_stands_behind_the_whole_chain(site: Site, chain: list[str]) -> None:
    command, environment = chain[:2], site.environment(QQF_QMAILQUEUE=site.wrapper)
    raw = message(b"Hello\n")
    answer = site.call(raw, program=command, environment=environment)
    assert answer.accepted, answer.log
    assert site.queued() == (raw + b"A footer.\n", site.envelope_sent)
    assert site.call(site.infected, program=command, environment=environment).accepted
    assert len(site.kept) == 1
    assert len(site.queue.queued) == 1


def test_the_usual_wrapper_stands_before_the_chain(site: Site, chain: list[str]) -> None:
    starts = site.script("start", f"#!/bin/sh\nexec {' '.join(chain[:2])}\n")
    site.configure(program=starts)
    raw = message(b"Hello\n")
    assert site.call(raw).accepted
    assert site.queued() == (raw + b"A footer.\n", site.envelope_sent)
