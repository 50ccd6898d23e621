"""Every distribution holds what it should and nothing else, and works where nothing but its wheel is installed."""

import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import NamedTuple

import pluggy
import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
PROJECTS = ["qsfilter", *PLUGINS]
pytestmark = pytest.mark.timeout(900)  # the first test waits until all of them are built


class Built(NamedTuple):
    """What building one project made."""

    wheel: Path
    wheel_files: frozenset[str]
    wheel_sums: dict[str, int]  # file → its CRC
    straight_sums: dict[str, int]  # of the wheel that was built from the checkout
    sdist_files: frozenset[str]  # without the leading NAME-VERSION/
    about: Distribution


def folder(project: str) -> Path:
    return ROOT if project == "qsfilter" else ROOT / "plugins" / project


def sums(wheel: Path) -> dict[str, int]:
    with zipfile.ZipFile(wheel) as opened:
        return {member.filename: member.CRC for member in opened.infolist()}


def module(project: str) -> str:
    return project.replace("-", "_")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Built]:
    """Build each project's sdist and from that its wheel; and another one straight from the checkout."""
    made = {}
    for project in PROJECTS:
        out = tmp_path_factory.mktemp(project)
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, folder(project)]
        result = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert result.returncode == 0, result.stdout
        (wheel,) = out.glob("*.whl")
        (sdist,) = out.glob("*.tar.gz")
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out / "straight"]
        subprocess.run(command, check=True, cwd=folder(project), capture_output=True)
        (straight,) = out.glob("straight/*.whl")
        with tarfile.open(sdist) as archive:
            sdist_files = frozenset(name.partition("/")[2] for name in archive.getnames())
        wheel_files = frozenset(zipfile.ZipFile(wheel).namelist())
        (metadata,) = (name for name in wheel_files if name.endswith(".dist-info/METADATA"))
        about = PathDistribution(zipfile.Path(wheel, metadata.removesuffix("METADATA")))
        made[project] = Built(wheel, wheel_files, sums(wheel), sums(straight), sdist_files, about)
    return made


@pytest.fixture(scope="module")
def fresh(built: dict[str, Built], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheels, and of all they depend on only pluggy, into a new venv."""
    place = tmp_path_factory.mktemp("fresh")
    venv.create(place, symlinks=True)
    wheels = [one.wheel for one in built.values()]
    pip = [sys.executable, "-m", "pip", "--python", place / "bin/python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", *wheels], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "pluggy").symlink_to(Path(pluggy.__file__).parent)
    return place


@pytest.mark.parametrize("project", PROJECTS)
def test_a_wheel_holds_the_package_and_nothing_else(built: dict[str, Built], project: str) -> None:
    one = built[project]
    (info,) = {name.split("/")[0] for name in one.wheel_files if ".dist-info/" in name}
    tops = {name.split("/")[0] for name in one.wheel_files}
    scripts = {name for name in one.wheel_files if ".data/scripts/" in name}
    beside = {"qsfilter_pytest.py"} if project == "qsfilter" else set()
    assert tops - {name.split("/")[0] for name in scripts} == {module(project), info, *beside}
    assert {f"{module(project)}/__init__.py", f"{module(project)}/py.typed"} <= one.wheel_files
    assert f"{info}/licenses/LICENSE" in one.wheel_files
    assert not [name for name in one.wheel_files if "/tests/" in name or "__pycache__" in name]


@pytest.mark.parametrize("project", PROJECTS)
def test_a_wheel_is_the_same_from_the_sdist_and_from_the_checkout(built: dict[str, Built], project: str) -> None:
    assert built[project].wheel_sums == built[project].straight_sums


@pytest.mark.parametrize("project", PROJECTS)
def test_a_wheel_says_what_it_is(built: dict[str, Built], project: str) -> None:
    (name,) = (name for name in built[project].wheel_files if name.endswith(".dist-info/METADATA"))
    # Validated as an index does.
    told = Metadata.from_email(zipfile.ZipFile(built[project].wheel).read(name), validate=True)
    assert (told.name, told.license_expression, told.license_files) == (project, "MIT", ["LICENSE"])
    assert str(told.requires_python) == ">=3.11"
    assert told.summary
    assert told.description
    assert told.description.startswith(f"# {project}\n"), "its README is not its description"
    assert told.description_content_type == "text/markdown"
    assert told.classifiers
    assert "Typing :: Typed" in told.classifiers


@pytest.mark.parametrize("project", PROJECTS)
def test_every_entry_point_leads_into_the_wheel(built: dict[str, Built], project: str) -> None:
    for entry in built[project].about.entry_points:
        path = entry.module.replace(".", "/")
        assert {f"{path}.py", f"{path}/__init__.py"} & built[project].wheel_files, entry
        entry.load()


@pytest.mark.parametrize("project", PROJECTS)
def test_an_sdist_holds_its_tests_and_no_leftovers(built: dict[str, Built], project: str) -> None:
    files = built[project].sdist_files
    assert {"pyproject.toml", "LICENSE", "README.md"} <= files
    assert any(name.startswith("tests/") and Path(name).name.startswith("test_") for name in files)
    unwanted = {"__pycache__", "build", "dist", "uv.lock"}
    assert not [name for name in files if name.startswith("plugins/")]
    hidden = {name for name in files if name.startswith(".") and name != ".gitignore"}
    assert not hidden
    assert not [name for name in files if unwanted & set(name.split("/"))]


def test_all_versions_are_one(built: dict[str, Built]) -> None:
    (version,) = {one.about.version for one in built.values()}
    for plugin in PLUGINS:
        requirements = [Requirement(text) for text in built[plugin].about.requires or []]
        (core,) = (one for one in requirements if one.name == "qsfilter")
        assert core.specifier.contains(version)


def test_the_core_needs_pluggy_alone(built: dict[str, Built]) -> None:
    requirements = [Requirement(text) for text in built["qsfilter"].about.requires or []]
    assert [one.name for one in requirements if "extra" not in str(one.marker)] == ["pluggy"]


def test_the_core_brings_its_commands(built: dict[str, Built]) -> None:
    one = built["qsfilter"]
    (command,) = one.about.entry_points.select(group="console_scripts")
    assert (command.name, command.value) == ("qsfilter", "qsfilter.cli:main")
    assert callable(command.load())
    (script,) = (name for name in one.wheel_files if ".data/scripts/" in name)
    assert script.endswith(".data/scripts/qsfilter-queue")
    assert zipfile.ZipFile(one.wheel).read(script).startswith(b"#!python -I\n")


@pytest.mark.parametrize("project", PLUGINS)
def test_a_plugin_is_found_under_its_name(built: dict[str, Built], project: str) -> None:
    (entry,) = built[project].about.entry_points.select(group="qsfilter")
    assert entry.name == project.removeprefix("qsfilter-")
    assert entry.module == module(project)
    assert isinstance(entry.load(), type)


@pytest.mark.parametrize("start", [[], ["-I"]], ids=["as pip wrote it", "with -I put back"])
def test_the_wrapper_runs_isolated(fresh: Path, tmp_path: Path, start: list[str]) -> None:
    # As the caller's own qsfilter would be: one that takes the mail and drops it.
    trap = tmp_path / "qsfilter.py"
    trap.write_text("raise SystemExit(0)\n")
    wrapper = tmp_path / "qmail-scanner-queue.pl"
    source = (fresh / "bin/qsfilter-queue").read_text()
    first, rest = source.split("\n", 1)
    assert first == f"#!{fresh}/bin/python"
    wrapper.write_text(" ".join([first, *start]) + "\n" + rest)
    wrapper.chmod(0o755)
    envelope, writer = os.pipe()
    os.write(writer, b"Fsender@example.org\0Trecipient@example.org\0\0")
    os.close(writer)
    env = {"PYTHONPATH": str(tmp_path), "QSFILTER_CONFIG": str(tmp_path / "missing.toml")}
    message = tmp_path / "message"
    message.write_bytes(b"Subject: test\n\nHello\n")
    with message.open("rb") as opened, os.fdopen(envelope) as sender:
        result = subprocess.run(
            [wrapper], check=False, stdin=opened, stdout=sender, stderr=subprocess.PIPE, env=env, cwd=tmp_path
        )
    # 55: there is no configuration. So the real package ran.
    assert result.returncode == 55, result.stderr.decode()


def test_what_make_test_wheels_runs_is_refused_in_a_checkout() -> None:
    """So that it can say that no source was in reach."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.packaging.only_wheels"]
    done = subprocess.run(
        [*command, "tests/test_words.py"],
        check=False,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 1, done.stdout
    assert f"not from wheels: ['{ROOT}/qsfilter/__init__.py'" in done.stdout


def test_the_lock_says_versions_and_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    lines = [line for line in lock.splitlines() if line and not line.startswith(" ")]
    assert all("==" in line and line.endswith("\\") for line in lines)
    assert "://" not in lock
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {line.split("==")[0] for line in lines}
    for group in wanted["dependency-groups"].values():
        assert {Requirement(text).name for text in group} <= names
