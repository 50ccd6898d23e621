"""Mail that others wrote: none of it makes anything fail, none of it is changed, and honest mail passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Kind
from qsfilter.actions import Action
from qsfilter.config import built_in_default
from qsfilter.edits import head
from qsfilter.testing import examine
from qsfilter.transport import pieces

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qsfilter import Report

REALLY_AMBIGUOUS = {
    "00467.5b733c506b7165424a0d4a298e67970f.eml": [
        "ambiguous boundary-guessed in 1: ",
        "irregular no-delimiter in 1: ",
    ]
}
"""Real mail that two readers read in two ways, and what is said of it.

Its boundary parameter is `=Multipart Boundary 0925021429`, its delimiter lines are `--= Multipart Boundary 0925021429`:
one reader shows a single text with all of its source, one that guesses the boundary shows a text and a page.
"""
pytestmark = pytest.mark.corpora
CORPORA = {"real-mail": 3000, "odd-mime": 525}
"""Name of an archive → how many files it holds."""


@pytest.fixture(scope="module", params=CORPORA)
def examined(request: pytest.FixtureRequest, corpora: Callable[[str], Path]) -> list[tuple[str, bytes, Report]]:
    """Examine every file with the built-in default; return name, bytes and report of each."""
    return examined_in(corpora(request.param), CORPORA[request.param])


def examined_in(folder: Path, expected: int) -> list[tuple[str, bytes, Report]]:
    """Examine every file in FOLDER, of which there are EXPECTED."""
    chosen = built_in_default()
    chosen.start()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert len(files) == expected
    raws = ((str(path.relative_to(folder)), path.read_bytes()) for path in files)
    return [(name, raw, examine(chosen, raw)) for name, raw in raws]


def test_no_plugin_fails(examined: list[tuple[str, bytes, Report]]) -> None:
    """Whatever the message is."""
    failed = {
        name: [str(found) for found in report.findings if found.kind is Kind.FAILURE] for name, _, report in examined
    }
    assert {name: found for name, found in failed.items() if found} == {}


def test_the_bytes_are_those_received(examined: list[tuple[str, bytes, Report]]) -> None:
    """Our lines stand on top, and everything behind them is as it came."""
    for name, raw, report in examined:
        top = head(report, raw)
        assert top.offset == 0, name
        assert b"".join(pieces(raw, top)) == top.lines + raw, name
        assert report.message.root.blob.data is raw, name


def test_every_part_lies_inside_its_parent(examined: list[tuple[str, bytes, Report]]) -> None:
    """What stands verbatim in a part is exactly those bytes of it."""
    for name, _, report in examined:
        by_steps = {part.path.steps: part for part in report.message.parts}
        for part in report.message.parts[1:]:
            if part.span is not None:
                parent = by_steps[part.path.steps[:-1]].blob.data
                assert parent[slice(*part.span)] == part.blob.data, f"{name} {part.path}"


def test_real_mail_is_not_blocked(corpora: Callable[[str], Path]) -> None:
    """Neither by a name, nor by its MIME, nor by anything else that is on by default."""
    blocked = {
        name: [f"{found} in {found.part}: {found.detail}" for found in report.findings]
        for name, _, report in examined_in(corpora("real-mail"), CORPORA["real-mail"])
        if report.decision.action is not Action.ACCEPT
    }
    assert {name.rpartition("/")[2]: found for name, found in blocked.items()} == REALLY_AMBIGUOUS


def test_every_leaf_that_others_found_is_found(corpora: Callable[[str], Path]) -> None:
    """MIME-tools' own tests say what their messages hold."""
    folder = corpora("odd-mime") / "mime-tools-testmsgs"
    chosen, seen, missing = Filter(), 0, []
    for file in sorted(folder.glob("*.msg")):
        contents = [normal(part.blob.data) for part in examine(chosen, file.read_bytes()).message.parts]
        for oracle in sorted(folder.glob(f"{file.stem}_decoded_[0-9]*")):
            seen += 1
            expected = normal(oracle.read_bytes())
            # A last group of base64 that is incomplete gives us one octet or two more.
            if not any(one.startswith(expected) and len(one) - len(expected) <= 2 for one in contents) and expected:
                missing.append(oracle.name)
    assert seen > 100
    assert missing == []


def normal(data: bytes) -> bytes:
    """Return DATA without what the writers of the oracles did to line ends."""
    return data.replace(b"\r\n", b"\n").rstrip(b"\n")
