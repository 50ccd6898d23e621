"""What `new-plugin` and `new-rule` write passes its own tests, our linters and the contract of plugins as it is."""

from __future__ import annotations

import ast
import builtins
import json
import keyword
import os
import re
import stat
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Filter
from qsfilter.cli import main
from qsfilter.discovery import installed
from qsfilter.hookspecs import HOOKS
from qsfilter.scaffold.contents import TEMPLATES, series
from qsfilter.scaffold.names import BESIDE, BUILT_IN, LONGEST, OURS, plugin_names
from qsfilter.scaffold.new_files import write
from qsfilter.testing import assert_action, attachment, message
from qsfilter.testing import run as running
from tests.doc_pages import CORE, DOCS, assert_shows, bash, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
CONFIG = f"--config={ROOT / 'pyproject.toml'}"
WISHES = {
    "usual": (),
    "whole": ("--hooks", ",".join(HOOKS)),
    **{f"only-{hook}": ("--hooks", hook) for hook in HOOKS},
}
"""Names of plugins, and what is asked for with them."""


def run(command: Sequence[object], folder: Path, **environment: str) -> str:
    """Run a Python module's COMMAND in FOLDER, assert that it succeeds, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        check=False,
        cwd=folder,
        env={**os.environ, "PIP_NO_INDEX": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plugin for each of WISHES."""
    folder = tmp_path_factory.mktemp("plugins")
    for name, options in WISHES.items():
        assert main(["new-plugin", name, "--folder", str(folder), *options, "--json"]) == 0
    return folder


@pytest.mark.parametrize("name", WISHES)
def test_a_new_plugin_is_as_our_linters_want_it(made: Path, name: str) -> None:
    folder = made / f"qsfilter-{name}"
    run(["ruff", "check", CONFIG, "--no-cache", "."], folder)
    run(["ruff", "format", CONFIG, "--no-cache", "--check", "."], folder)


@pytest.mark.slow
def test_new_plugins_are_typed(made: Path) -> None:
    sources = sorted(map(str, made.glob("*/src")))
    tests = sorted(map(str, made.glob("*/tests/*.py")))
    cache = f"--cache-dir={made / 'cache'}"
    run(["mypy", "--strict", "--config-file=", cache, *sources, *tests], made, MYPYPATH=":".join(sources))


@pytest.mark.slow
def test_new_plugins_pass_their_tests(made: Path) -> None:
    """Those that need the plugin installed are for the next test."""
    path = ":".join(map(str, made.glob("*/src")))
    alone = "-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib"
    output = run(["pytest", *alone, "-k", "not knows_it_by_its_name", "."], made, PYTHONPATH=path)
    assert " passed" in output
    assert "skipped" not in output


@pytest.mark.slow
def test_a_new_plugin_can_be_installed_and_passes_its_tests(made: Path, tmp_path: Path) -> None:
    folder = made / "qsfilter-usual"
    run(["pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", tmp_path, folder], made)
    output = run(["pytest", "-q", "-W", "error", "-p", "no:cacheprovider", folder], made, PYTHONPATH=str(tmp_path))
    assert " passed" in output
    assert "skipped" not in output
    looked = tmp_path / "looked.py"
    looked.write_text(
        "from qsfilter_usual import Usual\nfrom qsfilter.testing import problems\nprint(problems(Usual()))"
    )
    assert run(["looked"], tmp_path) == "[]\n"


@pytest.mark.parametrize("name", WISHES)
def test_it_has_the_hooks_that_were_asked_for_and_tests_of_them(made: Path, name: str) -> None:
    module = name.replace("-", "_")
    wanted = set(WISHES[name][1].split(",")) if WISHES[name] else {"scan", "check"}
    source = (made / f"qsfilter-{name}/src/qsfilter_{module}/__init__.py").read_text()
    (cls,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    functions = {one.name for one in cls.body if isinstance(one, ast.FunctionDef)}
    assert functions - {"__post_init__"} == wanted | {"about"}
    tests = (made / f"qsfilter-{name}/tests/test_{module}.py").read_text()
    assert {hook for hook in HOOKS if f"def test_{hook}_" in tests} == wanted - {"start", "about"}


def test_it_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-plugin", "hash-list", "--folder", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    folder = tmp_path / "qsfilter-hash-list"
    assert told.endswith(f"\nnext:\n  pip install -e {folder} pytest\n  pytest {folder}\n")
    files = {line for line in told.splitlines() if line.startswith(str(folder))}
    assert files == {str(path) for path in folder.rglob("*") if path.is_file()}


def test_what_is_there_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "qsfilter-hash-list").mkdir()
    assert main(["new-plugin", "hash-list", "--folder", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"qsfilter: {tmp_path}/qsfilter-hash-list: is there already\n"
    assert not list((tmp_path / "qsfilter-hash-list").iterdir())


def test_what_cannot_be_written_whole_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(FileExistsError):
        write(str(tmp_path), {"new/folder/file": "text", "there": "theirs"})
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text() == "mine"


def test_nobody_but_the_owner_may_write_what_is_written(tmp_path: Path) -> None:
    """Rules that others may write are refused."""
    before = os.umask(0)
    try:
        write(str(tmp_path), {"rules.d/rule.py": "text"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "rules.d").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "rules.d/rule.py").stat().st_mode) == 0o644


# --- names ----------------------------------------------------------------------------------------------------------


def test_a_name_names_the_rest() -> None:
    assert plugin_names("hash-list") == ("hash-list", "qsfilter-hash-list", "qsfilter_hash_list", "HashList")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Hash_List", "'hash-list' would do"),
        ("hash.list", "'hash-list' would do"),
        ("../x", "no name of lower case letters"),
        ("x\n", "no name of lower case letters"),
        ("", "no name of lower case letters"),
        ("-", "no name of lower case letters"),
        ("7z", "begins with a digit"),
        ("x" * (LONGEST + 1), "longer than 40"),
        ("qsfilter-hash", "without qsfilter-"),
        ("clamav", "taken"),
        ("mime-reader", "taken"),
        ("pytest", "taken"),
        ("test-list", "pytest takes for a test"),
        ("exception", "one of Python's words"),
        ("none", "one of Python's words"),
        ("finding", "one of qsfilter's words"),
    ],
)
def test_a_name_that_makes_no_plugin_is_refused(
    name: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new-plugin", "--folder", str(tmp_path), "--", name])
    assert ended.value.code == 2
    assert why in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@given(st.text("ab1-_.Z", max_size=8) | st.sampled_from([*keyword.kwlist, *dir(builtins)]).map(str.lower))
def test_a_name_that_passes_makes_words_of_python(name: str) -> None:
    try:
        names = plugin_names(name)
    except ValueError:
        return
    assert names.module.isidentifier()
    assert names.class_name.isidentifier()
    assert not keyword.iskeyword(names.class_name)
    assert not hasattr(builtins, names.class_name)
    assert re.sub(r"[-_.]+", "-", names.distribution).lower() == names.distribution


def test_no_class_has_the_name_of_what_its_module_imports() -> None:
    for template in ("plugin.py.txt", "test_plugin.py.txt"):
        source = Path(TEMPLATES, template).read_text().replace("$module", "module").replace("$class_name", "Class")
        for node in ast.walk(ast.parse(source)):
            for one in node.names if isinstance(node, ast.ImportFrom) else ():
                name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", one.name).lower()
                if one.name[0].isupper() and not one.name.isupper() and one.name != "Class":
                    with pytest.raises(ValueError, match="would be the class"):
                        plugin_names(name)


def test_the_names_of_our_own_plugins_are_taken() -> None:
    assert {path.parent.name.removeprefix("qsfilter-") for path in ROOT.glob("plugins/*/pyproject.toml")} == OURS
    assert {entry.name for entry in Filter().setup.registry.entries} == BUILT_IN
    tops = {path.stem for path in CORE.parent.glob("qsfilter_*.py")}
    assert tops == {f"qsfilter_{name}" for name in BESIDE}


@pytest.mark.parametrize(
    ("version", "told"), [("0.1.0", ">=0.1,<0.2"), ("0.12.3", ">=0.12,<0.13"), ("2.3.1", ">=2.3,<3")]
)
def test_a_plugin_asks_for_the_series_it_was_made_for(version: str, told: str) -> None:
    assert series(version) == told


@pytest.mark.parametrize("hooks", [["no"], ["scan", "no"], [""]])
def test_a_hook_that_is_none_is_refused(hooks: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new-plugin", "hash-list", "--hooks", ",".join(hooks)])
    assert ended.value.code == 2
    assert f"there is no hook {hooks[-1]!r}; known are start, about" in capsys.readouterr().err


# --- rules ----------------------------------------------------------------------------------------------------------


def test_a_new_rule_passes_its_test_and_changes_no_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "rules.d"
    assert main(["new-rule", "no-invoices", "--folder", str(folder), "--json"]) == 0
    files = ["no-invoices.py", "tests/test_no_invoices.py"]
    assert json.loads(capsys.readouterr().out) == {"folder": str(folder), "files": files}
    output = run(["pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "."], folder)
    assert "2 passed" in output
    report = running(message(attachment(b"x", "a.unwanted")), rules=str(folder))
    assert_action(report, "accept")
    assert [(vote.source, vote.shadow) for vote in report.verdicts if vote.shadow] == [("rule:no-invoices", True)]
    ignored = "--ignore=INP001,S101"  # as for examples and for tests
    run(["ruff", "check", CONFIG, "--no-cache", ignored, "."], folder)
    run(["ruff", "format", CONFIG, "--no-cache", "--check", "."], folder)


def test_a_rule_is_written_once_and_without_a_test_if_nobody_wants_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["new-rule", "10-invoices", "--folder", str(tmp_path), "--no-test"]
    assert main(command) == 0
    assert f'files = ["{tmp_path}/10-invoices.py"]' in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["10-invoices.py"]
    (tmp_path / "10-invoices.py").write_text("mine")
    assert main(command) == 1
    assert capsys.readouterr().err == f"qsfilter: {tmp_path}/10-invoices.py: File exists\n"
    assert (tmp_path / "10-invoices.py").read_text() == "mine"


def test_a_rule_is_named_as_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new-rule", "../x", "--folder", str(tmp_path)])
    assert ended.value.code == 2
    assert "'../x' is no name" in capsys.readouterr().err


# --- the tutorial ---------------------------------------------------------------------------------------------------

TUTORIAL = DOCS / "tutorial/first-plugin.md"
ALREADY_DONE = (
    "mkdir ../mine",
    "cd ../mine",
    "python3 -m venv venv",
    "PATH=$PWD/venv/bin:$PATH",
    "pip install ../qsfilter pytest",
)
"""Commands that download, or hold for a whole shell; the test makes the venv out of ours and has it on the path."""
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""What has pip take the build backend that is there; the second one means what it says without the NO."""


def venv_like_ours(folder: Path) -> None:
    """Make a venv in FOLDER with all that ours has; what is installed into it is not seen by ours."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if path.name != "__pycache__" and "coverage.pth" not in path.name:
            (packages / path.name).symlink_to(path)
    for name in ("pip", "pytest", "qsfilter"):
        _, source = Path(sys.prefix, "bin", name).read_text().split("\n", 1)
        (folder / "bin" / name).write_text(f"#!{folder}/bin/python\n{source}")
        (folder / "bin" / name).chmod(0o755)


@pytest.mark.slow
def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    venv_like_ours(tmp_path / "venv")
    environment = {**OFFLINE, "PATH": f"{tmp_path}/venv/bin:{os.environ['PATH']}"}
    left_out = []
    for step in steps(TUTORIAL):
        if step.what == "save":
            (tmp_path / step.text).write_text(step.shown)
        elif step.text in ALREADY_DONE:
            left_out.append(step.text)
        else:
            done = bash(step.text, tmp_path, environment)
            assert_shows(step.shown, done.stdout)
    assert tuple(left_out) == ALREADY_DONE
    run(["ruff", "check", CONFIG, "--no-cache", "."], tmp_path / "qsfilter-gift-cards")
    run(["ruff", "format", CONFIG, "--no-cache", "--check", "."], tmp_path / "qsfilter-gift-cards")
    assert "gift-cards" not in installed(), "it was installed into the wrong venv"
