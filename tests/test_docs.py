"""The documentation is whole: links lead somewhere, every page is found, and stages, plugins and decisions have theirs.

`tests/test_docs_reference.py` holds its tables against the code, and `tests/test_docs_run.py` runs what it shows.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from qsfilter import Action, Filter, config
from qsfilter.actions import EXIT_CODES
from qsfilter.cli import COMMANDS
from qsfilter.discovery import installed
from qsfilter.hookspecs import HOOKS
from qsfilter.sniff import DOCUMENTS, KINDS
from qsfilter.testing import attachment, examine, message, part, zip_of
from tests.doc_pages import BLOCK, CORE, DOCS, PAGES, READMES, REFERENCE, ROOT, SAVED, rows, section, shown

STAGES = ("parse", "unpack", "scan", "decide", "deliver", "report")
# What the index need not name: it is found on the page above it, or is a page that the others lead to.
BELOW = ("decisions/", "reference/stages", "reference/plugins/")


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
        assert "NAME" in path or (ROOT / path).exists() or (CORE.parent / path).exists(), path


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


def test_the_index_names_every_page() -> None:
    index = (DOCS / "index.md").read_text()
    for page in DOCS.glob("**/*.md"):
        name = str(page.relative_to(DOCS))
        assert name == "index.md" or name.startswith(BELOW) or f"]({name})" in index, name


def test_every_page_begins_with_its_only_title() -> None:
    for page in DOCS.glob("**/*.md"):
        text = BLOCK.sub("", page.read_text())
        assert text.startswith("# "), shown(page)
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, shown(page)


# --- the drawings ---------------------------------------------------------------------------------------------------


def test_the_drawing_of_a_life_has_the_stages_in_their_order() -> None:
    page = (DOCS / "explanation/life-of-a-message.md").read_text()
    drawing = next(found[2] for found in BLOCK.finditer(page) if found[1] == "text")
    first_words = re.findall(r"^(\w+)(/?) ", drawing, re.MULTILINE)
    assert [word for word, is_folder in first_words if word in STAGES] == list(STAGES)
    for word, is_folder in first_words:
        assert word == "qmail" or (CORE / (word if is_folder else f"{word}.py")).exists(), word


def test_the_drawing_of_the_hooks_has_all_of_them() -> None:
    drawing = next(found[2] for found in BLOCK.finditer((REFERENCE / "hooks.md").read_text()) if found[1] == "text")
    assert {word for word in re.findall(r"\w+", drawing) if word not in {"hand", "over"}} == set(HOOKS) - {"check"}


DRAWN = DOCS / "explanation/life-of-a-message.svg"


def drawn_texts() -> list[tuple[list[str], str]]:
    """Return classes and text of all that is drawn, from top to bottom."""
    root = ET.parse(DRAWN).getroot()  # noqa: S314 - our own drawing
    return [(one.get("class", "").split(), "".join(one.itertext())) for one in root.iter()]


def drawn(class_: str) -> list[str]:
    """Return the texts of CLASS_."""
    return [text for classes, text in drawn_texts() if class_ in classes]


def test_the_drawn_life_has_all_hooks_in_their_order() -> None:
    once, of_mail = [name for name in HOOKS if name in {"start", "about"}], [name for name in HOOKS if name in STAGES]
    assert drawn("hook") == [*once, *of_mail, "check"]
    assert sorted(drawn("hook")) == sorted(HOOKS)


def test_the_drawn_life_hangs_plugins_where_their_hooks_are() -> None:
    told: dict[str, set[str]] = {}
    waiting: set[str] = set()
    for classes, text in drawn_texts():
        if "plugins" in classes:
            waiting |= set(re.findall(r"\w+", text))
        elif "hook" in classes and text in STAGES:
            told[text], waiting = waiting, set()
    ours = {readme.parent.name.removeprefix("qsfilter-") for readme in READMES}
    loaded = {name: point.load() for name, point in installed().items() if name in ours}
    assert told == {stage: {name for name in ours if hasattr(loaded[name], stage)} for stage in STAGES}


def test_the_drawn_life_ends_with_the_codes_of_the_contract() -> None:
    codes = [int(text) for text in drawn("code") if text.isdigit()]
    drawn_actions = drawn("action")
    assert dict(zip(drawn_actions, codes, strict=False)) == {str(action): EXIT_CODES[action] for action in Action}
    table = rows(section((REFERENCE / "queue-contract.md").read_text(), "Exit codes"))
    temporary = {int(code) for code, cells in table.items() if cells[-1] == "temporary"}
    (trouble,) = (text for text in drawn("code") if " to " in text)
    listed = {int(number) for number in re.findall(r"\d+", trouble)}
    first, last = map(int, re.findall(r"(\d+) to (\d+)", trouble)[0])
    assert listed | set(range(first, last + 1)) == temporary
    rest = {code for text in drawn("code")[len(codes) - 1 :] for code in re.findall(r"\d+", text)}
    assert {"82", "88", "11"} <= rest


def test_the_drawn_life_needs_nothing_else_and_can_be_read_by_all() -> None:
    text = DRAWN.read_text()
    assert "prefers-color-scheme: dark" in text
    assert set(re.findall(r"[a-z]+://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}
    page = (DOCS / "explanation/life-of-a-message.md").read_text()
    alternative = re.search(r"!\[([^]]+)\]\(life-of-a-message\.svg\)", page)
    assert alternative
    assert set(re.findall(r"\w+", alternative[1])) >= (set(HOOKS) - {"check"}) | {str(action) for action in Action}


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
        assert (CORE / file).exists(), file


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
    assert not missing(page, "Commands:") & {
        command.__name__.rpartition(".")[2].replace("_", "-") for command in COMMANDS
    }
    assert not missing(page, "Tables of the configuration:") & set(config.TABLES)
    assert not missing(page, "Actions of `quarantine`:") & set(
        re.findall(r'add_parser\("(\w+)"', (CORE / "cli/quarantine.py").read_text())
    )


def test_containers_that_nothing_opens_are_named() -> None:
    page = (REFERENCE / "scope.md").read_text()
    closed = KINDS - DOCUMENTS - Filter().setup.registry.opens
    line = re.search(r"`unscannable no-unpacker`:\s(.*?)\.\s", page, re.DOTALL)
    assert line
    assert set(re.split(r",\s+", line[1])) == closed


def test_every_stage_has_its_page() -> None:
    """A stage is a hook, a module, a page and a test file of one name."""
    assert {page.stem for page in (REFERENCE / "stages").glob("*.md")} == set(STAGES)
    assert re.findall(r"^\| \[(\w+)\]\(stages/\1\.md\)", (REFERENCE / "stages.md").read_text(), re.MULTILINE) == [
        *STAGES
    ]
    for stage in STAGES:
        assert stage in HOOKS
        text = (REFERENCE / f"stages/{stage}.md").read_text()
        for word in ("**Takes**", "**Gives**", "**Guarantees**", f"`qsfilter/{stage}.py`", f"`tests/test_{stage}.py`"):
            assert word in text
        assert f"(../hooks.md#{stage}-" in text


def test_every_plugin_has_its_page_which_is_its_readme() -> None:
    names = [page.parent.name.removeprefix("qsfilter-") for page in READMES]
    assert sorted(page.stem for page in (REFERENCE / "plugins").glob("*.md")) == names
    for name in names:
        text = (REFERENCE / f"plugins/{name}.md").read_text()
        include = "{include} " + f"../../../plugins/qsfilter-{name}/README.md\n:start-line: 1\n"
        assert text == f"# The plugin `{name}`\n\n```{include}```\n"
        readme = (ROOT / f"plugins/qsfilter-{name}/README.md").read_text()
        assert readme.startswith(f"# qsfilter-{name}\n"), "the first line is left out"
        assert f"| [`{name}`](plugins/{name}.md) |" in (REFERENCE / "plugins.md").read_text()


def test_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^##? (.*)$", page.read_text(), re.MULTILINE)
        assert headings[0].startswith(f"{int(page.name[:4])}. ")
        assert headings[1:] == ["Context", "Decision", "Consequences"]
