"""A plugin outlives a hook that gains an argument; one that asks for what the core does not have yet is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pluggy
import pytest

import qsfilter
from qsfilter import Filter, PluginError, hookimpl, plugin

ROOT = Path(__file__).parents[2]
NEWER = {
    "hookspecs.py": (
        "def scan(self, message: Message, ctx: Context)",
        "def scan(self, message: Message, moment: float, ctx: Context)",
    ),
    "scan.py": ("_nothing_else, message=message,", "_nothing_else, message=message, moment=7.0,"),
}
"""What a core of tomorrow has that ours has not: `scan` is given one argument more."""
ASKS = """
import sys
import qsfilter
from qsfilter import hookimpl, note, plugin
from qsfilter.testing import assert_action, attachment, message, part, run
from qsfilter_attachments import Attachments

@plugin
class Tomorrow:
    @hookimpl
    def scan(self, moment):
        yield note(f"moment-{moment}")

raw = message(part(b"Hello"), attachment(b"MZ", "setup.exe"))
report = run(raw, Attachments(block=(".exe",)), *([Tomorrow()] if "with" in sys.argv else []))
print(qsfilter.__file__)
print(report.decision.action, *report.findings, sep="; ")
"""


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of a plugin against the core as it is, and install it into a venv that has no core."""
    place = tmp_path_factory.mktemp("today")
    made = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place]
    done = subprocess.run(
        [*made, ROOT / "plugins/qsfilter-attachments"],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    venv.create(place / "venv", symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", place / "venv/bin/python", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-index", *place.glob("*.whl")], check=True)
    (packages,) = place.glob("venv/lib/python*/site-packages")
    (packages / "pluggy").symlink_to(Path(pluggy.__file__).parent)
    return packages


def core_of(packages: Path, changes: dict[str, tuple[str, str]]) -> None:
    """Put a copy of the core into PACKAGES, with CHANGES: file → what stands there, and what instead."""
    shutil.rmtree(packages / "qsfilter", ignore_errors=True)
    shutil.copytree(Path(qsfilter.__file__).parent, packages / "qsfilter", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        source = (packages / "qsfilter" / name).read_text()
        assert old in source, "the core has changed; so must this test"
        (packages / "qsfilter" / name).write_text(source.replace(old, new))


def asked(packages: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Filter a message with the plugin and the core in PACKAGES."""
    command = [packages.parents[2] / "bin/python", "-I", "-c", ASKS, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_plugin_of_today_works_with_a_core_whose_hook_has_one_argument_more(today: Path) -> None:
    core_of(today, {})
    before = asked(today)
    assert before.returncode == 0, before.stderr
    core_of(today, NEWER)
    after = asked(today)
    assert after.returncode == 0, after.stderr
    assert after.stdout == before.stdout
    assert after.stdout.splitlines()[0].startswith(str(today))
    assert "reject; policy extension .exe" in after.stdout


def test_a_plugin_of_tomorrow_gets_the_argument_from_the_core_that_has_it(today: Path) -> None:
    core_of(today, NEWER)
    given = asked(today, "with")
    assert "note moment-7.0" in given.stdout, given.stderr


def test_a_plugin_of_tomorrow_is_refused_by_the_core_of_today(today: Path) -> None:
    core_of(today, {})
    refused = asked(today, "with")
    assert refused.returncode == 1
    last = refused.stderr[refused.stderr.rindex("PluginError") :]
    assert all(word in last for word in ("plugin tomorrow", "scan", "'moment'")), last


def test_a_hook_of_tomorrow_is_refused_by_the_core_of_today() -> None:
    @plugin
    class Tomorrow:
        @hookimpl
        def translate(self, message: object) -> None: ...

    with pytest.raises(PluginError, match=r"plugin tomorrow: there is no such hook; known are start, about, "):
        Filter(Tomorrow())
