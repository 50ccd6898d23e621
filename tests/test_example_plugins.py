"""The example plugin asks a real DNS server on loopback and never takes silence for an answer; so for two new rules."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import socket
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from qsfilter import Action, Client, ConfigError, Entry, Envelope, Filter, Kind, Maildir
from qsfilter.options import make
from qsfilter.store import Store
from qsfilter.testing import QueueStandIn, attachment, eicar, examine, message, part, problems, zip_of
from qsfilter.testing.caller import call
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.server_process import find, free_port
from qsfilter.verdict_cache import VerdictCache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Finding, Report

EXAMPLES = Path(__file__).parents[1] / "examples"
FOLDER = EXAMPLES / "plugins/hash-registry"
ZONE = "hash.example.com"
PROGRAM = bytes(range(256)) * 4
OTHERS = [bytes([number]) + PROGRAM for number in range(5)]
RAW = message(part(b"see below\n" * 100), attachment(PROGRAM, "a.bin"))
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
Answer = Callable[[dns.message.QueryMessage], list[bytes]]
"""What to send back for one question."""


def load() -> Any:  # noqa: ANN401 - a module that no type checker sees
    spec = importlib.util.spec_from_file_location("hash_registry_of_the_examples", FOLDER / "hash_registry.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


HashRegistry = load().HashRegistry


# --- the server -----------------------------------------------------------------------------------------------------


def labels(content: bytes, digest: str = "sha256") -> str:
    told = hashlib.new(digest, content, usedforsecurity=False).hexdigest()
    return f"{told[:32]}.{told[32:]}" if digest == "sha256" else told


def address(question: dns.message.QueryMessage, *told: str) -> bytes:
    reply = dns.message.make_response(question)
    if told:
        reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", *told))
    return reply.to_wire()


def code(question: dns.message.QueryMessage, rcode: dns.rcode.Rcode) -> bytes:
    reply = dns.message.make_response(question)
    reply.set_rcode(rcode)
    return reply.to_wire()


class Registry:
    """A DNS server on a port of 127.0.0.1 that knows the contents in `known`; `answer` is what it does instead."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.asked: list[str] = []
        self.answer: Answer = self.honest
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._socket.getsockname()[1])

    def knows(self, *contents: bytes, digest: str = "sha256") -> None:
        """Enter CONTENTS."""
        self.known |= {labels(content, digest) for content in contents}

    def honest(self, question: dns.message.QueryMessage) -> list[bytes]:
        """Answer as a registry does."""
        if self.asked[-1] in self.known:
            return [address(question, "127.0.0.2")]
        return [code(question, dns.rcode.NXDOMAIN)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
            ours.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, client = self._socket.recvfrom(4096)
            if not data:
                return
            question = dns.message.from_wire(data)
            assert isinstance(question, dns.message.QueryMessage)
            assert question.flags & dns.flags.RD
            self.asked.append(question.question[0].name.to_text().removesuffix(f".{ZONE}."))
            for reply in self.answer(question):
                self._socket.sendto(reply, client)


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry() as server:
        yield server


def plugin(registry: Registry, **options: object) -> object:
    given = {"zone": ZONE, "servers": ["127.0.0.1"], "port": registry.port, **options}
    return make(HashRegistry, given, "plugins.hash-registry")


def examined(registry: Registry, raw: bytes = RAW, **options: object) -> Report:
    chosen = Filter(plugin(registry, **options))
    chosen.start()
    return examine(chosen, raw)


def told(report: Report) -> list[tuple[Kind, str]]:
    return [(found.kind, found.name) for found in report.findings]


def the_one(report: Report) -> Finding:
    (found,) = report.findings
    return found


# --- what it finds --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def for_a_class() -> Iterator[Registry]:
    with Registry() as server:
        yield server


class TestContract(PluginContract):
    """What every plugin owes the core, asking about all that the hostile messages hold."""

    port = 0

    @pytest.fixture(autouse=True)
    def with_server(self, for_a_class: Registry) -> None:
        """Tell `make` where the server is."""
        type(self).port = for_a_class.port

    def make(self) -> object:
        """Make one that asks it."""
        return HashRegistry(zone=ZONE, servers=("127.0.0.1",), port=self.port, least_bytes=0, text=True)


def test_it_looks_right_to_a_reader(registry: Registry) -> None:
    assert problems(plugin(registry)) == []


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
def test_what_the_registry_knows_is_malware_wherever_it_lies(registry: Registry, digest: str) -> None:
    registry.knows(PROGRAM, digest=digest)
    raw = message(part(b"see below\n"), attachment(zip_of({"x.bin": PROGRAM, "y.bin": OTHERS[0]}), "a.zip"))
    report = examined(registry, raw, digest=digest)
    found = the_one(report)
    assert (found.kind, found.name, str(found.part)) == (Kind.MALWARE, "Known-Hash", '1.2 > "a.zip" > "x.bin"')
    assert found.detail == f"{ZONE} says 127.0.0.2"
    assert report.decision.action is Action.QUARANTINE
    assert set(registry.asked) == {labels(raw, digest) for raw in (PROGRAM, OTHERS[0], archive(report))}


def archive(report: Report) -> bytes:
    return next(one.blob.data for one in report.message.parts if one.names and one.names[0].text == "a.zip")


def test_what_the_registry_does_not_know_is_no_finding(registry: Registry) -> None:
    assert told(examined(registry)) == []
    assert registry.asked == [labels(PROGRAM)]


def test_nobody_is_asked_about_the_message_text_and_small_contents(registry: Registry) -> None:
    script = attachment("Grüße\r\n\t".encode() * 200 + "Grüße".encode("latin-1"), "a.js")
    raw = message(part(b"see below\n" * 100), attachment(PROGRAM[:511], "a.bin"), script, fields={"X-Odd": "\x01"})
    assert told(examined(registry, raw)) == []
    assert registry.asked == []
    examined(registry, raw, text=True, least_bytes=511)
    assert len(registry.asked) == 3


def test_text_with_one_odd_octet_is_none(registry: Registry) -> None:
    examined(registry, message(attachment(b"text " * 1000 + b"\0", "a.txt")))
    assert len(registry.asked) == 1


def test_a_content_that_is_there_twice_is_asked_about_once(registry: Registry) -> None:
    registry.knows(PROGRAM)
    report = examined(registry, message(attachment(PROGRAM, "a.bin"), attachment(PROGRAM, "b.bin")))
    assert [str(found.part) for found in report.findings] == ["1.1", "1.2"]
    assert len(registry.asked) == 1


def test_what_is_beyond_the_bound_is_noted(registry: Registry) -> None:
    raw = message(*(attachment(content, "a.bin") for content in OTHERS))
    found = the_one(examined(registry, raw, most=2))
    assert (found.kind, found.name, found.detail) == (Kind.NOTE, "not-asked", "3 contents; 2 are asked about")
    assert registry.asked == [labels(content) for content in OTHERS[:2]]


def test_it_does_not_make_mail_count_as_scanned(registry: Registry) -> None:
    (said,) = [one for one in examined(registry).about if one.name == "hash-registry"]
    assert not said.engine


# --- answers that are none ------------------------------------------------------------------------------------------


def other_name(question: dns.message.QueryMessage) -> bytes:
    other = dns.message.make_query(f"other.{ZONE}", "A", id=question.id)
    assert isinstance(other, dns.message.QueryMessage)
    return code(other, dns.rcode.NXDOMAIN)


def other_id(question: dns.message.QueryMessage) -> bytes:
    wire = code(question, dns.rcode.NXDOMAIN)
    return bytes([wire[0] ^ 1]) + wire[1:]


NO_ANSWERS: dict[str, Answer] = {
    "silence": lambda _: [],
    "garbled": lambda _: [b"\xff" * 40],
    "nothing": lambda _: [b""],
    "cut": lambda question: [address(question, "127.0.0.2")[:-7]],
    "servfail": lambda question: [code(question, dns.rcode.SERVFAIL)],
    "refused": lambda question: [code(question, dns.rcode.REFUSED)],
    "formerr": lambda question: [code(question, dns.rcode.FORMERR)],
    "no data": lambda question: [address(question)],
    "this host": lambda question: [address(question, "127.0.0.1")],
    "an error of the list's": lambda question: [address(question, "127.255.255.254")],
    "a search page": lambda question: [address(question, "192.0.2.80")],
    "a search page beside": lambda question: [address(question, "127.0.0.2", "192.0.2.80")],
    "about another name": lambda question: [other_name(question)],
    "to another question": lambda question: [other_id(question)],
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_told_and_is_never_clean(registry: Registry, answer: Answer) -> None:
    registry.answer = answer
    report = examined(registry, seconds=0.3)
    assert told(report) == [(Kind.FAILURE, "not-answered")]
    assert the_one(report).detail.startswith("1 of 1 contents: ")
    assert report.decision.action is Action.DEFER


def test_a_site_may_take_it_for_a_note(registry: Registry) -> None:
    registry.answer = NO_ANSWERS["servfail"]
    report = examined(registry, unanswered="note")
    assert told(report) == [(Kind.NOTE, "not-answered")]
    assert report.decision.action is Action.ACCEPT


def test_or_have_its_mail_all_the_same_by_on_error(registry: Registry) -> None:
    registry.answer = NO_ANSWERS["servfail"]
    report = examine(Filter(Entry(name="hash-registry", plugin=plugin(registry), on_error=Action.ACCEPT)), RAW)
    assert told(report) == [(Kind.FAILURE, "not-answered")]
    assert report.decision.action is Action.ACCEPT


def test_without_a_server_mail_waits() -> None:
    with Registry() as gone:
        chosen = plugin(gone, seconds=0.3)
    assert told(examine(Filter(chosen), RAW)) == [(Kind.FAILURE, "not-answered")]


@pytest.mark.parametrize("stray", ["garbled", "about another name", "to another question"])
def test_a_forged_answer_does_not_keep_the_true_one_away(registry: Registry, stray: str) -> None:
    registry.knows(PROGRAM)
    registry.answer = lambda question: [*NO_ANSWERS[stray](question), *registry.honest(question)]
    assert told(examined(registry)) == [(Kind.MALWARE, "Known-Hash")]


def test_what_was_found_before_the_server_fell_silent_is_told(registry: Registry) -> None:
    registry.knows(OTHERS[0])
    registry.answer = lambda question: registry.honest(question) if len(registry.asked) == 1 else []
    raw = message(*(attachment(content, "a.bin") for content in OTHERS))
    report = examined(registry, raw, seconds=1)
    assert told(report) == [(Kind.MALWARE, "Known-Hash"), (Kind.FAILURE, "not-answered")]
    assert report.findings[1].detail.startswith("4 of 5 contents: ")
    assert set(registry.asked) == {labels(content) for content in OTHERS[:2]}, "no time is left for the third"


def test_a_late_answer_is_not_taken_for_one_to_the_next_question(registry: Registry) -> None:
    given_up = threading.Event()
    late: list[bytes] = []

    def answer(question: dns.message.QueryMessage) -> list[bytes]:
        if not given_up.is_set():
            late.append(address(question, "127.0.0.2"))
            return []
        return [*late, *registry.honest(question)]

    registry.answer = answer
    chosen = Filter(plugin(registry, seconds=0.3))
    assert told(examine(chosen, RAW)) == [(Kind.FAILURE, "not-answered")]
    given_up.set()
    assert told(examine(chosen, message(attachment(OTHERS[0], "a.bin")))) == []


def test_the_message_s_deadline_counts_where_it_is_the_nearer_one(registry: Registry) -> None:
    registry.answer = NO_ANSWERS["silence"]
    seconds = 60.0
    chosen = Filter(plugin(registry, seconds=seconds))
    before = time.monotonic()
    report = chosen.examine(RAW, ENVELOPE, Client(), deadline=before + 0.3)
    assert (Kind.FAILURE, "not-answered") in told(report)
    assert time.monotonic() - before < seconds / 2


# --- remembered answers ---------------------------------------------------------------------------------------------


def test_an_answer_is_remembered_and_silence_is_not(registry: Registry, tmp_path: Path) -> None:
    registry.knows(PROGRAM)
    chosen = Filter(
        plugin(registry, seconds=1),
        cache=VerdictCache(Store(str(tmp_path / "spool"))),
        transport=Maildir(path=str(tmp_path / "in")),
        quarantine=str(tmp_path / "kept"),
    )
    raw = message(*(attachment(content, "a.bin") for content in (PROGRAM, *OTHERS[:2])))
    silent = labels(OTHERS[1])
    registry.answer = lambda question: [] if registry.asked[-1] == silent else registry.honest(question)
    expected = [(Kind.MALWARE, "Known-Hash"), (Kind.FAILURE, "not-answered")]
    assert told(chosen.run(raw, ENVELOPE)) == expected
    registry.asked.clear()
    assert told(chosen.run(raw, ENVELOPE)) == expected
    assert set(registry.asked) == {silent}
    registry.answer = registry.honest
    assert told(chosen.run(raw, ENVELOPE)) == expected[:1]


# --- options and check ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", ""),
        ("zone", "."),
        ("zone", "a..example.com"),
        ("zone", "hash example.com"),
        ("zone", "a." * 95 + "example.com"),
        ("digest", "sha512"),
        ("servers", ["localhost"]),
        ("servers", ["https://192.0.2.53/dns-query"]),
        ("port", 0),
        ("port", 65536),
        ("seconds", 0),
        ("seconds", float("nan")),
        ("most", 0),
        ("least_bytes", -1),
        ("unanswered", "accept"),
        ("known", "ab" * 20),
        ("known", "XY" * 32),
    ],
)
def test_a_wrong_option_is_named(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"^plugins.hash-registry: .*{key}\b"):
        make(HashRegistry, {"zone": ZONE, key: value}, "plugins.hash-registry")


def test_a_zone_must_be_set() -> None:
    with pytest.raises(ConfigError, match="zone must be set"):
        make(HashRegistry, {}, "plugins.hash-registry")


def checked(registry: Registry, **options: object) -> list[str]:
    chosen: Any = plugin(registry, seconds=0.3, **options)
    return [problem.text for problem in chosen.check()]


def test_check_is_content_with_a_registry_that_knows_what_it_should(registry: Registry) -> None:
    registry.knows(PROGRAM)
    assert checked(registry) == []
    assert checked(registry, known=hashlib.sha256(PROGRAM).hexdigest()) == []


def test_check_tells_what_is_wrong(registry: Registry) -> None:
    known = hashlib.sha256(PROGRAM).hexdigest()
    assert checked(registry, known=known) == [f"{ZONE} does not know {known}"]
    registry.answer = lambda question: [address(question, "127.0.0.2")]
    assert checked(registry) == [f"{ZONE} knows a content that is new"]
    registry.answer = NO_ANSWERS["servfail"]
    (text,) = checked(registry)
    assert text.startswith(f"{ZONE} gives no answer: ")


# --- installed, and asked by the wrapper ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a venv that has all of this one, and install a copy of the plugin there as its docstring says."""
    place = tmp_path_factory.mktemp("site")
    venv.create(place / "venv", symlinks=True)
    (packages,) = place.glob("venv/lib/python*/site-packages")
    ours = Path(pytest.__file__).parents[1]
    beside = Path(dns.message.__file__).parents[1]
    lines = [f"import site; site.addsitedir({str(path)!r})\n" for path in dict.fromkeys((ours, beside))]
    (packages / "outer.pth").write_text("".join(lines))
    shutil.copytree(FOLDER, place / "hash-registry")
    pip = [place / "venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-build-isolation", place / "hash-registry"], check=True)
    source = (EXAMPLES.parent / "scripts/qsfilter-queue").read_text()
    wrapper = place / "qsfilter-queue"
    wrapper.write_text(source.replace("#!python -I", f"#!{place}/venv/bin/python -I", 1))
    wrapper.chmod(0o755)
    return place


@pytest.mark.parametrize("table", ["[plugins.hash-registry]", '[plugins.mhr]\nuse = "hash_registry:HashRegistry"'])
def test_the_wrapper_asks_it(place: Path, tmp_path: Path, registry: Registry, table: str) -> None:
    infected = zip_of({"e.com": eicar()})
    registry.knows(infected)
    (tmp_path / "queue").mkdir()
    queue = QueueStandIn(str(tmp_path / "queue"))
    kept = tmp_path / "kept"
    config = tmp_path / "qsfilter.toml"
    options = f'zone = "{ZONE}"\nservers = ["127.0.0.1"]\nport = {registry.port}\nseconds = 1\nleast_bytes = 100\n'
    deliver = f'[deliver]\nqmail_queue = "{queue.program}"\n[quarantine]\npath = "{kept}"\n'
    config.write_text(f"{deliver}{table}\n{options}")

    def send(raw: bytes) -> Any:  # noqa: ANN401 - an Answer
        return call(str(place / "qsfilter-queue"), raw, ENVELOPE, environment={"QSFILTER_CONFIG": str(config)})

    answer = send(RAW)
    assert answer.accepted, answer.log
    assert len(queue.queued) == 1
    answer = send(message(part(b"see below\n"), attachment(infected, "a.zip")))
    assert answer.accepted, answer.log
    assert "malware Known-Hash" in answer.log
    assert len(queue.queued) == 1
    assert [path for path in kept.rglob("*") if path.is_file()]
    registry.answer = NO_ANSWERS["silence"]
    answer = send(message(attachment(OTHERS[0], "a.bin")))
    assert (answer.code, len(queue.queued)) == (71, 1)
    assert "failure not-answered" in answer.log
    assert send(message(b"Text needs no registry.\n")).accepted


def test_text_does_not_pay_for_the_library(place: Path) -> None:
    program = (
        "import sys; from qsfilter import Filter; from qsfilter.testing import examine, message;"
        "from hash_registry import HashRegistry;"
        "chosen = Filter(HashRegistry(zone='hash.example.com')); chosen.start();"
        "examine(chosen, message(b'Hello\\n' * 200)); print(*sys.modules)"
    )
    command = [place / "venv/bin/python", "-I", "-c", program]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert "hash_registry" in loaded
    assert "dns" not in loaded


# --- rules ----------------------------------------------------------------------------------------------------------


def by_rule(name: str, raw: bytes, client: Client) -> Report:
    chosen = Filter(rules=str(EXAMPLES / "rules" / name))
    chosen.start()
    return chosen.examine(raw, ENVELOPE, client)


STRANGER = Client(ip="192.0.2.1")


def first_words(raw: bytes) -> str:
    report = by_rule("first_words.py", raw, STRANGER)
    assert report.decision.action is Action.ACCEPT
    return "".join(vote.reason for vote in report.verdicts if vote.source == "rule:first-words")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"Dear  Bob,\n\n\tcome soon.\n", "'Dear Bob, come soon.'"),
        (b"ten chars " * 50, f"'{('ten chars ' * 8)}'"),
        ("Gr\u00fc\u00dfe\n".encode(), r"'Gr\xfc\xdfe'"),
        (b"odd \xff\x1b[31m\x07 octets\n", r"'odd \ufffd\x1b[31m\x07 octets'"),
        (b"", "''"),
    ],
)
def test_first_words_are_printable_and_not_many(text: bytes, words: str) -> None:
    assert first_words(message(text)) == f"begins with {words}"


def test_first_words_are_those_of_the_text_and_not_of_a_file() -> None:
    noted = attachment(b"a file", "a.txt", "text/plain")
    assert first_words(message(noted, part(b"<p>a page", "text/html"), part(b"a letter"))) == "begins with 'a letter'"
    assert first_words(message(noted, part(b"<p>a page", "text/html"))) == ""


def test_first_words_stand_in_the_log_line(tmp_path: Path) -> None:
    queue = QueueStandIn(str(tmp_path))
    config = tmp_path / "qsfilter.toml"
    rules = EXAMPLES / "rules/first_words.py"
    deliver = f'[deliver]\nqmail_queue = "{queue.program}"\n[quarantine]\npath = "{tmp_path}/kept"\n'
    config.write_text(f'{deliver}[rules]\nfiles = ["{rules}"]\n')
    wrapper = [sys.executable, "-I", str(EXAMPLES.parent / "scripts/qsfilter-queue")]
    raw = message(b"Dear Bob,\ncome soon.\n")
    answer = call(wrapper, raw, ENVELOPE, environment={"QSFILTER_CONFIG": str(config)})
    assert answer.accepted, answer.log
    assert "because=\"begins with 'Dear Bob, come soon.', voted by rule:first-words\"" in answer.log
    (queued,) = queue.queued
    assert queued.message.endswith(raw)
    assert b"begins" not in queued.message


@pytest.mark.parametrize(
    ("host", "relay", "listed"),
    [
        ("blocked.invalid", False, True),
        ("dialup.blocked.invalid", False, True),
        ("blocked.invalid", True, False),
        ("unblocked.invalid", False, False),
        ("blocked.invalid.example.org", False, False),
        ("", False, False),
    ],
)
def test_files_from_blocked_clients_are_refused_and_letters_are_not(host: str, relay: bool, listed: bool) -> None:
    client = Client(ip="192.0.2.66", host=host, relay=relay)
    with_file = by_rule("blocked_clients.py", RAW, client)
    assert with_file.decision.action is (Action.REJECT if listed else Action.ACCEPT)
    assert by_rule("blocked_clients.py", message(b"a letter\n"), client).decision.action is Action.ACCEPT


@pytest.mark.servers
def test_tcprules_mark_a_client_whatever_its_name_is(tmp_path: Path) -> None:
    text = (EXAMPLES / "rules/blocked_clients.py").read_text()
    line = '192.0.2.66:allow,TCPREMOTEHOST="blocked.invalid"'
    assert f"`{line}`" in text
    rules = line.replace("192.0.2.66", "127.0.0.2") + "\n:allow\n"
    package = "--no-install-recommends ucspi-tcp"
    compiled = [find("tcprules", package), tmp_path / "cdb", tmp_path / "tmp"]
    subprocess.run(compiled, input=rules, text=True, check=True)
    port = free_port()
    server = [find("tcpserver", package), "-1", "-R", "-H", "-l", "localhost", "-x", tmp_path / "cdb", "127.0.0.1"]
    command = [*server, str(port), sys.executable, "-c", "import os; print(os.environ.get('TCPREMOTEHOST', 'none'))"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"%d\n" % port
            assert said_to("127.0.0.2", port) == "blocked.invalid"
            assert said_to("127.0.0.1", port) == "none"
        finally:
            process.terminate()


def said_to(source: str, port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), 30, (source, 0)) as ours, ours.makefile() as file:
        return file.readline().strip()
