"""What the reference says is so: hooks, kinds, codes, keys, defaults, options and names are held against the code.

It is long because the reference is: each test holds one table or list of one page.
"""

import argparse
import ast
import inspect
import re
import types
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from qsfilter import (
    Action,
    Client,
    Context,
    Entry,
    Envelope,
    Filter,
    Kind,
    Limits,
    Part,
    config,
    discovery,
    edge,
    hookspecs,
    log_forms,
    log_line,
    metrics,
    model,
    openmetrics,
    policy_tables,
)
from qsfilter.actions import DEFAULT_ACTIONS, EXIT_CODES, UNSCANNABLE_NAMES
from qsfilter.cli import COMMANDS, EPILOG
from qsfilter.discovery import installed
from qsfilter.errors import QsfilterError
from qsfilter.examination import MOST_ANSWERS
from qsfilter.filter import QUARANTINE
from qsfilter.held.retention import Retention
from qsfilter.hookspecs import HOOKS, Hooks
from qsfilter.legacy_headers import DESCRIPTIVE, FORMS, LegacyHeaders
from qsfilter.log_sinks import FACILITIES
from qsfilter.message_log import FORMATS, PLACES
from qsfilter.mime.codes import AMBIGUOUS, IRREGULAR
from qsfilter.outbox.settings import WAYS, Outbox
from qsfilter.queue import alarm, becoming, contract, judged, protocol, spool
from qsfilter.transport import REMOVED
from qsfilter.zip.codes import AMBIGUOUS as ZIP_AMBIGUOUS
from qsfilter.zip.codes import IRREGULAR as ZIP_IRREGULAR
from tests.doc_pages import BLOCK, CORE, DOCS, READMES, REFERENCE, ROOT, package_of, rows, section, shown


def in_toml(value: object) -> str:
    """Write VALUE as a configuration would."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(list(value)).replace("'", '"') if isinstance(value, tuple) else str(value)


# --- hooks ----------------------------------------------------------------------------------------------------------


def test_hooks_stand_on_their_page_with_exact_signatures() -> None:
    page = (REFERENCE / "hooks.md").read_text()
    headings = re.findall(r"^## (\w+)\((.*?)\)$", page, re.MULTILINE)
    assert [name for name, _ in headings] == list(HOOKS)
    for name, arguments in headings:
        function = getattr(Hooks, name)
        assert arguments == ", ".join(list(inspect.signature(function).parameters)[1:])
        block = re.search(r"```python\n(def .*?)```", section(page, f"{name}({arguments})"), re.DOTALL)
        assert block
        (shown_one,) = ast.parse(block[1]).body
        assert isinstance(shown_one, ast.FunctionDef)
        assert shown_one.name == name
        given = {argument.arg: ast.unparse(argument.annotation) for argument in shown_one.args.args[1:]}
        specified = inspect.get_annotations(function)
        assert {**given, "return": ast.unparse(shown_one.returns)} == specified


def test_what_can_go_wrong_in_a_hook_stands_on_its_page() -> None:
    page = (REFERENCE / "hooks.md").read_text()
    source = (CORE / "examination.py").read_text()
    for name in re.findall(r'_failure\("(\w+)"', source):
        assert f"`failure {name}`" in page
    assert f"more than {MOST_ANSWERS} answers" in page


def test_the_values_on_the_page_of_hooks_exist() -> None:
    page = (REFERENCE / "hooks.md").read_text()
    classes = {
        "message": model.Message,
        "envelope": Envelope,
        "client": Client,
        "part": Part,
        "name": model.Name,
        "blob": model.Blob,
        "field": model.Field,
        "container": model.Container,
        "finding": model.Finding,
        "ctx": Context,
    }
    named = re.findall(rf"\b({'|'.join(classes)})\.(\w+)", section(page, "The values"))
    assert len(named) > 30
    for value, attribute in named:
        assert hasattr(classes[value], attribute), f"{value}.{attribute}"


# --- kinds, actions, exit codes -------------------------------------------------------------------------------------


def test_kinds_stand_in_their_order() -> None:
    page = section((REFERENCE / "actions.md").read_text(), "Kinds")
    found = [name for name in rows(page) if name not in {"kind", "name"}]
    assert found == [*Kind, *UNSCANNABLE_NAMES]


def test_actions_stand_with_their_codes() -> None:
    table = rows(section((REFERENCE / "actions.md").read_text(), "Actions"))
    for action in Action:
        assert re.match(rf"{EXIT_CODES[action]}\b", table[str(action)][-1]), action


def test_default_actions_stand_as_they_are() -> None:
    table = rows(section((REFERENCE / "actions.md").read_text(), "Who votes"))
    del table["finding"]
    wanted = {kind: [f"`{action}`", "yes" if keep else "no"] for kind, (action, keep) in DEFAULT_ACTIONS.items()}
    assert table == wanted


def test_codes_of_odd_mail_stand_with_their_texts() -> None:
    page = (REFERENCE / "ambiguity.md").read_text()
    for heading, codes in (("Ambiguous", AMBIGUOUS), ("Irregular", IRREGULAR)):
        table = rows(section(page, heading))
        del table["code"]
        assert table == {code: [text] for code, text in codes.items()}
    for limit in re.findall(
        r"`(\w+)`", " ".join(line.split(" | ")[0] for line in section(page, "Bounds").splitlines())
    ):
        assert limit in {field.name for field in fields(Limits)} | {"unscannable"}, limit


def test_codes_of_odd_zips_stand_with_their_texts() -> None:
    page = (REFERENCE / "stages/unpack.md").read_text()
    for kind, codes in (("ambiguous", ZIP_AMBIGUOUS), ("irregular", ZIP_IRREGULAR)):
        for code, text in codes.items():
            assert f"| `{kind} {code}` | {text} |\n" in page


def test_exit_codes_stand_in_the_contract() -> None:
    table = rows(section((REFERENCE / "queue-contract.md").read_text(), "Exit codes"))
    told = {int(number) for first in table for number in re.findall(r"\d+", first)}
    errors = [cls for cls in QsfilterError.__subclasses__() if not cls.__module__.startswith("qsfilter.cli.")]
    by_error = {cls.exit for cls in [QsfilterError, *errors]}
    constants = {contract.READ_ERROR, contract.MALFORMED, contract.TOO_LONG, contract.OUT_OF_MEMORY}
    constants |= {becoming.CANT_START, judged.TIMEOUT}
    dialects = {dialect.code for dialect in contract.DIALECTS.values()} - {0}
    assert by_error | constants | dialects | set(EXIT_CODES.values()) | {judged.BUG, 1, 53} == told
    literal = set()
    for file in CORE.glob("**/*.py"):
        literal |= {int(code) for code in re.findall(r"(?:DeliveryError|EnvelopeError)\(.*, (\d+)\)", file.read_text())}
    assert literal <= told


def test_dialects_stand_in_the_contract() -> None:
    table = rows(section((REFERENCE / "queue-contract.md").read_text(), "Dialects"))
    del table["`reply`".strip("`")]
    assert list(table) == list(edge.REPLIES) == list(contract.DIALECTS)
    for name, dialect in contract.DIALECTS.items():
        text = [str(dialect.code), str(dialect.descriptor), str(dialect.longest)] if dialect.code else None
        assert table[name][:3] == (text or ["31 or 71", "none", "none"])
        assert table[name][3] == ("yes" if dialect.from_environment else "no")


def test_what_the_queue_program_does_not_get_is_named() -> None:
    page = (REFERENCE / "queue-contract.md").read_text()
    for name in REMOVED:
        assert name.decode() in page


def test_times_stand_in_the_contract() -> None:
    page = section((REFERENCE / "queue-contract.md").read_text(), "Time-outs")
    assert f"{spool.IDLE_SECONDS:.0f} s" in page
    assert f"{spool.WHOLE_SECONDS / 3600:.0f} hours" in page
    assert f"`limits.seconds` + {alarm.GRACE_SECONDS:.0f} s" in page


# --- configuration --------------------------------------------------------------------------------------------------

CONFIGURATION = (REFERENCE / "configuration.md").read_text()


def test_every_table_of_the_configuration_has_a_section() -> None:
    headings = set(re.findall(r"^## \[+(\w+)", CONFIGURATION, re.MULTILINE))
    assert headings | {"relays", "settings_per_domain"} == set(config.TABLES)
    assert {"relays", "settings_per_domain"} <= set(rows(section(CONFIGURATION, "Top level")))


def test_the_service_stands_with_its_defaults() -> None:
    table = rows(section(CONFIGURATION, "[service]"))
    del table["key"]
    assert list(table) == [field.name for field in fields(edge.Service)]
    for field in fields(edge.Service):
        assert table[field.name][1] == f"`{in_toml(field.default)}`"


def test_limits_stand_with_their_defaults() -> None:
    table = rows(section(CONFIGURATION, "[limits]"))
    del table["key"]
    assert list(table) == [field.name for field in fields(Limits)]
    for field in fields(Limits):
        assert table[field.name][:2] == ["number" if field.name == "seconds" else "integer", f"`{field.default}`"]


def test_the_other_tables_have_their_keys_and_no_others() -> None:
    source = (CORE / "config.py").read_text() + (CORE / "edge.py").read_text()
    for name in ("deliver", "quarantine", "attempts", "cache", "headers", "log", "metrics", "rules"):
        known = re.search(rf'table\(whole, "{name}", where, \((.*?)\)\)', source)
        assert known
        table = rows(section(CONFIGURATION, f"[{name}]"))
        assert set(table) - {"key"} == set(re.findall(r'"(\w+)"', known[1]))
    assert rows(section(CONFIGURATION, "[quarantine]"))["path"][1] == f'`"{QUARANTINE}"`'
    assert rows(section(CONFIGURATION, "[deliver]"))["reply"][1] == f'`"{config.from_table({}, "").reply}"`'
    for reply in edge.REPLIES:
        assert f"`{reply}`" in section(CONFIGURATION, "[deliver]")
    assert set(rows(section(CONFIGURATION, "[actions]"))) - {"key"} == {"action", "keep"}
    for action in Action:
        assert f'`"{action}"`' in section(CONFIGURATION, "[actions]")


def test_keys_that_every_plugin_has_stand_with_their_defaults() -> None:
    table = rows(section(CONFIGURATION, "[plugins.NAME]"))
    assert set(table) - {"key"} == set(config.RESERVED)
    assert table["timeout"][1] == f"`{Entry(name='', plugin=None).timeout}`"
    for mode in config.MODES:
        assert f"`{mode}`" in table["mode"][2]


def test_names_that_are_taken_stand_there() -> None:
    for entry in Filter().setup.registry.entries:
        assert f"`{entry.name}`" in section(CONFIGURATION, "[plugins.NAME]")
        assert f"`{entry.name}`" in (REFERENCE / "plugins.md").read_text()


def test_the_environment_stands_there() -> None:
    text = section(CONFIGURATION, "Environment")
    for name in [edge.VARIABLE, "ERROR_FD", "TMPDIR", *(name.decode() for name in protocol.FORWARDED)]:
        assert f"`{name}`" in text
    assert edge.DEFAULT_PATH in CONFIGURATION


# --- plugins --------------------------------------------------------------------------------------------------------


def test_plugins_with_a_readme_stand_on_their_page() -> None:
    table = rows((REFERENCE / "plugins.md").read_text())
    assert set(table) - {"plugin"} >= {page.parent.name.removeprefix("qsfilter-") for page in READMES}
    assert set(table) - {"plugin"} <= {
        page.parent.name.removeprefix("qsfilter-") for page in ROOT.glob("plugins/*/pyproject.toml")
    }


@pytest.mark.parametrize("page", READMES, ids=shown)
def test_a_readme_has_every_option_with_its_default(page: Path) -> None:
    name = page.parent.name.removeprefix("qsfilter-")
    if name not in installed():
        pytest.fail(f"{name} is not installed; run make venv")
    cls = installed()[name].load()
    table = rows(page.read_text())
    listed = re.search(r"^\| option \|.*\n\|[-|]+\n((?:\|.*\n)+)", page.read_text(), re.MULTILINE)
    assert set(re.findall(r"^\| `(\w+)`", listed[1], re.MULTILINE) if listed else ()) == {f.name for f in fields(cls)}
    for field in fields(cls):
        if field.default is not MISSING:
            assert table[field.name][0].startswith(f"`{in_toml(field.default)}`"), field.name


def test_the_groups_of_entry_points_stand_on_their_page() -> None:
    text = section((REFERENCE / "plugins.md").read_text(), "What a package declares")
    public = section((REFERENCE / "api.md").read_text(), "What is public")
    for group in (hookspecs.PROJECT, f"{hookspecs.PROJECT}.commands"):
        assert f"**Group `{group}`:" in text
        assert f"`{group}`" in public
    source = inspect.getsource(discovery.installed) + inspect.getsource(discovery.commands)
    assert re.findall(r"entry_points\(group=(.*?)\)", source) == ["PROJECT", 'f"{PROJECT}.commands"']


def test_what_is_deprecated_is_said_at_once() -> None:
    page = section((REFERENCE / "api.md").read_text(), "How it changes")
    nothing = "Nothing is deprecated now." in page
    assert nothing == ("### Deprecated" not in (ROOT / "CHANGELOG.md").read_text())
    assert "docs/reference/api.md" in (ROOT / "SECURITY.md").read_text()


FINDING = re.compile(r'\b(ambiguous|irregular|unscannable|policy|note|spam|malware)\(\s*"([a-z-]+)"')


def found_by(folders: list[Path]) -> set[tuple[str, str]]:
    """Return kind and name of the findings that the sources in FOLDERS spell out."""
    return {found for folder in folders for file in folder.rglob("*.py") for found in FINDING.findall(file.read_text())}


def test_findings_of_the_built_in_readers_stand_on_the_pages_of_their_stages() -> None:
    pages = "".join((REFERENCE / f"stages/{stage}.md").read_text() for stage in ("parse", "unpack"))
    found = found_by([CORE / name for name in ("builtin", "mime", "streams", "tar", "zip")])
    assert len(found) > 8
    for kind, name in found:
        assert f"`{kind} {name}`" in pages
    for kind, name in re.findall(r"^\| `(\w+) (tar-[a-z-]+|trailing-data)`", pages, re.MULTILINE):
        assert (kind, name) in found, "nothing finds it"


@pytest.mark.parametrize("page", READMES, ids=shown)
def test_findings_of_a_plugin_stand_in_its_readme(page: Path) -> None:
    for kind, name in found_by([package_of(page)]):
        assert f"`{kind} {name}`" in page.read_text()


# --- command line ---------------------------------------------------------------------------------------------------


def command_name(command: types.ModuleType) -> str:
    return command.__name__.rpartition(".")[2].replace("_", "-")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_command_stands_with_its_options(command: types.ModuleType) -> None:
    text = section((REFERENCE / "command-line.md").read_text(), command_name(command))
    parser = argparse.ArgumentParser(add_help=False)
    command.add_arguments(parser)
    parsers = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            parsers += action.choices.values()
            for name in action.choices:
                assert f"{command.__name__.rpartition('.')[2]} {name}" in text
    known = {option for one in parsers for action in one._actions for option in action.option_strings} - {
        "-h",
        "--help",
    }
    told = {option for row in rows(text) for option in re.findall(r"--[a-z-]+", row)}
    assert told == known


def test_commands_that_do_not_exist_have_no_section() -> None:
    page = (REFERENCE / "command-line.md").read_text()
    names = {command_name(command) for command in COMMANDS}
    assert set(re.findall(r"^## ([\w-]+)$", page, re.MULTILINE)) == names | {"qsfilter-queue"}
    for code in re.findall(r"\b(\d+) ", EPILOG):
        assert code in rows(page)


# --- tables of the configuration ------------------------------------------------------------------------------------


def defaults(heading: str) -> dict[str, str]:
    """Return key → default of the section HEADING, where one is given as a word or a number."""
    table = rows(section(CONFIGURATION, heading))
    return {key: cells[1].strip("`") for key, cells in table.items() if re.fullmatch(r"`[^`]*`", cells[1])}


def test_defaults_stand_as_they_are() -> None:
    chosen = config.from_table({}, "")
    assert chosen.attempts is not None
    assert defaults("[attempts]") == {"most": str(chosen.attempts.most)}
    assert chosen.cache is not None
    assert defaults("[cache]") == {"seconds": f"{chosen.cache._seconds:.0f}"}
    assert defaults("[headers]") == {field.name: in_toml(field.default) for field in fields(LegacyHeaders)}
    assert defaults("[log]") == {"format": '"logfmt"', "to": '"stderr"', "facility": '"mail"'}
    assert (chosen.log.format, FORMATS[0], PLACES[0]) == ("logfmt", "logfmt", "stderr")
    assert defaults("[outbox]") == {
        "timeout": str(Outbox(path="").timeout),
        "give_up_days": str(Outbox(path="").give_up_days),
        "qmail_queue": "deliver.qmail_queue",
    }
    held = Retention()
    (days,) = set(held.keep_days.values())
    kept = {"keep_days": days, "min_days": held.min_days, "max_bytes": held.max_bytes}
    kept["min_free_bytes"] = held.min_free_bytes
    assert defaults("[quarantine]") == {"path": f'"{QUARANTINE}"', **{key: f"{value:g}" for key, value in kept.items()}}


def test_words_that_a_key_takes_stand_there() -> None:
    for heading, words in (
        ("[headers]", (*FORMS, *DESCRIPTIVE)),
        ("[log]", (*FORMATS, *PLACES, *(name for name in FACILITIES if name[:5] != "local"), "local0", "local7")),
        ("[service]", edge.FALLBACKS),
    ):
        for word in words:
            assert f"`{word}`" in section(CONFIGURATION, heading), f"{heading}: {word}"


def test_rules_and_entries_have_their_keys_and_no_others() -> None:
    policy = section(CONFIGURATION, "[[policy]]")
    keys, conditions = policy.split("The conditions of `match`")
    assert tuple(key for key in rows(keys) if key != "key") == policy_tables.RULE_KEYS
    told = [name for cell in rows(conditions) for name in re.findall(r"\w+", cell)]
    assert sorted(told) == sorted(["key", *policy_tables.CONDITIONS])
    allow = section(CONFIGURATION, "[[allow]]")
    own = [key for key in rows(allow) if key != "key"]
    other = re.search(r"conditions as in `match`: (.*?)\. All have", allow, re.DOTALL)
    assert other
    assert sorted([*own, *re.findall(r"`(\w+)`", other[1])]) == sorted(policy_tables.ALLOW_KEYS)


def test_the_outbox_has_its_keys() -> None:
    table = rows(section(CONFIGURATION, "[outbox]"))
    assert set(table) - {"key"} == {"path", *WAYS, "timeout", "give_up_days"}


# --- logs and metrics -----------------------------------------------------------------------------------------------


def named(page: Path, heading: str) -> set[str]:
    """Return the names in the first cells of the tables below HEADING of PAGE."""
    table = rows(section(page.read_text(), heading))
    return {name for cell in table for name in re.findall(r"`?(\w+)`?", cell)} - {"key", "field", "type"}


def test_the_log_has_its_keys_and_no_others() -> None:
    source = inspect.getsource(log_line.log_line)
    keys = {*re.findall(r'f"(\w+)=\{', source), *re.findall(r'^ +"(\w+)": ', source, re.MULTILINE)}
    assert {"id", "because", "shadow"} < keys
    assert named(REFERENCE / "logs.md", "logfmt") == keys
    assert named(REFERENCE / "queue-contract.md", "The log line") == keys
    source = inspect.getsource(log_forms._object)
    told = source[source.index("told:") :]
    in_json = {*re.findall(r'^ {8}"(\w+)": ', told, re.MULTILINE), *re.findall(r'told\["(\w+)"\]', told)}
    more = set(re.findall(r"`(recipients|more)`", section((REFERENCE / "logs.md").read_text(), "JSON")))
    assert in_json == keys | more
    text = (REFERENCE / "logs.md").read_text()
    for number in (f"{log_line.MOST_OCTETS}", f"{log_forms.MOST_JSON_OCTETS:,}", f"{log_forms.LENGTHS[0]} characters"):
        assert number in text
    assert log_line.MOST_FINDINGS_IN_LOG == 5
    assert "the first five findings" in text


def test_the_metrics_stand_with_their_labels() -> None:
    page = (REFERENCE / "metrics.md").read_text()
    table = rows(page)
    del table["metric"]
    known = {f"qsfilter_{name}_total": labels for name, (labels, _) in openmetrics.COUNTERS.items()}
    known |= {f"qsfilter_{name}": (*labels, "le") for name, (labels, _) in openmetrics.HISTOGRAMS.items()}
    assert {name: tuple(re.findall(r"`(\w+)`", cells[0])) for name, cells in table.items()} == known
    ends = re.search(r"the buckets (.*?) seconds", page, re.DOTALL)
    assert ends
    assert [float(end) for end in re.findall(r"[\d.]+", ends[1])] == list(metrics.BUCKETS)
    assert f"first {metrics.MOST_NAMES} of each kind" in page
    assert f"cut at {metrics.LONGEST_NAME} characters" in page


def test_what_alarms_ask_for_is_counted() -> None:
    page = (DOCS / "how-to/watch-it.md").read_text()
    known = {f"qsfilter_{name}_total" for name in openmetrics.COUNTERS}
    known |= {f"qsfilter_{name}_bucket" for name in openmetrics.HISTOGRAMS}
    asked = {
        name for found in BLOCK.finditer(page) if found[1] == "yaml" for name in re.findall(r"qsfilter_\w+", found[2])
    }
    assert asked
    assert asked <= known


# --- the service and the words of the log ---------------------------------------------------------------------------


def test_the_protocol_stands_with_its_numbers() -> None:
    page = (REFERENCE / "service-protocol.md").read_text()
    assert f"version is {protocol.VERSION}." in page
    for heading, packed in (("Request", protocol.REQUEST), ("Answer", protocol.ANSWER)):
        told = re.findall(r"^\| (\d+) \|", section(page, heading), re.MULTILINE)
        assert sum(map(int, told)) == packed.size, heading
    for number in (protocol.LONGEST_REQUEST, protocol.LONGEST_VALUE, protocol.LONGEST_TEXT):
        assert f"at most {number}" in page
    assert protocol.MOST_LINES == protocol.MOST_ENVELOPE == 16 << 20
    for name in protocol.FORWARDED:
        assert f"`{name.decode()}`" in section(page, "Request")


def test_what_a_page_reads_in_the_log_can_stand_there() -> None:
    """Every text that the how-to on deferrals goes by is one of the code's, or a name of a finding."""
    page = (DOCS / "how-to/find-a-deferral.md").read_text()
    folders = [CORE, *map(package_of, READMES)]
    files = [file for folder in folders for pattern in ("*.py", "*.c") for file in folder.rglob(pattern)]
    source = "\n".join(file.read_text() for file in files)
    cells = [line.split(" | ")[0] for line in section(page, "2. Read it").splitlines() if line.startswith("| ")]
    texts = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    assert len(texts) > 15
    for text in texts:
        failed = re.fullmatch(r'failures="([\w-]+) by', text)
        if failed:
            assert f'"{failed[1]}"' in source, text
        elif "=" in text or text == "failures":
            assert {key.partition("=")[0] for key in text.split()} <= named(REFERENCE / "logs.md", "logfmt")
        else:
            assert text in source or text in named(REFERENCE / "logs.md", "logfmt") | {"[actions]"}, text


def test_the_limits_of_big_mail_stand_as_they_are() -> None:
    table = rows((DOCS / "how-to/take-big-mail.md").read_text())
    limits = Limits()
    mib = 1 << 20
    assert table["limits.message_bytes"][0] == f"{limits.message_bytes // mib} MiB"
    (unpacked,) = (cells[0] for key, cells in table.items() if "unpacked_ratio" in key)
    assert unpacked == f"{limits.unpacked_bytes // mib} MiB, {limits.unpacked_ratio} times the message"
    assert table["limits.memory_bytes"][0] == f"{limits.memory_bytes // (1024 * mib)} GiB"
    assert table["service.held_bytes"][0] == f"{edge.Service().held_bytes // mib} MiB"
    (seconds,) = (cells[0] for key, cells in table.items() if key.startswith("limits.seconds"))
    clamav = {field.name: field.default for field in fields(installed()["clamav"].load())}
    assert seconds == f"{limits.seconds:.0f}, {clamav['seconds']:.0f}, {Entry(name='', plugin=None).timeout:.0f}"
