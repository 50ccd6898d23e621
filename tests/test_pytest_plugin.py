"""`qsfilter_corpus` in a project's pytest configuration makes a test of each message."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.messages import attachment, message

if TYPE_CHECKING:
    from pathlib import Path

HARMLESS = message(b"hello\n")
FORBIDDEN = message(attachment(b"hello", "x.exe"))
FAMILY = """
from qsfilter.testing import message
MESSAGES = {"a": lambda newline: message(b"a"), "b": lambda newline: message(b"b")}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a corpus of one message, and a test of its own."""
    folder = tmp_path / "tests/messages"
    folder.mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\nqsfilter_corpus = tests/messages\naddopts = --strict-config\n")
    (tmp_path / "tests/test_other.py").write_text("def test_other():\n    pass\n")
    (folder / "qsfilter.toml").write_text("[plugins.attachments]\n")
    (folder / "one.eml").write_bytes(HARMLESS)
    (folder / "one.expect").write_text('action = "accept"\nfindings = []\n')
    return tmp_path


def run(project: Path, *options: str) -> tuple[int, str]:
    """Run pytest in PROJECT with the plugin, installed or not; return its exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-p", "qsfilter_pytest", "-p", "no:cacheprovider"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "-W", "error", "-v", *options], check=False, cwd=project, env=alone, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_each_message_is_a_test_beside_the_project_s_own(project: Path) -> None:
    code, output = run(project)
    assert code == 0, output
    assert "tests/messages/one.eml::as it came PASSED" in output
    assert "tests/test_other.py::test_other PASSED" in output
    assert "2 passed" in output


def test_the_forms_of_a_module_are_tests(project: Path) -> None:
    (project / "tests/messages/family.py").write_text(FAMILY)
    (project / "tests/messages/family.expect").write_text('action = "accept"\n')
    code, output = run(project, "-k", "CRLF")
    assert code == 0, output
    assert "tests/messages/family.py::a CRLF PASSED" in output
    assert "2 passed, 4 deselected" in output


def test_a_difference_is_shown_as_one(project: Path) -> None:
    """Both texts, and no trace of how they were compared."""
    (project / "tests/messages/one.eml").write_bytes(FORBIDDEN)
    code, output = run(project)
    assert code == 1
    assert "one as it came: expected accept, got reject; unexpected: policy extension .exe" in output
    assert '- action = "accept"\n+ action = "reject"\n- findings = []\n+ findings = ["policy extension .exe"]' in output
    assert "Traceback" not in output
    assert "pytest_plugin.py" not in output


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("two.eml", "", "there is no two.expect; --update writes it"),
        ("two.py", "1 / 0\n", "can't be read: ZeroDivisionError"),
        ("one.expect", "x = 1\n", "one.expect can't be read: wrong key x"),
        ("qsfilter.toml", "[plugin]\n", "qsfilter.toml: unknown key"),
    ],
)
def test_what_cannot_be_read_fails_its_test(project: Path, name: str, text: str, why: str) -> None:
    (project / "tests/messages" / name).write_text(text)
    code, output = run(project)
    assert code == 1
    assert why in output
    assert "test_other PASSED" in output


def test_a_corpus_that_is_not_there_is_a_usage_error(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\nqsfilter_corpus = nowhere\n")
    code, output = run(project)
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "nowhere: No such file or directory" in output


def test_the_configuration_may_be_the_project_s(project: Path) -> None:
    (project / "site.toml").write_text('[plugins.attachments]\nallow = [".exe"]\n')
    with (project / "pytest.ini").open("a") as file:
        file.write("qsfilter_config = site.toml\n")
    (project / "tests/messages/one.eml").write_bytes(FORBIDDEN)
    code, output = run(project)
    assert code == 0, output


def test_an_mbox_is_a_corpus(project: Path) -> None:
    line = b"From alice@example.org Sun Nov 22 12:00:00 2026\n"
    (project / "tests/inbox").write_bytes(line + HARMLESS + b"\n" + line + FORBIDDEN + b"\n")
    (project / "pytest.ini").write_text("[pytest]\nqsfilter_corpus = tests/inbox\n")
    code, output = run(project)
    assert code == 1
    assert "tests/inbox::inbox:2 as it came FAILED" in output or "tests/inbox::inbox:2 FAILED" in output


def test_nothing_is_imported_where_no_corpus_is_named(project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\n")
    (project / "tests/test_other.py").write_text(
        "import sys\n\ndef test_other():\n    assert 'qsfilter' not in sys.modules\n"
    )
    code, output = run(project)
    assert code == 0, output
    assert "1 passed" in output
