"""Every folder in plugins/ has the shape that `new-plugin` writes, and the index of them says what they say."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import __version__
from qsfilter.discovery import installed
from qsfilter.hookspecs import HOOKS
from qsfilter.scaffold.contents import plugin_files
from qsfilter.scaffold.names import PluginNames

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
MADE_BY_TOOLS = {"dist", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis"}
OWN_VERSION = {"project.dynamic", "tool.hatch.version.path"}
"""Where the scaffold's version stands: ours all have the core's, as a number."""
MAY_BE_MORE = {"project.entry-points.qsfilter.commands"}
"""What a plugin may have that the scaffold has not: a command of its own."""


def expected(folder: Path) -> dict[str, str]:
    """Return what the scaffold would write for the plugin in FOLDER, but for its class."""
    name = folder.name.removeprefix("qsfilter-")
    ((_, _, cls),) = re.findall(r'^(\w+) = "(\w+):(\w+)"$', (folder / "pyproject.toml").read_text(), re.MULTILINE)[:1]
    return plugin_files(PluginNames(name, folder.name, folder.name.replace("-", "_"), cls), HOOKS, __version__)


def keys(table: dict[str, Any], above: str = "") -> Iterator[str]:
    """Yield the full name of each key in TABLE."""
    for key, value in table.items():
        if isinstance(value, dict) and key != "qsfilter.commands":
            yield from keys(value, f"{above}{key}.")
        else:
            yield f"{above}{key}"


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of one plugin."""
    found: Path = request.param
    return found


def test_it_has_the_files_of_the_scaffold(folder: Path) -> None:
    files = expected(folder)
    missing = [name for name in files if not (folder / name).is_file()]
    assert not missing
    assert {path.name for path in folder.iterdir()} - MADE_BY_TOOLS == {Path(name).parts[0] for name in files}
    (package,) = (path.name for path in (folder / "src").iterdir())
    assert package == folder.name.replace("-", "_")


def test_its_metadata_are_those_of_the_scaffold(folder: Path) -> None:
    own = tomllib.loads((folder / "pyproject.toml").read_text())
    other = tomllib.loads(expected(folder)["pyproject.toml"])
    assert set(keys(own)) - MAY_BE_MORE == {*keys(other), "project.version"} - OWN_VERSION
    for key in ("name", "readme", "license", "license-files", "requires-python", "classifiers", "entry-points"):
        told = own["project"][key]
        if key == "entry-points":
            told = {group: told[group] for group in ("qsfilter",)}
        assert told == other["project"][key], key
    assert other["project"]["dependencies"][0] == own["project"]["dependencies"][0]
    assert own["build-system"] == other["build-system"]
    assert own["tool"]["hatch"]["build"] == other["tool"]["hatch"]["build"]
    assert own["project"]["version"] == __version__


def test_its_license_is_that_of_the_scaffold(folder: Path) -> None:
    own, other = ((folder / "LICENSE").read_text(), expected(folder)["LICENSE"])
    holder = re.compile(r"(?<=^Copyright \(c\) ).*$", re.MULTILINE)
    assert holder.sub("", own) == holder.sub("", other)


def test_its_readme_is_laid_out_as_that_of_the_scaffold(folder: Path) -> None:
    for text in ((folder / "README.md").read_text(), expected(folder)["README.md"]):
        name = folder.name.removeprefix("qsfilter-")
        assert text.startswith(f"# {folder.name}\n\n")
        assert f"```toml\n[plugins.{name}]\n" in text
        assert "\n## Findings\n" in text
    if installed()[name].load().__dataclass_fields__:
        assert re.search(r"^\| option \| default \| ", (folder / "README.md").read_text(), re.MULTILINE)


def test_it_is_tested_by_the_suite_of_all_plugins(folder: Path) -> None:
    (name,) = (name for name in expected(folder) if name.startswith("tests/"))
    for text in ((folder / name).read_text(), expected(folder)[name]):
        assert "class TestContract(PluginContract):\n" in text


def test_the_index_is_as_it_is_printed() -> None:
    command = [sys.executable, ROOT / "scripts/index_plugins.py"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert (ROOT / "plugins/README.md").read_text() == printed, "run make index"
    for one in FOLDERS:
        assert f"| [`{one.name.removeprefix('qsfilter-')}`]({one.name}/README.md) | " in printed


# --- make downstream ------------------------------------------------------------------------------------------------

AGAINST_THE_CORE = """
import qsfilter
import qsfilter_silent


def test_both_are_installed() -> None:
    assert "site-packages" in qsfilter.__file__
    assert "site-packages" in qsfilter_silent.__file__


def test_what_the_core_does_not_have_any_more() -> None:
    assert qsfilter.what_is_gone
"""


def downstream(wheels: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts/downstream.py", "--wheels", wheels, "-q"]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.slow
def test_a_released_plugin_is_tested_as_installed_against_this_core(tmp_path: Path) -> None:
    """Its own tests pass; one that asks for what this core lacks fails, and so does the whole."""
    released, wheels = tmp_path / "qsfilter-silent", tmp_path / "wheels"
    shutil.copytree(ROOT / "plugins/qsfilter-silent", released, ignore=shutil.ignore_patterns(*MADE_BY_TOOLS))
    (released / "tests/test_core.py").write_text(AGAINST_THE_CORE)
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", wheels, released]
    subprocess.run(build, check=True, capture_output=True)
    done = downstream(wheels)
    assert done.returncode == 1
    assert "1 plugins against qsfilter-" in done.stdout
    assert re.search(r"^1 failed, \d{2,} passed", done.stdout, re.MULTILINE), done.stdout
    assert "test_core.py::test_what_the_core_does_not_have_any_more" in done.stdout


def test_the_last_release_is_what_the_last_tag_has(tmp_path: Path) -> None:
    """And without a tag it is the present tree."""
    tree, scratch = tmp_path / "tree", tmp_path / "scratch"
    (tree / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/downstream.py", tree / "scripts")
    spec = importlib.util.spec_from_file_location("downstream_of_a_scratch_tree", tree / "scripts/downstream.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "tag.gpgSign=false"]
        subprocess.run(["git", *identity, *arguments], check=True, cwd=tree, capture_output=True)

    git("init")
    assert script.released(scratch) == tree
    for text, tag in (("old", "v0.1.0"), ("released", "v0.2.0"), ("later", "")):
        (tree / "plugin").write_text(text)
        git("add", "plugin")
        git("commit", "-m", text, "--no-gpg-sign")
        if tag:
            git("tag", tag)
    assert (script.released(scratch) / "plugin").read_text() == "released"
    assert (tree / "plugin").read_text() == "later"


def test_a_folder_without_plugins_is_refused(tmp_path: Path) -> None:
    """Nothing tested is no success."""
    done = downstream(tmp_path)
    assert done.returncode == 2
    assert "has no wheels and sdists of plugins" in done.stdout
