"""The examples work as they stand: each is loaded and run, with nothing but its paths replaced."""

import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from qsfilter import Action, Client, Entry, Envelope, Filter, Limits, Report, config, edge
from qsfilter.discovery import installed
from qsfilter.options import make
from qsfilter.testing import QueueStandIn, attachment, message, part, zip_of
from qsfilter.testing.archives import ENCRYPTED, member, zip_file
from qsfilter.testing.caller import call
from qsfilter_attachments import Attachments
from qsfilter_yara import Yara

EXAMPLES = Path(__file__).parents[1] / "examples"
OURS = sorted(page.parent.name.removeprefix("qsfilter-") for page in EXAMPLES.parent.glob("plugins/*/README.md"))
"""The plugins that are ready to be used."""
RULES = sorted(path.name for path in (EXAMPLES / "rules").glob("*.py"))
ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))
STRANGER = Client(ip="192.0.2.1")
OUR_OWN = Client(ip="192.0.2.2", relay=True)
VENDOR = Client(ip="192.0.2.40")
INTERPRETER = "/opt/qsfilter/bin/python"
RULES_FILE = "/etc/qsfilter/rules.py"
SETTINGS_FILE = "/var/spool/qscan/settings_per_domain.txt"
QUEUE = "transport=QmailQueue()"


def code_lines(path: Path) -> list[str]:
    """Return what is neither blank nor comment nor docstring."""
    text = path.read_text()
    if '"""' in text:
        before, _, rest = text.partition('"""')
        text = before + rest.partition('"""')[2]
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def encrypted_zip() -> bytes:
    """Return a zip whose one member is encrypted, as far as can be seen without a key."""
    return zip_file(member(b"letter.txt", b"secret" * 20, data=b"\xa5" * 40, both={"flags": ENCRYPTED}))


def examined(name: str, raw: bytes, *plugins: object, client: Client = STRANGER, to: Envelope = ENVELOPE) -> Report:
    """Examine RAW by the rule file NAME and PLUGINS."""
    chosen = Filter(*plugins, rules=str(EXAMPLES / "rules" / name))
    chosen.start()
    return chosen.examine(raw, to, client)


# --- the wrapper ----------------------------------------------------------------------------------------------------


@pytest.fixture
def wrapper(tmp_path: Path) -> tuple[str, QueueStandIn]:
    """Copy the minimal wrapper with paths of this test."""
    stand_in = QueueStandIn(str(tmp_path))
    source = (EXAMPLES / "queue-wrappers/minimal.py").read_text()
    for old, new in (
        (INTERPRETER, sys.executable),
        (RULES_FILE, str(EXAMPLES / "rules/encrypted_archives.py")),
        (QUEUE, f"transport=QmailQueue(program=({stand_in.program!r},)), quarantine={str(tmp_path / 'kept')!r}"),
    ):
        assert source.count(old) == 1
        source = source.replace(old, new)
    program = tmp_path / "wrapper"
    program.write_text(source)
    program.chmod(0o700)
    return str(program), stand_in


def test_the_minimal_wrapper_has_at_most_ten_lines() -> None:
    lines = (EXAMPLES / "queue-wrappers/minimal.py").read_text().splitlines()
    assert len(lines) <= 10
    assert lines[0] == f"#!{INTERPRETER} -I"
    assert (EXAMPLES / "queue-wrappers/minimal.py").stat().st_mode & 0o111


def test_the_minimal_wrapper_hands_good_mail_over_unaltered(wrapper: tuple[str, QueueStandIn]) -> None:
    program, queue = wrapper
    raw = message(b"Hello\n")
    answer = call(program, raw, ENVELOPE, environment={})
    assert answer.accepted, answer.log
    (queued,) = queue.queued
    assert queued.message.endswith(raw)
    assert queued.message.startswith(b"X-QSFilter: ")
    assert queued.envelope == b"Falice@example.org\0Tbob@example.com\0\0"


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (message(part(b"Hello\n"), attachment(b"MZ", "setup.exe")), "extension .exe"),
        (message(part(b"Hello\n"), attachment(encrypted_zip(), "letter.zip")), "encrypted archives only"),
    ],
    ids=["program", "encrypted archive"],
)
def test_the_minimal_wrapper_refuses_what_it_should(wrapper: tuple[str, QueueStandIn], raw: bytes, found: str) -> None:
    program, queue = wrapper
    answer = call(program, raw, ENVELOPE, environment={})
    assert answer.code == 31
    assert answer.text.startswith("D")
    assert found in answer.log
    assert not queue.queued


def test_the_minimal_wrapper_passes_on_what_the_queue_program_says(wrapper: tuple[str, QueueStandIn]) -> None:
    program, queue = wrapper
    queue.exit_with(53)
    assert call(program, message(b"Hello\n"), ENVELOPE, environment={}).code == 53


# --- the rules ------------------------------------------------------------------------------------------------------


def test_the_first_rule_has_at_most_five_lines() -> None:
    assert len(code_lines(EXAMPLES / "rules/encrypted_archives.py")) <= 5


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_short_and_leaves_plain_mail_alone(name: str) -> None:
    assert len(code_lines(EXAMPLES / "rules" / name)) <= 8
    report = examined(name, message(b"Hello\n"))
    assert report.decision.action is Action.ACCEPT
    assert not report.findings
    assert [call.rule for call in report.calls if call.rule], "the rule was not asked"


def test_encrypted_archives_come_only_from_inside() -> None:
    raw = message(part(b"Hello\n"), attachment(encrypted_zip(), "letter.zip"))
    assert examined("encrypted_archives.py", raw).decision.action is Action.REJECT
    assert examined("encrypted_archives.py", raw, client=OUR_OWN).decision.action is Action.ACCEPT


def test_a_readable_archive_may_come_from_anywhere() -> None:
    raw = message(part(b"Hello\n"), attachment(zip_of({"letter.txt": b"open"}), "letter.zip"))
    assert examined("encrypted_archives.py", raw).decision.action is Action.ACCEPT


def test_big_mail_to_a_list_is_kept_from_the_list_alone() -> None:
    to = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"All@example.com"))
    big = message(part(b"x" * 5_000_000))
    report = examined("big_mail_to_lists.py", big, to=to)
    # A refusal for one of several recipients becomes a quarantine: there is one exit code.
    assert [(group.recipients, group.action) for group in report.decision.groups] == [
        ((b"bob@example.com",), Action.ACCEPT),
        ((b"All@example.com",), Action.QUARANTINE),
    ]
    alone = Envelope(sender=b"alice@example.org", recipients=(b"all@example.com",))
    assert examined("big_mail_to_lists.py", big, to=alone).decision.action is Action.REJECT
    assert examined("big_mail_to_lists.py", big, to=alone, client=OUR_OWN).decision.action is Action.ACCEPT
    assert examined("big_mail_to_lists.py", message(b"small\n"), to=alone).decision.action is Action.ACCEPT


def test_a_turned_name_is_quarantined() -> None:
    turned = message(part(b"Hello\n"), attachment(b"x", "photo\u202egpj.exe"))
    straight = message(part(b"Hello\n"), attachment(b"x", "photo.jpg"))
    assert examined("turned_names.py", turned).decision.action is Action.QUARANTINE
    assert examined("turned_names.py", straight).decision.action is Action.ACCEPT


def test_the_vendor_may_send_programs_and_nobody_else_may() -> None:
    raw = message(part(b"Hello\n"), attachment(b"MZ", "setup.exe"))
    report = examined("programs_from_our_vendor.py", raw, Attachments(), client=VENDOR)
    assert report.decision.action is Action.ACCEPT
    assert [waiver.reason for waiver in report.decision.waived] == ["our vendor sends programs"]
    assert examined("programs_from_our_vendor.py", raw, Attachments()).decision.action is Action.REJECT


def test_a_web_page_is_reported_and_nothing_changes() -> None:
    raw = message(part(b"Hello\n"), attachment(b"<p>Hello", "Invoice.HTML"))
    report = examined("web_pages.py", raw)
    (vote,) = [vote for vote in report.verdicts if vote.source == "rule:web-pages"]
    assert (vote.shadow, vote.action) == (True, Action.QUARANTINE)
    assert report.decision.action is Action.ACCEPT


def test_macros_are_kept_from_one_domain_alone() -> None:
    to = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@Careful.example.com"))
    report = examined("no_macros_for_one_domain.py", message(attachment(b"Word", "Letter.DOCM")), to=to)
    assert [(group.recipients, group.action) for group in report.decision.groups] == [
        ((b"bob@example.com",), Action.ACCEPT),
        ((b"carol@Careful.example.com",), Action.QUARANTINE),
    ]
    plain = message(attachment(b"Word", "letter.docx"))
    assert examined("no_macros_for_one_domain.py", plain, to=to).decision.action is Action.ACCEPT


def test_mail_in_our_name_comes_from_inside() -> None:
    ours = message(b"Pay at once.\n", sender="The boss <boss@Example.com>")
    a_list = Client(ip="192.0.2.80")
    assert examined("our_name_from_outside.py", ours).decision.action is Action.QUARANTINE
    assert examined("our_name_from_outside.py", ours, client=OUR_OWN).decision.action is Action.ACCEPT
    assert examined("our_name_from_outside.py", ours, client=a_list).decision.action is Action.ACCEPT


def test_our_own_people_write_to_a_hundred_at_most() -> None:
    name, raw = "many_recipients.py", message(b"Hello\n")
    to = Envelope(sender=b"bob@example.com", recipients=tuple(b"r%d@example.org" % n for n in range(101)))
    fewer = Envelope(sender=to.sender, recipients=to.recipients[:100])
    assert examined(name, raw, client=OUR_OWN, to=to).decision.action is Action.REJECT
    assert examined(name, raw, client=OUR_OWN, to=fewer).decision.action is Action.ACCEPT
    assert examined(name, raw, to=to).decision.action is Action.ACCEPT


def test_what_goes_to_a_spam_trap_goes_to_nobody() -> None:
    to = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"Jobs-2003@example.com"))
    report = examined("spam_traps.py", message(b"Hello\n"), to=to)
    assert [(group.recipients, group.action) for group in report.decision.groups] == [
        (to.recipients, Action.QUARANTINE)
    ]


def test_an_archive_is_not_encrypted_where_its_password_is_beside_it() -> None:
    name, locked = "password_beside_archive.py", attachment(encrypted_zip(), "letter.zip")
    told = message(part(b"The Password is 1234.\n"), locked)
    readable = message(part(b"The password is 1234.\n"), attachment(zip_of({"x.txt": b"x"}), "x.zip"))
    assert examined(name, told).decision.action is Action.QUARANTINE
    assert examined(name, message(part(b"As we said.\n"), locked)).decision.action is Action.ACCEPT
    assert examined(name, readable).decision.action is Action.ACCEPT


def test_there_are_a_dozen_rules_and_each_stands_in_the_index() -> None:
    index = (EXAMPLES / "README.md").read_text()
    assert len(RULES) == 12
    assert all(f"(rules/{name})" in index for name in RULES)
    assert all(f"(queue-wrappers/{path.name})" in index for path in (EXAMPLES / "queue-wrappers").glob("*.py"))


# --- the configuration ----------------------------------------------------------------------------------------------


def configuration() -> dict[str, object]:
    text = (EXAMPLES / "qsfilter.toml").read_text()
    for named, there in ((RULES_FILE, "rules/encrypted_archives.py"), (SETTINGS_FILE, "settings_per_domain.txt")):
        assert named in text
        text = text.replace(named, str(EXAMPLES / there))
    return tomllib.loads(text)


def test_the_configuration_is_one() -> None:
    chosen = config.from_table(configuration(), "qsfilter.toml")
    names = {entry.name for entry in chosen.setup.registry.entries}
    assert {*OURS, "yara", "yara-trial", "rule:encrypted-archives-only-from-inside"} <= names


def test_the_configuration_says_every_key_there_is() -> None:
    table = configuration()
    text = (EXAMPLES / "qsfilter.toml").read_text()
    assert set(table) == set(config.TABLES)
    assert set(table["limits"]) == set(Limits.__dataclass_fields__)
    assert set(table["actions"]) >= set(config.DEFAULT_ACTIONS)
    for name in (*edge.REPLIES, *config.MODES, *config.RESERVED, "maildir"):
        assert name in text


@pytest.mark.parametrize("name", OURS)
def test_the_configuration_says_every_option_of_a_plugin(name: str) -> None:
    assert name in installed(), "run make venv"
    options = {field.name for field in fields(installed()[name].load())}
    assert set(configuration()["plugins"].get(name, ())) - set(config.RESERVED) == options


def test_what_the_configuration_calls_a_default_is_one() -> None:
    table = configuration()
    chosen = config.from_table({"limits": table["limits"], "actions": table["actions"]}, "qsfilter.toml")
    bare = config.from_table({}, "qsfilter.toml")
    assert chosen.limits == bare.limits
    actions = dict(chosen.setup.policy.actions)
    assert actions.pop("policy.extension .jar") == (Action.QUARANTINE, False)
    assert actions == bare.setup.policy.actions
    assert table["deliver"]["reply"] == bare.reply
    entry = Entry(name="yara", plugin=Yara())
    assert table["plugins"]["yara"]["timeout"] == entry.timeout
    assert not entry.shadow
    assert {key: table["plugins"]["yara"][key] for key in ("eicar", "seconds")} == {"eicar": True, "seconds": 30}
    defaults = make(Attachments, {}, "")
    for key in ("defaults", "double_extensions", "clsid", "hidden", "max_name", "max_size"):
        assert table["plugins"]["attachments"][key] == getattr(defaults, key)
