"""The command line, run as a process: what it prints, how it ends, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Client, Envelope, config, edge
from qsfilter.cli import COMMANDS, main, settings
from qsfilter.testing import attachment, eicar, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

QSFILTER = str(Path(sys.executable).parent / "qsfilter")
NAMES = [command.__name__.rpartition(".")[2].replace("_", "-") for command in COMMANDS]
CLEAN = message(b"text\n")
INFECTED = message(part(b"text"), attachment(zip_of({"x.txt": eicar()}), "a.zip", "application/zip"))
ENGINE = 'rule never { meta: name = "never" strings: $a = "no such text anywhere" condition: $a }\n'


class Ran:
    """How a command ended."""

    def __init__(self, arguments: tuple[str | bytes, ...], given: bytes, environment: dict[str, str]) -> None:
        """Run `qsfilter` with ARGUMENTS, GIVEN on standard input."""
        clean = {key: value for key, value in os.environ.items() if key != "QSFILTER_CONFIG"}
        done = subprocess.run(
            [QSFILTER, *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**clean, **environment},
            timeout=60,
        )
        self.code, self.raw = done.returncode, done.stdout
        self.out = done.stdout.decode("utf-8", "surrogateescape")
        self.error = done.stderr.decode("utf-8", "surrogateescape")
        assert "Traceback" not in self.error, self.error

    @property
    def objects(self) -> list[Any]:
        """Each line as JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: str | bytes | Path, given: bytes = b"", **environment: str) -> Ran:
    """Run `qsfilter` with ARGUMENTS."""
    return Ran(tuple(str(one) if isinstance(one, Path) else one for one in arguments), given, environment)


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write a file."""

    def to_file(content: bytes | str, name: str = "message.eml") -> Path:
        (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / name

    return to_file


@pytest.fixture
def good(tmp_path: Path, save: Callable[..., Path]) -> Path:
    """Write a configuration in which nothing is wrong."""
    rules = save(ENGINE, "engine.yar")
    return save(
        f'[deliver]\nmaildir = "{tmp_path}/Maildir"\n[quarantine]\npath = "{tmp_path}/quarantine"\n'
        f'[plugins.yara]\nfiles = ["{rules}"]\n'
        '[actions]\n"unscannable.no-unpacker" = "quarantine"\n',
        "good.toml",
    )


# --- usage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", NAMES)
def test_every_command_has_help(command: str) -> None:
    """With an example."""
    ran = run(command, "--help")
    assert (ran.code, ran.error) == (0, "")
    assert ran.out.startswith(f"usage: qsfilter {command}")
    assert "example" in ran.out


def test_the_help_lists_the_commands_and_the_exit_codes() -> None:
    """All of them."""
    ran = run("--help")
    assert ran.code == 0
    assert all(f"    {command}" in ran.out for command in NAMES)
    assert "exit codes:" in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("--no-such-option",),
        ("explain",),
        ("explain", "--no-such-option", "x"),
        ("quarantine", "burn"),
        ("quarantine", "show"),
        ("check", "too", "many"),
        ("plugins", "--config"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    """And one line that says what was wrong, on the other stream."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.error.splitlines()
    assert line.startswith("qsfilter")
    assert line.endswith(" --help")


@pytest.mark.parametrize("arguments", [(), ("quarantine",), ("outbox",), ("archive",)], ids=" ".join)
def test_who_says_nothing_is_told_what_there_is(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.error == run(*arguments, "--help").out


@pytest.mark.parametrize(
    ("arguments", "who", "told"),
    [
        ("exlpain x", "qsfilter", 'argument COMMAND: there is no "exlpain" (did you mean explain?)'),
        ("archives", "qsfilter", 'argument COMMAND: there is no "archives" (did you mean archive?)'),
        ("quarantine lst", "qsfilter quarantine", 'argument ACTION: there is no "lst" (did you mean list?)'),
        ("explain --jsn=1 x", "qsfilter explain", 'there is no option "--jsn" (did you mean --json?)'),
        ("explain x --zzz", "qsfilter explain", 'there is no option "--zzz"'),
        ("check x", "qsfilter check", 'takes no argument "x"'),
        ("completion tcsh", "qsfilter completion", 'argument SHELL: there is no "tcsh"; there are bash, zsh, fish'),
    ],
)
def test_what_was_probably_meant_is_said(arguments: str, who: str, told: str) -> None:
    """By the command that was called."""
    assert run(*arguments.split()).error == f"{who}: {told}; see {who} --help\n"


@pytest.mark.parametrize("command", ["outbox list", "check"])
def test_who_has_no_configuration_is_told_what_writes_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "qsfilter.toml")
    monkeypatch.delenv("QSFILTER_CONFIG", raising=False)
    monkeypatch.setattr(edge, "DEFAULT_PATH", missing)
    monkeypatch.setattr(settings, "DEFAULT_PATH", missing)
    assert main(command.split()) == 55
    told = f"{missing}: No such file or directory; qsfilter init writes one, and --config names another\n"
    assert told in "".join(capsys.readouterr())


def test_the_version_is_told() -> None:
    assert run("--version").out == f"qsfilter {metadata.version('qsfilter')}\n"


# --- explain --------------------------------------------------------------------------------------------------------


def test_explain_accepts_clean_mail(save: Callable[..., Path]) -> None:
    """With its parts."""
    ran = run("explain", save(CLEAN))
    assert (ran.code, ran.error) == (0, "")
    assert "message.eml: accept (exit 0, id " in ran.out
    assert "no findings" in ran.out


def test_explain_says_why_mail_is_not_delivered(save: Callable[..., Path]) -> None:
    """Finding, place, plugin, and for whom."""
    ran = run("explain", save(INFECTED))
    assert ran.code == 1
    assert (
        '\n        1.2 > "a.zip" > "x.txt"  68 bytes  "x.txt"  from zip\n          ! malware EICAR-Test-File  by yara'
        in ran.out
    )
    assert "postmaster@localhost: quarantine because of malware EICAR-Test-File" in ran.out


def test_explain_prints_one_object_a_line(save: Callable[..., Path]) -> None:
    """In the order given, whatever becomes of each."""
    files = [save(INFECTED, "b.eml"), save(CLEAN, "a.eml")]
    ran = run("explain", "--json", *files)
    assert ran.code == 1
    assert [(one["file"], one["action"], one["exit"]) for one in ran.objects] == [
        (str(files[0]), "quarantine", 0),
        (str(files[1]), "accept", 0),
    ]


def test_an_object_has_its_documented_keys(save: Callable[..., Path]) -> None:
    """Those that the documentation shows, at every level."""
    (one,) = run("explain", "--json", save(INFECTED)).objects
    assert {"file", "action", "exit", "findings", "parts", "recipients", "seconds"} <= set(one)
    assert {"kind", "name", "part", "source", "detail"} <= set(one["findings"][0])
    assert {"path", "names", "declared", "size", "sha256", "origin"} <= set(one["parts"][0])
    assert {"group", "action", "reason"} <= set(one["recipients"][0])


def test_the_first_finding_is_where_it_is(save: Callable[..., Path]) -> None:
    """In the member of the archive."""
    (one,) = run("explain", "--json", save(INFECTED)).objects
    (found,) = one["findings"]
    assert (found["kind"], found["name"], found["part"], found["source"]) == (
        "malware",
        "EICAR-Test-File",
        '1.2 > "a.zip" > "x.txt"',
        "yara",
    )


@pytest.mark.parametrize(
    "file", ["/nowhere/message.eml", "/proc", "/proc/self/mem"], ids=["missing", "folder", "unreadable"]
)
def test_a_file_that_can_not_be_read_is_an_object_with_an_error(file: str, save: Callable[..., Path]) -> None:
    """The others are explained all the same, in their places."""
    ran = run("explain", "--json", save(CLEAN), file, save(CLEAN, "b.eml"))
    assert ran.code == 2
    assert [one.get("file") for one in ran.objects][1] == file
    assert ["error" in one for one in ran.objects] == [False, True, False]


def test_a_file_that_can_not_be_read_is_named(save: Callable[..., Path]) -> None:
    """On the other stream."""
    ran = run("explain", "/nowhere/message.eml", save(CLEAN))
    assert (ran.code, ran.error) == (2, 'qsfilter: "/nowhere/message.eml": No such file or directory\n')
    assert "accept" in ran.out


def test_explain_reads_standard_input() -> None:
    """From `-`."""
    ran = run("explain", "--json", "-", given=INFECTED)
    (one,) = ran.objects
    assert (ran.code, one["file"], one["action"]) == (1, "-", "quarantine")


def test_explain_takes_an_envelope(tmp_path: Path, save: Callable[..., Path]) -> None:
    """Sender, recipients and client."""
    rules = save(
        "from qsfilter import *\n@rule('x')\ndef _(message):\n"
        "    return reject(f'{message.envelope.sender} {message.client.ip}', recipients=[b'b@example.com'])\n",
        "rules.py",
    )
    site = save(f'[rules]\nfiles = ["{rules}"]\n', "site.toml")
    envelope = ("--sender", "a@example.org", "--recipient", "b@example.com", "--recipient", "c@example.com")
    ran = run("explain", "--json", "--config", site, *envelope, "--client-ip", "192.0.2.9", save(CLEAN))
    groups = ran.objects[0]["recipients"]
    assert {one["group"][0]: one["action"] for one in groups} == {
        "b@example.com": "quarantine",
        "c@example.com": "accept",
    }
    assert groups[0]["reason"] == "b'a@example.org' 192.0.2.9"


NO_MESSAGES = [
    b"", b"\0", b"\xff\xfe\x00", bytes(range(256)) * 50, b"PK\x03\x04", b"no mail at all", b":" * 5000, b"\r\r\r"
]  # fmt: skip


@pytest.mark.parametrize("wanted", [(), ("--json",)], ids=["text", "JSON"])
def test_what_is_no_message_is_explained(save: Callable[..., Path], wanted: tuple[str, ...]) -> None:
    """As it is."""
    files = [save(raw, f"{number}.eml") for number, raw in enumerate(NO_MESSAGES)]
    ran = run("explain", *wanted, *files)
    assert (ran.code, ran.error) == (1, "")  # the signature of a broken zip
    assert all(str(file) in ran.out for file in files)


def test_explain_speaks_to_no_terminal(save: Callable[..., Path]) -> None:
    """Whatever stands in type, coding and names of a message."""
    entity = b"Content-Type: text/\x1b[31mred\nContent-Transfer-Encoding: \x1b]0;x\x07\n"
    entity += b'Content-Disposition: attachment; filename="\x1b[2J.exe"\n\nx'
    ran = run("explain", save(message(part(b"x"), entity)))
    assert ran.code == 1
    assert b"\x1b" not in ran.raw
    assert b"\x07" not in ran.raw


def test_explain_shows_all_calls_if_asked(save: Callable[..., Path]) -> None:
    """Else those that took long or went wrong, and how many there were."""
    usual, all_of_them = run("explain", save(INFECTED)).out, run("explain", "--trace", save(INFECTED)).out
    calls = [line for line in all_of_them.splitlines() if re.match(r" +\d+\.\d{3} ms  ", line)]
    assert [f" {call} " in all_of_them for call in ("scan yara:", "parse mime-reader about 1.1:")] == [True, True]
    assert f"asked: {len(calls)} calls, " in usual
    assert "parse mime-reader about message: 1 answer" in all_of_them


def test_explain_says_what_the_client_would_be_told(save: Callable[..., Path]) -> None:
    """In the dialect of the configuration; `plain` has no text, and says so."""
    raw = save(message(part(b"x"), attachment(b"MZ", "setup.exe")))
    text = 'message refused: policy extension .exe in "setup.exe" (id '
    plain, curti = (save(f'[deliver]\nreply = "{one}"\n[plugins.attachments]\n', one) for one in ("plain", "curti"))
    assert (
        f'exit 31 and no text, by reply = "plain"; in other dialects: {text}'
        in run("explain", "--config", plain, raw).out
    )
    ran = run("explain", "--config", curti, raw)
    assert f'exit 82, by reply = "curti": {text}' in ran.out
    (one,) = run("explain", "--json", "--config", curti, raw).objects
    assert one["reply"] == f"{text}{one['id']})"


def test_explain_names_file_and_line_of_a_rule(save: Callable[..., Path]) -> None:
    """Of one that votes and of one that fails."""
    rules = save(
        "from qsfilter import *\n@rule('no')\ndef _():\n    return reject('no')\n"
        "@rule('bad')\ndef _():\n    return 1 / 0\n",
        "rules.py",
    )
    ran = run("explain", "--config", save(f'[rules]\nfiles = ["{rules}"]\n', "site.toml"), save(CLEAN))
    assert f"   >reject  by rule:no ({rules}:2): no\n" in ran.out
    assert f"decide rule:bad ({rules}:5): failure crash: decide: ZeroDivisionError" in ran.out


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "empty NO_COLOR", "dumb"],
)
def test_explain_is_coloured_on_a_terminal_only(
    save: Callable[..., Path], environment: dict[str, str], coloured: bool
) -> None:
    """And not even there for who asks for none; what the message holds is never a colour."""
    raw = message(part(b"x"), attachment(b"MZ", "\x1b[35mx.exe"))
    clean = {key: value for key, value in os.environ.items() if key not in {"QSFILTER_CONFIG", "NO_COLOR"}}
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [QSFILTER, "explain", str(save(raw))],
        stdout=theirs,
        stdin=subprocess.DEVNULL,
        env={**clean, "TERM": "xterm", **environment},
    ) as running:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 1 << 16):
                shown += piece
        except OSError:  # the terminal is gone with its last writer
            pass
    os.close(ours)
    assert running.returncode == 1
    assert (b"\x1b[31m" in shown) is coloured
    assert b"\x1b" in shown if coloured else b"\x1b" not in shown
    assert b"\x1b[35m" not in shown
    assert b"\x1b" not in run("explain", save(raw), TERM="xterm").raw


def test_explain_prints_wherever_it_stands(save: Callable[..., Path]) -> None:
    """Also where the terminal knows no other letters than ASCII."""
    raw = message(part(b"x"), attachment(b"MZ", "日本.exe"))
    ran = run("explain", save(raw), PYTHONIOENCODING="ascii")
    assert ran.code == 1
    assert "extension .exe" in ran.out


@pytest.mark.parametrize("wanted", [(), ("--json",)], ids=["text", "JSON"])
def test_a_file_may_have_any_name(tmp_path: Path, wanted: tuple[str, ...]) -> None:
    """Names of files are bytes."""
    file = os.fsencode(tmp_path) + b"/\xff\xfe.eml"
    Path(os.fsdecode(file)).write_bytes(CLEAN)
    ran = run("explain", *wanted, file, PYTHONIOENCODING="utf-8:strict")
    assert ran.code == 0
    assert "accept" in ran.out


def test_a_reader_may_stop_reading(save: Callable[..., Path]) -> None:
    """As `head` does."""
    files = " ".join(str(save(CLEAN, f"{number}.eml")) for number in range(3))
    command = f"{QSFILTER} explain --json {files * 300} | head -c 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == (b"{", b"")


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_finds_nothing_wrong(good: Path) -> None:
    """And says so."""
    ran = run("check", "--config", good)
    assert (ran.code, ran.out, ran.error) == (0, "nothing is wrong\n", "")


def test_check_prints_no_object_where_nothing_is_wrong(good: Path) -> None:
    """One for each problem."""
    ran = run("check", "--json", "--config", good)
    assert (ran.code, ran.out) == (0, "")


def test_the_environment_names_the_configuration(good: Path) -> None:
    """As it does for the queue wrapper."""
    assert run("check", QSFILTER_CONFIG=str(good)).code == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[deliver", "Expected ']'"),
        ("[delivery]", "unknown key 'delivery'; did you mean 'deliver'?"),
        ("[plugins.no-such-plugin]", "no plugin 'no-such-plugin' is installed"),
        ('[plugins.x]\nuse = "no.such:Plugin"', "can't import no.such:Plugin"),
        ('[plugins.x]\nuse = ":Plugin"', "can't import :Plugin"),
        ("[plugins.yara]\nseconds = 0", "plugins.yara: seconds: takes a number from 1 up"),
        ('[rules]\nfiles = ["/nowhere/rules.py"]', "rules /nowhere/rules.py: No such file or directory"),
        ("\xff", None),
    ],
)
def test_check_names_what_is_wrong_with_the_configuration(
    save: Callable[..., Path], text: str, error: str | None
) -> None:
    """And how to mend it; mail waits with the same exit code."""
    file = save(text.encode("latin-1"), "wrong.toml")
    ran = run("check", "--config", file)
    assert ran.code == 55
    assert ran.out.startswith(f"error: {file}" if "rules.py" not in text else "error: rules /nowhere")
    assert (error or "can't decode") in ran.out


@pytest.mark.parametrize("file", ["/nowhere/qsfilter.toml", "/proc", "/proc/self/mem"])
def test_check_names_a_configuration_that_can_not_be_read(file: str) -> None:
    """With the system's words, as an object too."""
    ran = run("check", "--json", "--config", file)
    (one,) = ran.objects
    assert (ran.code, one["fatal"]) == (55, True)
    assert one["text"].startswith(f"{file}: ")


def test_two_plugins_of_one_name_can_not_be_used(save: Callable[..., Path]) -> None:
    """With the plugin's name."""
    file = save('[plugins.quarantine]\nuse = "qsfilter.builtin.quarantine:Quarantine"\npath = "/tmp/x"', "wrong.toml")
    ran = run("check", "--config", file)
    assert ran.code == 55
    assert "plugin quarantine" in ran.out + ran.error


def test_check_names_what_is_wrong_with_the_machine(save: Callable[..., Path]) -> None:
    """Every problem, with what to do."""
    file = save(
        '[deliver]\nqmail_queue = "/nowhere/qmail-queue"\n[quarantine]\npath = "/dev/null/q"\n'
        '[plugins.yara]\nfiles = ["/nowhere/rules.yar"]\n',
        "machine.toml",
    )
    ran = run("check", "--json", "--config", file)
    assert ran.code == 1
    text = " ".join(one["text"] for one in ran.objects)
    for expected in ("/nowhere/qmail-queue", "/dev/null", "/nowhere/rules.yar: No such file", "yara does not start"):
        assert expected in text
    assert all(one["mend"] for one in ran.objects)


def test_check_names_containers_that_nothing_opens(good: Path, save: Callable[..., Path]) -> None:
    """A warning, where the site has not said what becomes of them."""
    ran = run("check", "--config", save(good.read_text().partition("[actions]")[0], "x.toml"))
    assert ran.code == 0
    assert re.match(r"warning: no plugin opens 7z, .*\bace, .*; what is in them is accepted unchecked\n", ran.out)


def test_check_wants_an_engine(save: Callable[..., Path], tmp_path: Path) -> None:
    """Plugins alone are no virus scanner, nor is the EICAR rule."""
    file = save(f'[deliver]\nmaildir = "{tmp_path}/in"\n[quarantine]\npath = "{tmp_path}"\n[plugins.yara]\n', "x.toml")
    ran = run("check", "--config", file)
    assert ran.code == 1
    assert "error: no engine looks for malware" in ran.out


def test_check_refuses_ourselves_as_queue_program(save: Callable[..., Path], tmp_path: Path) -> None:
    """Mail would go round for ever."""
    wrapper = Path(sys.executable).parent / "qsfilter-queue"
    ran = run("check", "--config", save(f'[deliver]\nqmail_queue = "{wrapper}"\n', "x.toml"))
    assert ran.code == 1
    assert f"the queue program {wrapper} is qsfilter-queue itself" in ran.out


def test_a_rules_file_that_exits_is_no_success(save: Callable[..., Path]) -> None:
    """0 would say that all is well."""
    rules = save("import sys\nsys.exit(0)\n", "rules.py")
    ran = run("check", "--config", save(f'[rules]\nfiles = ["{rules}"]', "x.toml"))
    assert ran.code == 55
    assert f"rules {rules}:2: SystemExit" in ran.out


def test_a_plugin_that_exits_is_no_success(save: Callable[..., Path], tmp_path: Path) -> None:
    """It has not started."""
    save(
        "from qsfilter import *\n@plugin\nclass Leaving:\n    '''Leaves.'''\n"
        "    @hookimpl\n    def start(self): raise SystemExit(0)\n",
        "leaving_plugin.py",
    )
    site = save('[plugins.x]\nuse = "leaving_plugin:Leaving"\n', "x.toml")
    ran = run("check", "--config", site, PYTHONPATH=str(tmp_path))
    assert ran.code == 1
    assert "plugin x does not start" in ran.out


@pytest.mark.parametrize("command", ["check", "explain", "plugins", "selftest", "quarantine"])
def test_a_broken_configuration_ends_every_command(command: str, save: Callable[..., Path]) -> None:
    """With the same code and one line."""
    file = save("[delivery]", "wrong.toml")
    arguments = {"explain": (save(CLEAN),), "quarantine": ("list",)}.get(command, ())
    ran = run(command, *arguments, "--config", file)
    assert ran.code == 55
    assert "unknown key 'delivery'" in ran.out + ran.error


# --- plugins --------------------------------------------------------------------------------------------------------


def test_plugins_are_listed(good: Path) -> None:
    """With mode, hooks and module."""
    ran = run("plugins", "--config", good)
    assert ran.code == 0
    lines = {line.split()[0]: line.split() for line in ran.out.splitlines()}
    assert lines["mime-reader"][1:] == ["enforce", "parse", "qsfilter.builtin.mime_reader"]
    assert lines["yara"][1] == "enforce"
    assert {"start", "about", "scan", "check"} <= set(lines["yara"])


def test_plugins_are_listed_as_json(good: Path) -> None:
    """The same facts."""
    ran = run("plugins", "--json", "--config", good)
    found = {one["name"]: one for one in json.loads(ran.out)}
    assert (found["yara"]["mode"], found["yara"]["from"]) == ("enforce", "qsfilter_yara")
    assert found["attachments"]["mode"] == "not used"


def test_a_plugin_in_shadow_is_listed_as_such(save: Callable[..., Path]) -> None:
    """By its mode."""
    ran = run("plugins", "--json", "--config", save('[plugins.yara]\nmode = "shadow"\n', "x.toml"))
    assert {one["name"]: one["mode"] for one in json.loads(ran.out)}["yara"] == "shadow"


# --- quarantine -----------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(good: Path) -> str:
    """Quarantine the message and return the id of its copy."""
    chosen = config.load(str(good))
    chosen.start()
    envelope = Envelope(sender=b"\xff\x1b[31m@example.org", recipients=(b"bob@example.com",))
    report = chosen.run(INFECTED, envelope, Client(ip="192.0.2.7"))
    assert report.outcome is not None
    (copy,) = report.outcome.kept
    return Path(copy.where).name


def test_what_is_kept_is_listed(good: Path, kept: str) -> None:
    """A line for each copy, safe for a terminal."""
    ran = run("quarantine", "list", "--config", good)
    assert ran.code == 0
    (line,) = ran.out.splitlines()[1:]
    assert line.startswith(kept[:12])
    assert "viruses" in line
    assert "bob@example.com" in line
    assert "malware EICAR-Test-File" in line
    assert ran.out.replace("\n", "").isprintable()


def test_what_is_kept_is_listed_as_json(good: Path, kept: str) -> None:
    """An object a line, with the whole id."""
    (one,) = run("quarantine", "list", "--json", "--config", good).objects
    assert (one["id"], one["box"], one["size"]) == (kept, "viruses", len(INFECTED))


def test_the_folder_can_be_named(tmp_path: Path, good: Path, kept: str) -> None:
    """In the place of the configuration's."""
    (one,) = run("quarantine", "list", "--json", "--path", tmp_path / "quarantine").objects
    assert one["id"] == kept


def test_a_copy_is_shown(good: Path, kept: str) -> None:
    """By the beginning of its id."""
    ran = run("quarantine", "show", kept[:10], "--config", good)
    assert ran.code == 0
    assert f"id         {kept}" in ran.out
    assert 'finding    malware EICAR-Test-File in 1.2 > "a.zip" > "x.txt" by yara' in ran.out
    assert 'client     "192.0.2.7"' in ran.out
    assert ran.out.replace("\n", "").isprintable()


def test_a_copy_is_shown_as_it_came(good: Path, kept: str) -> None:
    """Byte for byte."""
    ran = run("quarantine", "show", "--raw", kept, "--config", good)
    assert (ran.code, ran.raw) == (0, INFECTED)


def test_a_copy_is_shown_as_json(good: Path, kept: str) -> None:
    """The whole sidecar."""
    told = json.loads(run("quarantine", "show", "--json", kept, "--config", good).out)
    assert told["report"]["findings"][0]["name"] == "EICAR-Test-File"
    assert told["id"] == kept


@pytest.mark.parametrize("wanted", [(), ("--raw",), ("--json",)])
def test_a_copy_that_is_not_there_is_1(good: Path, kept: str, wanted: tuple[str, ...]) -> None:
    """And one line says so."""
    ran = run("quarantine", "show", *wanted, "zzz\x1b[1m", "--config", good)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error == ('qsfilter: no copy has an id that begins with "zzz\\x1b[1m"; see qsfilter quarantine list\n')


def test_an_id_must_be_the_beginning_of_one(good: Path, kept: str, tmp_path: Path) -> None:
    """Which of two was meant is not guessed."""
    folder = tmp_path / "quarantine" / "viruses" / "sidecar"
    (folder / f"{kept}x.json").write_bytes((folder / f"{kept}.json").read_bytes())
    ran = run("quarantine", "show", kept[:5], "--config", good)
    told = f'2 copies have an id that begins with "{kept[:5]}"; see qsfilter quarantine list --id {kept[:5]}'
    assert (ran.code, ran.error) == (1, f"qsfilter: {told}\n")


def test_a_copy_whose_message_has_gone_is_still_listed(good: Path, kept: str, tmp_path: Path) -> None:
    """Only the bytes can't be shown."""
    (tmp_path / "quarantine" / "viruses" / "new" / kept).unlink()
    assert run("quarantine", "list", "--config", good).code == 0
    ran = run("quarantine", "show", "--raw", kept, "--config", good)
    assert (ran.code, ran.raw, ran.error) == (1, b"", "qsfilter: its message has gone\n")


@pytest.mark.parametrize("damaged", [b"", b"{", b"{}", b"[1]", b'"x"', b"\xff", b'{"sender": 1}'])
def test_a_sidecar_that_is_damaged_hides_no_other(good: Path, kept: str, tmp_path: Path, damaged: bytes) -> None:
    """The others are listed."""
    (tmp_path / "quarantine" / "viruses" / "sidecar" / "damaged.json").write_bytes(damaged)
    ran = run("quarantine", "list", "--config", good)
    assert ran.code == 0
    assert kept[:12] in ran.out


def test_an_empty_quarantine_is_no_error(good: Path) -> None:
    """Nothing has been kept yet."""
    assert run("quarantine", "list", "--json", "--config", good).out == ""
    path = good.parent / "quarantine"
    ran = run("quarantine", "list", "--config", good)
    assert (ran.code, ran.out) == (0, f"nothing is kept in {path}\n")
    ran = run("quarantine", "expire", "--config", good)
    assert (ran.code, ran.out) == (0, f"nothing is kept in {path}: there is no such folder\n")


def test_a_filter_that_nothing_passes_is_no_empty_quarantine(good: Path, kept: str) -> None:
    assert kept
    ran = run("quarantine", "list", "--box", "spam", "--config", good)
    told = f"none of the 1 copies in {good.parent / 'quarantine'} is one that was asked for\n"
    assert (ran.code, ran.out) == (0, told)


@pytest.mark.parametrize(
    "words",
    [
        ("quarantine", "list", "--path"),
        ("quarantine", "list", "--json", "--path"),
        ("quarantine", "show", "1", "--path"),
        ("quarantine", "delete", "1", "--yes", "--path"),
        ("quarantine", "expire", "--path"),
        ("archive", "verify", "--path"),
        ("archive", "find", "--json", "--path"),
        ("init", "--output", "-", "--root"),
        ("init", "--output", "-", "--qmail"),
    ],
    ids=" ".join,
)
def test_a_folder_that_is_none_is_not_taken_for_an_empty_one(good: Path, words: tuple[str, ...]) -> None:
    environment = {"QSFILTER_CONFIG": str(good)}
    ran = run(*words, good.parent / "missing", **environment)
    assert (ran.code, ran.out, ran.error) == (2, "", f"qsfilter: there is no folder {good.parent}/missing\n")
    ran = run(*words, good, **environment)
    assert (ran.code, ran.out, ran.error) == (2, "", f"qsfilter: {good} is no folder\n")


def test_all_recipients_are_listed_where_there_is_no_terminal(good: Path) -> None:
    """So that whoever looks for one by grep finds it; the empty sender is seen, and no column is missing."""
    recipients = tuple(b"somebody-%03d@%s.example.com" % (number, b"long" * 30) for number in range(9))
    chosen = config.load(str(good))
    chosen.start()
    chosen.run(INFECTED, Envelope(sender=b"", recipients=recipients), Client(ip="192.0.2.7"))
    (line,) = run("quarantine", "list", "--config", good).out.splitlines()[1:]
    assert line.split()[6] == "<>"
    assert line.split()[7:16] == [one.decode() for one in recipients]


# --- demo -----------------------------------------------------------------------------------------------------------


def test_the_demonstration_works(tmp_path: Path) -> None:
    """Five messages through the real wrapper; what is delivered lies where it says."""
    ran = run("demo", "--folder", tmp_path / "demo")
    assert ran.code == 0
    assert len(list((tmp_path / "demo" / "Maildir" / "new").iterdir())) == 2
    assert len(list((tmp_path / "demo" / "quarantine").glob("*/new/*"))) == 3


def test_a_demonstration_that_has_no_place_says_so() -> None:
    """In one line."""
    ran = run("demo", "--folder", "/dev/null/demo")
    assert ran.code != 0
    assert "Not a directory" in ran.error


# --- commands of plugins --------------------------------------------------------------------------------------------

COMMANDS_OF_PLUGINS = {
    "works": """'''does what it should'''
def add_arguments(parser): parser.add_argument("--loud", action="store_true")
def run(arguments): return 7 if arguments.loud else 0
""",
    "nameless": "def add_arguments(parser): pass\ndef run(arguments): return 0\n",
    "without-arguments": "'''has no add_arguments'''\ndef run(arguments): return 0\n",
    "raises": "'''raises'''\ndef add_arguments(parser): raise RuntimeError\ndef run(arguments): return 0\n",
    "ends": "raise SystemExit(0)\n",
    "check": "raise SystemExit('a command of the core')\n",
}


@pytest.fixture
def commands_of_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install them, each as a module of its own."""
    found = []
    for name, source in COMMANDS_OF_PLUGINS.items():
        module = f"command_of_a_test_{name.replace('-', '_')}"
        (tmp_path / f"{module}.py").write_text(source)
        found.append(metadata.EntryPoint(name, module, "qsfilter.commands"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(metadata, "entry_points", lambda group: found if group == "qsfilter.commands" else [])


@pytest.mark.usefixtures("commands_of_plugins")
def test_a_command_of_a_plugin_runs() -> None:
    assert main(["works"]) == 0
    assert main(["works", "--loud"]) == 7


@pytest.mark.usefixtures("commands_of_plugins")
def test_broken_commands_of_plugins_hold_up_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert re.search(r"^    works +does what it should$", said.out, re.MULTILINE)
    assert re.search(r"^    softlimit ", said.out, re.MULTILINE)
    told = said.err.splitlines()
    assert len(told) == 4
    assert all(line.startswith("qsfilter: command_of_a_test_") for line in told)


@pytest.mark.usefixtures("commands_of_plugins")
@pytest.mark.parametrize("name", ["nameless", "without-arguments", "raises", "ends"])
def test_a_broken_command_of_a_plugin_is_no_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name])
    assert ended.value.code == 2
    assert f"qsfilter: command_of_a_test_{name.replace('-', '_')}: " in capsys.readouterr().err
