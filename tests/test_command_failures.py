"""Commands whose files, streams, rights or time are taken away: one line, a code that says so, no traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qsfilter.testing import message

if TYPE_CHECKING:
    from collections.abc import Iterator

QSFILTER = str(Path(sys.executable).parent / "qsfilter")
CLEAN = {key: value for key, value in os.environ.items() if key not in {"QSFILTER_CONFIG", "NO_COLOR", "COLUMNS"}}
SECONDS = 60
# {path} is what is wrong; {good} a configuration, {mail} a message, {site} their folder.
CONFIGURATIONS = """\
explain --config {path} {mail}
replay --config {path} {mail}
replay --diff {path} {good} {mail}
plugins --config {path}
selftest --config {path}
selftest --dry-run --config {path}
quarantine list --config {path}
quarantine show 1 --config {path}
quarantine release 1 --config {path}
quarantine delete 1 --yes --config {path}
quarantine expire --config {path}
outbox list --config {path}
outbox send --config {path}
outbox drop --all --config {path}
serve --config {path}
build-front --config {path}
bypass --config {path}
softlimit --config {path}
archive verify --config {path}"""
OTHERS = """\
explain {path}
replay {path}
replay --junit {path}/x {mail}
migrate {path} --output -
selftest --config {good} --queue {path}
quarantine list --path {path}
quarantine show 1 --path {path}
quarantine release 1 --path {path} --config {good}
quarantine delete 1 --yes --path {path}
quarantine expire --path {path} --config {good}
metrics --path {path}
metrics --path {site} --textfile {path}/x
build-front --config {good} --to {path}/x
init --yes --output {path}/x
new-rule no-invoices --folder {path}/x
new-plugin hash-list --folder {path}/x
demo --folder {path}/x
archive verify --path {path}
archive head --path {path}
archive find --path {path}"""
NEITHER = [
    "check --config {path}",  # its findings go to standard output
    "completion bash",  # reads nothing
    "init --output - --root {path}",  # says what is not there
    "demo --folder {path}/x",
]
DRIVER = """
import json, os, signal, sys
from qsfilter.cli import main
for call in json.load(sys.stdin):
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        signal.alarm(60)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(writing, 2)
        try:
            code = main(call)
        except SystemExit as ended:
            code = ended.code
        except BaseException:
            sys.excepthook(*sys.exc_info())
            code = 99
        sys.stderr.flush()
        os._exit(code)
    os.close(writing)
    with open(reading, errors="replace") as said:
        error = said.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), error]), flush=True)
"""
"""Runs each call in a process of its own; a start of Python for each would take minutes."""


class Site(NamedTuple):
    """A site in which nothing is wrong."""

    folder: Path
    good: Path
    mail: Path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Write a configuration and a message."""
    good, mail = tmp_path / "good.toml", tmp_path / "letter.eml"
    good.write_text(f'[deliver]\nmaildir = "{tmp_path}/in"\n[quarantine]\npath = "{tmp_path}/quarantine"\n')
    mail.write_bytes(message(b"text\n"))
    return Site(tmp_path, good, mail)


def wrong_things(folder: Path) -> dict[str, Path]:
    """Make what a path can be in place of a file or folder that is as it should be."""
    found = {name: folder / name for name in ("missing", "folder", "junk", "unreadable", "closed", "loop")}
    found["folder"].mkdir()
    found["junk"].write_bytes(bytes(range(256)) * 20)
    found["unreadable"].write_text("[deliver]\n")
    found["unreadable"].chmod(0)
    found["closed"].mkdir(mode=0)
    found["loop"].symlink_to("loop")
    return {**found, "breaks when it is read": Path("/proc/self/mem"), "long": Path("/", "x" * 5000)}


def ran(calls: list[list[str]]) -> Iterator[tuple[int, str]]:
    """Yield code and standard error of each of CALLS, run as somebody for whom modes of files count."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*drop, sys.executable, "-c", DRIVER],
        input=json.dumps(calls),
        check=True,
        capture_output=True,
        text=True,
        env=CLEAN,
        timeout=SECONDS,
    )
    for line in done.stdout.splitlines():
        code, error = json.loads(line)
        yield code, error


WRONG = ("missing", "folder", "junk", "unreadable", "closed", "loop", "breaks when it is read", "long")


def calls(lines: str, site: Site, path: Path) -> list[list[str]]:
    return [
        [word.format(path=path, good=site.good, mail=site.mail, site=site.folder) for word in line.split()]
        for line in lines.splitlines()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_configuration_that_is_none_is_told_in_one_line(site: Site, kind: str) -> None:
    """With code 55 and the path that was given."""
    path = wrong_things(site.folder)[kind]
    asked = calls(CONFIGURATIONS, site, path)
    answers = list(ran(asked))
    assert len(answers) == len(asked)
    for call, (code, error) in zip(asked, answers, strict=True):
        assert code == 55, (call, code, error)
        assert re.fullmatch(r"qsfilter: [^\n]+\n", error), (call, error)
        assert str(path) in error, (call, error)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_whatever_else_is_wrong_ends_with_one_line_or_none(site: Site, kind: str) -> None:
    """What is no failure, as an empty quarantine, says nothing; a failure says it once."""
    path = wrong_things(site.folder)[kind]
    asked = calls(OTHERS, site, path)
    answers = list(ran(asked))
    assert len(answers) == len(asked)
    for call, (code, error) in zip(asked, answers, strict=True):
        assert code in {0, 1, 2, 55}, (call, code, error)
        assert len(error.splitlines()) <= 1, (call, error)
        assert code or not error, (call, error)


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_what_is_told_at_length_is_no_traceback(site: Site, kind: str) -> None:
    path = wrong_things(site.folder)[kind]
    for code, error in ran(calls("\n".join(NEITHER), site, path)):
        assert code in {0, 1, 2, 55}
        assert "Traceback" not in error


def test_every_command_is_tried() -> None:
    from qsfilter.cli.commands import parser_of
    from tests.test_help import below

    tried = {line.split()[0] for line in [*CONFIGURATIONS.splitlines(), *OTHERS.splitlines(), *NEITHER]}
    assert {names[0] for names in below(parser_of())} == tried


# --- streams --------------------------------------------------------------------------------------------------------

PRINTING = (
    ("--help",),
    ("quarantine", "list", "--help"),
    ("explain", "{mail}"),
    ("explain", "--json", "{mail}"),
    ("plugins",),
    ("quarantine", "list", "--config", "{good}"),
    ("replay", "{mail}"),
    ("selftest", "--dry-run"),
    ("completion", "bash"),
)


def through_shell(site: Site, words: tuple[str, ...], redirection: str, **environment: str) -> tuple[int, str]:
    """Run `qsfilter` with a REDIRECTION; return code and standard error."""
    given = [word.format(good=site.good, mail=site.mail) for word in words]
    done = subprocess.run(
        ["bash", "-c", f'"$@" {redirection}', "bash", QSFILTER, *given],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**CLEAN, **environment},
        timeout=SECONDS,
    )
    return done.returncode, done.stderr.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize(
    ("redirection", "why"), [(">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")]
)
@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_what_could_not_be_printed_is_told(
    site: Site, words: tuple[str, ...], redirection: str, why: str, unbuffered: str
) -> None:
    assert through_shell(site, words, redirection, PYTHONUNBUFFERED=unbuffered) == (1, f"qsfilter: {why}\n")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "<&-"])
def test_nobody_needs_standard_error_or_input(site: Site, redirection: str) -> None:
    assert through_shell(site, ("explain", "{mail}"), redirection) == (0, "")


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_code_is_the_same_where_nobody_can_be_told(site: Site, redirection: str) -> None:
    assert through_shell(site, ("plugins", "--config", "/nowhere"), redirection) == (55, "")
    assert through_shell(site, ("no-such-command",), redirection) == (2, "")


def test_closed_standard_input_is_no_empty_message(site: Site) -> None:
    code, error = through_shell(site, ("explain", "-"), "<&-")
    assert (code, error) == (2, 'qsfilter: "-": Bad file descriptor\n')


def test_no_file_becomes_a_standard_stream_that_was_closed(site: Site) -> None:
    """A message that is explained is not written over by what is told of it."""
    before = site.mail.read_bytes()
    through_shell(site, ("explain", "{mail}", "{mail}"), "<&- >&- 2>&-")
    assert site.mail.read_bytes() == before


# --- locale ---------------------------------------------------------------------------------------------------------


def test_a_locale_of_ascii_is_no_trouble(site: Site) -> None:
    """Names and addresses of any bytes are printed escaped."""
    named = site.folder / "b\u00fccher \u65e5\u672c.eml"
    named.write_bytes(site.mail.read_bytes())
    for words in (("explain", str(named)), ("explain", "/nowhere/\u65e5"), ("plugins", "--config", "/\u65e5")):
        code, error = through_shell(site, words, "", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
        assert code in {0, 2, 55}
        assert "Traceback" not in error
        assert error.isascii()


def test_what_was_typed_cannot_steer_the_terminal(site: Site) -> None:
    for words in (("\x1b[31m",), ("explain", "--\x1b[31m", "x"), ("plugins", "--config", "/\x1b[31m\n")):
        code, error = through_shell(site, words, "")
        assert code in {2, 55}
        assert len(error.splitlines()) == 1
        assert "\x1b" not in error


# --- interruption ---------------------------------------------------------------------------------------------------

INTERRUPTED_AT_AN_IMPORT = """
import os, signal, sys
from qsfilter.cli import main
left = int(sys.argv.pop(1))
def look(event, given):
    global left
    if event == "import":
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(look)
sys.exit(main())
"""


@pytest.mark.parametrize("moment", [1, 2, 10, 50, 150, 250])
def test_an_interruption_while_it_starts_says_nothing(site: Site, moment: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_AT_AN_IMPORT, str(moment), "explain", site.mail],
        check=False,
        capture_output=True,
        text=True,
        env=CLEAN,
        timeout=SECONDS,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.fixture
def _is_interrupted() -> Iterator[None]:
    """Undo for our children what a shell does to what it starts in the background: it lets it ignore SIGINT."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("_is_interrupted")
@pytest.mark.parametrize("file", ["-", "fifo"])
def test_an_interruption_while_it_waits_says_nothing(site: Site, file: str) -> None:
    os.mkfifo(site.folder / "fifo")
    with subprocess.Popen(
        [QSFILTER, "explain", str(site.mail), file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=site.folder,
        env={**CLEAN, "PYTHONUNBUFFERED": "1"},
    ) as running:
        assert running.stdout is not None
        assert os.read(running.stdout.fileno(), 1)  # it is done with the first, and waits for the second
        running.send_signal(signal.SIGINT)
        _, error = running.communicate(timeout=SECONDS)
    assert (running.returncode, error) == (130, b"")
