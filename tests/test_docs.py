"""The documentation says what the code does: tables, signatures, commands and examples are held against it."""

import argparse
import ast
import inspect
import os
import re
import subprocess
import sys
import tomllib
import types
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

from qsfilter import Action, Client, Context, Entry, Envelope, Filter, Kind, Limits, Maildir, Part, config, edge, model
from qsfilter.actions import DEFAULT_ACTIONS, EXIT_CODES, UNSCANNABLE_NAMES
from qsfilter.builtin.site_rules import load_rules
from qsfilter.cli import COMMANDS, EPILOG
from qsfilter.discovery import installed
from qsfilter.errors import QsfilterError
from qsfilter.examination import MOST_ANSWERS
from qsfilter.filter import QUARANTINE
from qsfilter.hookspecs import HOOKS, Hooks
from qsfilter.mime.codes import AMBIGUOUS, IRREGULAR
from qsfilter.options import make
from qsfilter.queue import alarm, becoming, contract, judged, spool
from qsfilter.sniff import DOCUMENTS, KINDS
from qsfilter.testing import attachment, examine, message, part, problems, zip_of
from qsfilter.transport import REMOVED
from qsfilter.zip.codes import AMBIGUOUS as ZIP_AMBIGUOUS
from qsfilter.zip.codes import IRREGULAR as ZIP_IRREGULAR

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *(ROOT / "examples").glob("**/*.md")])
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"Save this as `([^`]+)`:\n\n```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(language: str, pages: list[Path] | None = None) -> list[object]:
    """List the code blocks in LANGUAGE, each with a name to show."""
    found = []
    for page in PAGES if pages is None else pages:
        text = page.read_text()
        for match in BLOCK.finditer(text):
            if match[1] == language:
                name = f"{shown(page)}:{text.count(chr(10), 0, match.start()) + 1}"
                found.append(pytest.param(match[2], id=name))
    return found


def section(text: str, heading: str) -> str:
    """Return what stands below HEADING (of level 2) up to the next one."""
    parts = re.split(r"^## ", text, flags=re.MULTILINE)
    (found,) = (piece for piece in parts if piece.splitlines()[0].strip("`") == heading)
    return found


def rows(text: str) -> dict[str, list[str]]:
    """Read the tables in TEXT: first cell without its backticks → the other cells."""
    found = {}
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            first, *rest = (cell.strip() for cell in line.strip("|").split(" | "))
            found[first.strip("` ")] = [cell.strip("| ") for cell in rest]
    return found


def in_toml(value: object) -> str:
    """Write VALUE as a configuration would."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(list(value)).replace("'", '"') if isinstance(value, tuple) else str(value)


# --- pages in general -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            path = target.partition("#")[0]
            assert not path or (page.parent / path).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_what_a_page_calls_a_file_of_the_source_is_one(page: Path) -> None:
    known = r"(?:qsfilter|tests|examples|docs|scripts|plugins)/[\w./-]+"
    text = BLOCK.sub("", SAVED.sub("", page.read_text()))  # what a reader is to save is the reader's
    for path in re.findall(rf"`({known})`", text):
        assert "NAME" in path or (ROOT / path).exists(), path


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    above, here = (re.escape(os.fsencode(name)) for name in (ROOT.parent, ROOT.name))
    places = re.compile(rb"/(?:home|Users)/[a-z]|/root/[a-z.]|%s/(?:%s|shared|\.)" % (above, here))
    skipped = {"build", "dist", "messages", "__pycache__", "uv.lock", "requirements.lock"}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and (name[0] != "." or name == ".ci")]
        for name in files:
            if name not in skipped and not name.startswith(".coverage"):
                found = places.search((Path(folder) / name).read_bytes())
                assert not found, f"{folder}/{name}: {found}"


@pytest.mark.parametrize("source", blocks("toml"))
def test_a_toml_block_is_a_configuration(source: str, hash_list: types.ModuleType) -> None:
    table = tomllib.loads(source)
    if "project" in table:
        return
    for name, options in table.get("plugins", {}).items():
        if name == "hashlist":
            options.setdefault("use", f"{hash_list.__name__}:HashList")
    if "rules" in table:
        table["rules"]["files"] = [str(ROOT / "examples/rules/encrypted_archives.py")]
    config.from_table(table, "block")


@pytest.mark.parametrize("source", blocks("python"))
def test_a_python_block_can_be_compiled(source: str, tmp_path: Path) -> None:
    compile(source, "block", "exec")
    if "@rule(" in source:
        file = tmp_path / "rules.py"
        file.write_text(source)
        assert load_rules(str(file))


def test_the_readme_shows_the_examples_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text()
    rule = (ROOT / "examples/rules/encrypted_archives.py").read_text()
    assert (ROOT / "examples/queue-wrappers/minimal.py").read_text() in readme
    assert rule[rule.index("from qsfilter") :] in readme


# --- what pages show is run -----------------------------------------------------------------------------------------


@pytest.fixture
def hash_list(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Make the plugin of the how-to a module."""
    module = types.ModuleType("hash_list_of_the_documentation")
    source = dict(SAVED.findall((DOCS / "how-to/write-a-plugin.md").read_text()))["src/qsfilter_hashlist/__init__.py"]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, module.__name__, "exec"), vars(module))  # noqa: S102 - our own documentation
    return module


def commands(page: Path, start: str) -> Iterator[tuple[str, str]]:
    """Yield each command on PAGE that begins with START, and the output that is shown for it."""
    for match in BLOCK.finditer(page.read_text()):
        if match[1] == "console":
            for piece in re.split(r"^\$ ", match[2], flags=re.MULTILINE)[1:]:
                command, _, output = piece.partition("\n")
                if re.search(start, command):
                    yield command, output


def assert_shows(expected: str, got: str) -> None:
    """Compare line by line, but for the width of columns; `…` is anything in a line, or any lines if it is alone."""
    expected, got = (re.sub(" +", " ", text) for text in (expected, got))
    pattern = ""
    for line in expected.strip().splitlines():
        pattern += "(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
    plain = "".join(f"{line.rstrip()}\n" for line in got.strip().splitlines())
    assert re.fullmatch(pattern, plain), got


def bash(command: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    environment.pop(edge.VARIABLE, None)
    done = subprocess.run(
        ["bash", "-c", command],
        check=False,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout


def test_the_readme_shows_what_the_demonstration_prints(tmp_path: Path) -> None:
    ((_, output),) = commands(ROOT / "README.md", "qsfilter demo")
    assert_shows(output, bash(f"qsfilter demo --folder {tmp_path}", tmp_path))


def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    page = DOCS / "tutorial/first-rule.md"
    text = page.read_text()
    files = dict(SAVED.findall(text))
    rules = re.search(r"Add this to `qsfilter.toml`:\n\n```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert rules
    for name in ("qsfilter.toml", "letter.eml"):
        (tmp_path / name).write_text(files[name])
    done = 0
    for command, output in commands(page, "^(qsfilter|QSFILTER_CONFIG|printf)"):
        if done == 1:  # the first one shows the message without the rule
            (tmp_path / "rules.py").write_text(files["rules.py"])
            (tmp_path / "qsfilter.toml").write_text(f"{files['qsfilter.toml']}\n{rules[1]}")
        assert_shows(output, bash(command, tmp_path))
        done += 1
    assert done == 6


def test_a_decision_is_explained_as_the_how_to_shows(tmp_path: Path) -> None:
    page = DOCS / "how-to/explain-a-decision.md"
    text = page.read_text()
    for name, content in SAVED.findall(text):
        (tmp_path / name).write_text(content)
    shown_ones = list(commands(page, ""))
    assert len(shown_ones) == 4
    for command, output in shown_ones:
        assert_shows(output, bash(command, tmp_path))
    told = re.search(r"^message refused: .*(?= \(id )", text, re.MULTILINE)
    assert told
    assert told[0] in bash("qsfilter explain --config site.toml letter.eml", tmp_path)


def test_recipients_have_rules_of_their_own_as_the_how_to_shows(tmp_path: Path) -> None:
    page = DOCS / "how-to/decide-by-recipient-and-client.md"
    for name, content in SAVED.findall(page.read_text()):
        (tmp_path / name).write_text(content)
    shown_ones = list(commands(page, ""))
    assert len(shown_ones) == 3
    for command, output in shown_ones:
        assert_shows(output, bash(command, tmp_path))


def test_site_rules_work_as_the_how_to_shows(tmp_path: Path) -> None:
    page = DOCS / "how-to/write-site-rules.md"
    (tmp_path / "rules.d").mkdir()
    for name, content in SAVED.findall(page.read_text()):
        (tmp_path / name).write_text(content)
    shown_ones = list(commands(page, ""))
    assert len(shown_ones) == 8
    for command, output in shown_ones:
        assert_shows(output, bash(command, tmp_path))


def test_the_plugin_of_the_how_to_passes_its_own_tests(tmp_path: Path) -> None:
    for name, content in SAVED.findall((DOCS / "how-to/write-a-plugin.md").read_text()):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests"],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_mail_is_released_as_the_how_to_shows(tmp_path: Path) -> None:
    (source,) = (block.values[0] for block in blocks("python", [DOCS / "how-to/look-into-quarantine.md"]))
    raw = message(part(b"Hello\n"), attachment(b"MZ", "setup.exe"))
    envelope = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com", b"carol@example.com"))
    rule = tmp_path / "rules.py"
    rule.write_text('from qsfilter import quarantine, rule\n@rule("all")\ndef _():\n    return quarantine("all")\n')
    chosen = Filter(rules=str(rule), transport=Maildir(path=str(tmp_path / "in")), quarantine=str(tmp_path / "kept"))
    (kept,) = chosen.run(raw, envelope).outcome.kept
    box, _, name = kept.where.partition("/new/")
    file = tmp_path / "release.py"
    file.write_text(source.replace("QmailQueue()", f"Maildir(path={str(tmp_path / 'out')!r})"))
    file.write_text(file.read_text().replace("import Envelope, Head, QmailQueue", "import Envelope, Head, Maildir"))
    subprocess.run([sys.executable, str(file), box, name], check=True)
    (released,) = (tmp_path / "out/new").iterdir()
    assert released.read_bytes().endswith(b"\nX-Released: by the postmaster\n" + raw)
    assert "recipients=tuple(map(b64decode" in source


@pytest.mark.parametrize("source", [block for block in blocks("python") if "@plugin" in block.values[0]])
def test_a_plugin_on_a_page_works(source: str, tmp_path: Path, hash_list: types.ModuleType) -> None:
    if "HashList" in source:
        return  # has tests of its own
    namespace: dict[str, object] = {"__name__": "page"}
    exec(compile(source, "page", "exec", dont_inherit=True), namespace)  # noqa: S102 - our own documentation
    (cls,) = (found for found in namespace.values() if is_dataclass(found) and found.__module__ == "page")
    options = {field.name: str(tmp_path / field.name) for field in fields(cls) if field.default is MISSING}
    chosen_plugin = make(cls, options, "page")
    assert problems(chosen_plugin) == []
    chosen = Filter(chosen_plugin, transport=Maildir(path=str(tmp_path / "in")), quarantine=str(tmp_path / "kept"))
    chosen.start()
    archive = b"!<arch>\n" + b"".join(b"%-48s3         `\n%s\n" % (named, named) for named in (b"one", b"two"))
    raw = message(part(b"Hello\n"), attachment(archive, "a.ar"))
    report = chosen.run(raw, Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",)))
    assert report.outcome.exit == 0
    assert not [found for found in report.findings if found.kind is Kind.FAILURE]
    if hasattr(cls, "opens"):
        assert not report.findings
        assert [one.blob.data for one in report.message.parts if one.origin == "ar"] == [b"one", b"two"]
    for path in options.values():
        assert Path(path).exists()


def test_the_message_of_the_explanation_goes_as_it_says(tmp_path: Path) -> None:
    page = (DOCS / "explanation/life-of-a-message.md").read_text()
    archive = zip_of({"readme.txt": b"Hello", "setup.exe": b"MZ"})
    chosen = config.built_in_default()
    chosen.start()
    report = examine(chosen, message(part(b"Hello\n"), attachment(archive, "docs.zip", "application/zip")))
    for one in report.message.parts[1:]:
        assert f"`{one.path}`" in page
    (found,) = report.findings
    assert f"`{found}`" in page
    assert f"`D{report.decision.reply}`" in page
    assert report.decision.action is Action.REJECT
    for file in re.findall(r"`(\w+(?:/\w+)*\.py)`", page):
        assert (ROOT / "qsfilter" / file).exists(), file


# --- hooks ----------------------------------------------------------------------------------------------------------


def test_hooks_stand_on_their_page_with_exact_signatures() -> None:
    page = (REFERENCE / "hooks.md").read_text()
    headings = re.findall(r"^## (\w+)\((.*?)\)$", page, re.MULTILINE)
    assert sorted(name for name, _ in headings) == sorted(HOOKS)
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
    source = (ROOT / "qsfilter/examination.py").read_text()
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
    by_error = {cls.exit for cls in [QsfilterError, *QsfilterError.__subclasses__()]}
    constants = {contract.READ_ERROR, contract.MALFORMED, contract.TOO_LONG, contract.OUT_OF_MEMORY}
    constants |= {becoming.CANT_START, judged.TIMEOUT}
    dialects = {dialect.code for dialect in contract.DIALECTS.values()} - {0}
    assert by_error | constants | dialects | set(EXIT_CODES.values()) | {judged.BUG, 1, 53} == told
    literal = set()
    for file in (ROOT / "qsfilter").glob("**/*.py"):
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
    source = (ROOT / "qsfilter/config.py").read_text() + (ROOT / "qsfilter/edge.py").read_text()
    for name in ("deliver", "quarantine", "rules"):
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
    source = (ROOT / "qsfilter/queue/wrapper.py").read_text()
    for name in [edge.VARIABLE, "ERROR_FD", "TMPDIR", *re.findall(r'b"([A-Z_]{5,})"', source)]:
        assert f"`{name}`" in text
    assert edge.DEFAULT_PATH in CONFIGURATION


# --- plugins --------------------------------------------------------------------------------------------------------

READMES = sorted(page for page in ROOT.glob("plugins/*/README.md") if page.stat().st_size)


def test_plugins_with_a_readme_stand_on_their_page() -> None:
    table = rows((REFERENCE / "plugins.md").read_text())
    assert set(table) - {"plugin"} >= {page.parent.name.removeprefix("qsfilter-") for page in READMES}
    assert set(table) - {"plugin"} <= {
        page.parent.name.removeprefix("qsfilter-") for page in ROOT.glob("plugins/*/src")
    }


@pytest.mark.parametrize("page", READMES, ids=shown)
def test_a_readme_has_every_option_with_its_default(page: Path) -> None:
    name = page.parent.name.removeprefix("qsfilter-")
    if name not in installed():
        pytest.fail(f"{name} is not installed; run make venv")
    cls = installed()[name].load()
    table = rows(page.read_text())
    for field in fields(cls):
        assert field.name in table, field.name
        if field.default is not MISSING:
            assert table[field.name][0].startswith(f"`{in_toml(field.default)}`"), field.name


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


# --- scope, stages, decisions ---------------------------------------------------------------------------------------


def missing(page: str, what: str) -> set[str]:
    """Read which names the page on scope lists as not there."""
    found = re.search(rf"^\*\*{re.escape(what)}:?\*\*:?(.*?)\.(?:\s|$)", page, re.MULTILINE | re.DOTALL)
    assert found, what
    return set(re.findall(r"`([\w-]+)`", found[1]))


def test_what_is_called_missing_is_not_there() -> None:
    page = (REFERENCE / "scope.md").read_text()
    here = {readme.parent.name.removeprefix("qsfilter-") for readme in READMES}
    assert not missing(page, "Plugins:") & here, "it is there now: take it out of docs/reference/scope.md"
    assert not missing(page, "Commands:") & {command_name(command) for command in COMMANDS}
    assert not missing(page, "Tables of the configuration:") & set(config.TABLES)
    assert not missing(page, "Actions of `quarantine`:") & set(
        re.findall(r'add_parser\("(\w+)"', (ROOT / "qsfilter/cli/quarantine.py").read_text())
    )


def test_containers_that_nothing_opens_are_named() -> None:
    page = (REFERENCE / "scope.md").read_text()
    closed = KINDS - DOCUMENTS - Filter().setup.registry.opens
    line = re.search(r"`unscannable no-unpacker`:\s(.*?)\.\s", page, re.DOTALL)
    assert line
    assert set(re.split(r",\s+", line[1])) == closed


def test_every_stage_has_its_page() -> None:
    stages = {"parse", "unpack", "scan", "decide", "deliver", "report"}
    assert {page.stem for page in (REFERENCE / "stages").glob("*.md")} == stages
    for stage in stages:
        text = (REFERENCE / f"stages/{stage}.md").read_text()
        for word in ("**Takes**", "**Gives**", "**Guarantees**", f"`qsfilter/{stage}.py`"):
            assert word in text


def test_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^##? (.*)$", page.read_text(), re.MULTILINE)
        assert headings[0].startswith(f"{int(page.name[:4])}. ")
        assert headings[1:] == ["Context", "Decision", "Consequences"]


def test_a_corpus_is_replayed_as_the_how_to_shows(tmp_path: Path) -> None:
    page = DOCS / "how-to/replay-a-corpus.md"
    for name, content in SAVED.findall(page.read_text()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    shown_ones = list(commands(page, ""))
    assert len(shown_ones) == 6
    for command, output in shown_ones:
        assert_shows(output, bash(command, tmp_path))
