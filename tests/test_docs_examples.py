"""The programs that the documentation shows do what it says: examples, the how-tos' plugins and scripts, the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Envelope, Filter, Kind, Maildir
from qsfilter.options import make
from qsfilter.testing import attachment, message, part, problems
from tests.doc_pages import DOCS, PAGES, READMES, ROOT, SAVED, assert_shows, bash, blocks, commands, rows

if TYPE_CHECKING:
    from tests.doc_pages import Block


def test_the_readme_shows_the_examples_as_they_are() -> None:
    readme = (ROOT / "README.md").read_text()
    rule = (ROOT / "examples/rules/encrypted_archives.py").read_text()
    assert (ROOT / "examples/queue-wrappers/minimal.py").read_text() in readme
    assert rule[rule.index("from qsfilter") :] in readme


def test_the_how_to_names_every_queue_wrapper() -> None:
    page = (DOCS / "how-to/write-a-queue-wrapper.md").read_text()
    assert set(rows(page)) - {"file"} == {file.name for file in (ROOT / "examples/queue-wrappers").glob("*.py")}


def test_the_readme_shows_what_the_demonstration_prints(tmp_path: Path) -> None:
    ((_, output),) = commands(ROOT / "README.md", "qsfilter demo")
    assert_shows(output, bash(f"qsfilter demo --folder {tmp_path}", tmp_path).stdout)


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


def test_the_command_of_the_how_to_runs_as_one_of_ours(tmp_path: Path) -> None:
    page = DOCS / "how-to/write-a-plugin.md"
    saved = dict(SAVED.findall(page.read_text()))
    for name, content in saved.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    points = tomllib.loads(saved["pyproject.toml"])["project"]["entry-points"]
    told = tmp_path / "src/qsfilter_hashlist-1.0.dist-info"  # what an installer makes of them
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: qsfilter-hashlist\nVersion: 1.0\n")
    groups = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points[group].items()) for group in points
    )
    (told / "entry_points.txt").write_text("".join(groups))
    (tmp_path / "setup.exe").write_bytes(b"test")
    ((command, output),) = commands(page, "^qsfilter hashlist")
    assert_shows(output, bash(command, tmp_path, {"PYTHONPATH": str(tmp_path / "src")}).stdout)


def test_mail_is_released_as_the_how_to_shows(tmp_path: Path) -> None:
    (source,) = (one.source for one in blocks([DOCS / "how-to/look-into-quarantine.md"]) if one.language == "python")
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


def plugins_on_pages() -> list[object]:
    """Return the blocks that hold a plugin; one that is saved as a package has tests of its own."""
    saved = {
        content for page in [*PAGES, *READMES] for name, content in SAVED.findall(page.read_text()) if "src/" in name
    }
    found = [one for one in blocks([*PAGES, *READMES]) if one.language == "python" and "@plugin" in one.source]
    return [pytest.param(one, id=one.place) for one in found if one.source not in saved]


@pytest.mark.parametrize("block", plugins_on_pages())
def test_a_plugin_on_a_page_works(block: Block, tmp_path: Path) -> None:
    namespace: dict[str, object] = {"__name__": "page"}
    exec(compile(block.source, "page", "exec", dont_inherit=True), namespace)  # noqa: S102 - our own documentation
    (cls,) = (found for found in namespace.values() if is_dataclass(found) and found.__module__ == "page")
    given = {field.name: str(tmp_path / field.name) for field in fields(cls) if field.default is MISSING}
    chosen_plugin = make(cls, given, "page")
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
    for path in given.values():
        assert Path(path).exists()
