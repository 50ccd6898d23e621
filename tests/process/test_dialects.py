"""The reason of a refusal reaches the SMTP server in the dialect of its qmail, and nothing else does.

The servers read the descriptor for the text to its end before they ask for the exit code, so whoever keeps it open
makes the client wait.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.queue import contract
from qsfilter.testing import attachment, eicar, message, part

if TYPE_CHECKING:
    from qsfilter.testing.caller import Answer
    from tests.process.conftest import Site


class Way(NamedTuple):
    """One way in which a text is taken."""

    dialect: str
    code: int
    descriptor: int
    error_fd: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """What the caller sets."""
        return {"ERROR_FD": self.error_fd} if self.error_fd else {}

    def called(self, site: Site, raw: bytes, program: str = "") -> Answer:
        """Give RAW to PROGRAM, or to what stands in front of SITE, as a server would that takes texts so."""
        environment = site.environment(**self.environment)
        return site.call(
            raw, program=program, environment=environment, reply_descriptor=self.descriptor, reply_code=self.code
        )


WAYS = [
    Way("notqmail", 82, 6),
    Way("notqmail", 82, 6, "9"),  # not for it
    Way("curti", 82, 4),
    Way("curti", 82, 4, "9"),
    Way("sagredo", 82, 4),
    Way("sagredo", 82, 9, "9"),
    Way("sagredo", 82, 2, "2"),
    Way("indimail", 88, 2),
    Way("indimail", 88, 2, "2"),
    Way("indimail", 88, 7, "7"),
]
NO_WAYS = [
    Way("plain", 82, 4),
    Way("plain", 82, 6),
    Way("plain", 82, 4, "4"),
    Way("notqmail", 82, 4),  # the server has patch and descriptor of another
    Way("curti", 82, 6),
    Way("sagredo", 82, 4, "-1"),
    Way("sagredo", 82, 4, "17"),
    Way("indimail", 88, 2, "-1"),
    Way("indimail", 88, 2, "17"),
    Way("indimail", 88, 2, "99999999999999999999"),
]


def configure(site: Site, way: Way, action: str = "reject", more: str = "") -> None:
    """Let SITE answer EICAR with ACTION in the dialect of WAY."""
    site.configure(
        f'{more}\n[actions]\nmalware = "{action}"\n[plugins.yara]\nuse = "qsfilter_yara:Yara"\n',
        deliver=f'reply = "{way.dialect}"',
    )


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "letter"), [("reject", "D"), ("defer", "Z")])
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_refusal_comes_with_its_reason(site: Site, way: Way, action: str, letter: str) -> None:
    configure(site, way, action)
    answer = way.called(site, site.infected)
    assert answer.code == way.code
    assert answer.text == answer.reply.decode("ascii")
    assert answer.text.startswith(letter)
    assert "EICAR-Test-File" in answer.text
    assert ' in "harmless.txt" (id ' in answer.text
    assert len(answer.text) <= 255
    assert answer.text.isprintable()
    assert ("action=" in answer.log) == (way.descriptor != 2)
    assert site.untouched


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("x" * 500 + ".txt", f' in "{"x" * 57}..."'),
        ("\u00fcbel.txt", ""),
        ("a\x1b[2J\x07.txt", ""),
        ("=?utf-8?q?a=0D=0A250_ok?=", ""),
        ("it's (id 0) 100 %s $HOME `x`.txt", ' in "it\'s (id 0) 100 %s $HOME `x`.txt"'),
    ],
    ids=["long", "8-bit", "control characters", "line end", "shell"],
)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_file_is_told_by_its_name_only_if_that_does_no_harm(site: Site, way: Way, named: str, told: str) -> None:
    configure(site, way)
    answer = way.called(site, message(part(b"x"), attachment(eicar(), named)))
    text = answer.reply.decode("ascii")
    found = re.fullmatch(
        re.escape(f"Dmessage refused: malware EICAR-Test-File{told}") + r" \(id ([0-9a-f]{16})\)", text
    )
    assert found, text
    assert way.descriptor == 2 or f"qsfilter: id={found[1]} action=reject " in answer.log


@pytest.mark.parametrize(("action", "code"), [("reject", 31), ("defer", 71)])
@pytest.mark.parametrize("way", NO_WAYS, ids=str)
def test_where_no_text_is_taken_the_plain_code_says_it(site: Site, way: Way, action: str, code: int) -> None:
    configure(site, way, action)
    answer = way.called(site, site.infected)
    assert answer.code == code, answer
    if way.descriptor != 2:
        assert answer.reply == b""


def test_every_dialect_is_tried_here() -> None:
    assert {way.dialect for way in WAYS + NO_WAYS} == set(contract.DIALECTS)


@pytest.mark.parametrize("named", [b"", b"seven", b"--7", b"7-", b"7x", b" 7", b"+7", b"-"])
def test_what_names_no_descriptor_changes_nothing(named: bytes) -> None:
    for dialect, descriptor in (("sagredo", 4), ("indimail", 2), ("notqmail", 6)):
        assert contract.reply_descriptor(dialect, {b"ERROR_FD": named}) == descriptor


@pytest.mark.parametrize("redirected", ["6>&-", "6>'{file}'", "6</dev/null", "6<'{file}'"])
def test_what_is_no_pipe_is_not_written_to(site: Site, redirected: str) -> None:
    configure(site, Way("notqmail", 82, 6))
    file = site.folder / "file"
    file.write_text("")
    shell = ["/bin/sh", "-c", f'exec "$0" {redirected.format(file=file)}', site.wrapper]
    assert site.call(site.infected, program=shell).code == 31
    assert file.read_text() == ""


OPENER = """
import socket

connections = [socket.socketpair() for _ in range(5)]

@plugin
class Opener:
    '''Has connections of its own open, on the numbers where a server's pipe might be.'''

    @hookimpl
    def start(self):
        connections.extend(socket.socketpair() for _ in range(5))

    @hookimpl
    def scan(self, message, ctx):
        yield malware("Test", message.root)
"""


@pytest.mark.parametrize("way", [Way("notqmail", 82, 6), Way("curti", 82, 4), Way("sagredo", 82, 9, "9")], ids=str)
def test_a_connection_of_a_plugins_is_not_taken_for_the_servers_pipe(site: Site, way: Way) -> None:
    source = OPENER + "\nfrom qsfilter.actions import DEFAULT_ACTIONS\n"
    source += "policy = Policy(actions={**DEFAULT_ACTIONS, 'malware': (Action.REJECT, False)})\n"
    program = site.own_wrapper(source, f"Opener(), reply={way.dialect!r}, policy=policy")
    answer = site.call(site.clean, program=program, environment=site.environment(**way.environment))
    assert answer.code == 31


def test_a_text_is_short_enough_and_one_line() -> None:
    for dialect, longest in (("notqmail", 255), ("curti", 255), ("sagredo", 255), ("indimail", 1023)):
        for code, letter in ((31, b"D"), (71, b"Z")):
            out, into = os.pipe()
            told = contract.answer(code, "a\r\nb\0c\x1b[31m \xe4\u2028 " + "x" * 5000, dialect, into)
            os.close(into)
            said = os.read(out, 10_000)
            os.close(out)
            assert told == contract.DIALECTS[dialect].code
            assert said == (letter + b"a??b?c?[31m ?? " + b"x" * 5000)[:longest]


def test_a_code_that_speaks_for_itself_is_not_replaced() -> None:
    for code in (0, 11, 51, 52, 53, 54, 55, 81, 91, 120):
        out, into = os.pipe()
        assert contract.answer(code, "a text", "notqmail", into) == code
        os.close(into)
        assert os.read(out, 100) == b""
        os.close(out)


@pytest.mark.parametrize("text", ["", "x"])
def test_a_text_that_the_server_would_not_take_is_not_given(text: str) -> None:
    """`qmail.c` takes no text of two bytes or fewer, and then the code for "there is a text" means something else."""
    out, into = os.pipe()
    assert contract.answer(31, text, "notqmail", into) == 31
    os.close(into)
    os.close(out)


def test_a_server_that_does_not_read_the_text_gets_the_plain_code() -> None:
    out, into = os.pipe()
    os.close(out)
    assert contract.answer(31, "a text", "notqmail", into) == 31
    os.close(into)
    out, into = os.pipe()
    assert contract.answer(31, "a text", "notqmail", out) == 31
    os.close(out)
    os.close(into)


def test_a_text_that_fits_no_longer_is_given_up() -> None:
    out, into = os.pipe()
    os.set_blocking(into, False)
    with pytest.raises(BlockingIOError):
        all(os.write(into, b"x" * 4096) for _ in range(100_000))
    assert contract.answer(31, "a text", "notqmail", into) == 31
    os.close(out)
    os.close(into)


# --- nobody else has the descriptor -----------------------------------------------------------------------------------

TALKER = """#!/bin/sh
cat >/dev/null
cat <&1 >/dev/null
echo "said on 2" >&2
"""


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_mail_that_is_handed_over_has_no_text(site: Site, way: Way) -> None:
    configure(site, way)
    for code in (0, 31, 71, way.code):
        site.queue.exit_with(code)
        answer = way.called(site, site.clean)
        assert (answer.code, answer.reply) == (code, b"")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_queue_program_has_its_descriptor_2(site: Site, way: Way) -> None:
    """Where that is the one for texts, what it says arrives as a text; else in the log."""
    configure(site, way)
    site.config.write_text(site.config.read_text().replace(site.queue.program, site.script("talker", TALKER)))
    answer = way.called(site, site.clean)
    assert answer.code == 0
    if way.descriptor == 2:
        assert answer.reply == b"said on 2\n"
    else:
        assert answer.reply == b""
        assert answer.log.endswith("said on 2\n")


PRINTER = """
import os
from qsfilter.actions import DEFAULT_ACTIONS

ACTIONS = {**DEFAULT_ACTIONS, "malware": (Action.REJECT, False)}

@plugin
class Printer:
    '''Writes where it should not.'''

    @hookimpl
    def scan(self, message, ctx):
        print("printed")
        print("printed", file=sys.stderr)
        for number in (1, 2):
            os.write(number, b"written\\n")
        os.system("echo started; echo started >&2; echo started 2>/dev/null >&{number}")
        yield malware("Test", message.root)
"""


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_a_plugin_prints_is_no_text(site: Site, way: Way) -> None:
    source = PRINTER.replace("{number}", str(way.descriptor))
    plugins = f"Printer(), reply={way.dialect!r}, policy=Policy(actions=ACTIONS)"
    answer = way.called(site, site.clean, site.own_wrapper(source, plugins))
    assert answer.code == way.code
    assert re.fullmatch(rb"Dmessage refused: malware Test \(id [0-9a-f]{16}\)", answer.reply)


DAEMON = """
import os, subprocess, time

def forked(then):
    if os.fork():
        os.wait()
        return
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    then()
    os._exit(0)

@plugin
class Daemon:
    '''Leaves a process behind, which has put away what daemons put away and no more.'''

    @hookimpl
    def scan(self, message, ctx):
        {act}
        yield malware("Test", message.root)
"""
ACTS = {
    "forked": "forked(lambda: time.sleep(4))",
    "forked, executed": "forked(lambda: os.execv('/bin/sleep', ['sleep', '4']))",
    "subprocess": "subprocess.Popen(['sleep', '4'], stdin=-3, stdout=-3, stderr=-3)",
    "subprocess with all": "subprocess.Popen(['sleep', '4'], stdin=-3, stdout=-3, stderr=-3, close_fds=False)",
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("way", [WAYS[0], WAYS[5], WAYS[7], WAYS[9], Way("plain", 82, 6)], ids=str)
def test_a_process_that_a_plugin_leaves_behind_keeps_nobody_waiting(site: Site, way: Way, act: str) -> None:
    source = DAEMON.format(act=act)
    answer = way.called(site, site.infected, site.own_wrapper(source, f"Daemon(), reply={way.dialect!r}"))
    assert answer.code == 0
    assert len(site.kept) == 1
    assert answer.seconds < 3
