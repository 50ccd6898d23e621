"""The page on Qmail-Scanner is held by tests: each of its lines names some, and its settings are those of `migrate`."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from qsfilter.migrating.fates import BECAME, NOTHING, Fate
from qsfilter.migrating.old_settings import OPTIONS, read
from qsfilter.migrating.taking_over import fates
from qsfilter.queue.client import SWITCHES

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/reference/qmail-scanner.md").read_text()
TESTS: dict[str, dict[str, list[str]]] = tomllib.loads((ROOT / "tests/qmail_scanner_page.toml").read_text())
DID, COMPLAINED, SETTINGS = "What Qmail-Scanner did", "What people complained of", "Its settings"
LINES = {DID: 54, COMPLAINED: 32}
FULL = "--scanners clamdscan,fast_spamassassin --admin postmaster --domain example.com --sa-delete 4"
"""Settings without which others do nothing."""
VALUES = {
    "sa-remote": ("192.0.2.7",),
    "sa-socket": ("/run/spamd.sock",),
    "sa-forward": ("spam@example.com",),
    "virus-to-delete": ("yes", "klez"),
    "dscr-hdrs-text": ("X-Antivirus",),
    "qmaildir": ("/var/qmail",),
    "qmail-queue-binary": ("/var/qmail/bin/qmail-queue",),
    "scanners": ("clamdscan,fast_spamassassin=SPAM",),
    "log-details": ("yes", "syslog"),
    "lang": ("de_DE",),
    "archive": ("yes", "@example"),
    "sa-timeout": ("20", "90"),
}
"""What is said with an option, where yes, no and 7 do not show all that can become of it."""
OF_A_FILE = ("spooldir", "settings-per-domain")
"""What becomes of these depends on files in the old spool."""
WITH_ANOTHER = ("domain", "sa-reject")
"""These say how another option is meant, and `migrate` tells it there."""


def tables(section: str) -> list[list[list[str]]]:
    """Return the cells of each table in SECTION, up to its first heading of level 3 and without their heads."""
    text = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = table.splitlines()[2:]
        found.append([[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines])
    return found


@cache
def defined_in(path: str) -> frozenset[str]:
    """Return the names of the tests in the file PATH."""
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


# --- lines and tests ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", LINES)
def test_the_lines_are_all_there_in_their_order(section: str) -> None:
    (table,) = tables(section)
    numbers = [str(number) for number in range(1, LINES[section] + 1)]
    assert [row[0] for row in table] == numbers
    assert {len(row) for row in table} == {4 if section == DID else 3}
    assert list(TESTS[section]) == numbers
    assert list(TESTS) == list(LINES)


@pytest.mark.parametrize("section", LINES)
def test_each_line_is_held_by_tests_or_says_why_it_is_not(section: str) -> None:
    """A line on what was complained of says so by its first word."""
    (table,) = tables(section)
    for number, said, here, *differs in table:
        assert said, number
        assert here, number
        assert TESTS[section][number] or any(differs) or here.startswith("**No**"), f"{section}, {number}: {said}"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        pytest.param(f"{section}, {number}", tests, id=f"{section} {number}")
        for section, lines in TESTS.items()
        for number, tests in lines.items()
    ],
)
def test_the_named_tests_exist(line: str, named: list[str]) -> None:
    assert len(set(named)) == len(named)
    for test in named:
        path, _, name = test.partition("::")
        assert re.fullmatch(r"test_\w+", name), test
        assert name in defined_in(path), f"{line}: {test}"


def test_each_check_of_malformed_mime_is_tried() -> None:
    """The cases of the test bear the numbers of the page."""
    text = PAGE.partition("### The checks of malformed MIME\n")[2].partition("\n### ")[0]
    numbers = re.findall(r"^\| (\d+) \|", text, re.MULTILINE)
    cases = re.findall(r'^    +f?"(\d+) ', (ROOT / "tests/process/test_checklist_mime.py").read_text(), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 12)]
    assert list(dict.fromkeys(cases)) == numbers


# --- settings -------------------------------------------------------------------------------------------------------


def settings() -> dict[str, str]:
    """Return what the page says of each option: option → its second cell."""
    found: dict[str, str] = {}
    for names, here, _ in tables(SETTINGS)[0]:
        for option in re.findall(r"`--([\w-]+)`", names):
            assert option not in found, option
            found[option] = here
    return found


def test_every_option_of_configure_stands_there_once() -> None:
    assert set(settings()) == set(OPTIONS)


def become(option: str) -> list[Fate]:
    """Return what `migrate` makes of OPTION with several values."""
    found = []
    for value in VALUES.get(option, ("yes", "no", "7")):
        line = f"--{option} {value} {'' if option == 'scanners' else FULL}"
        found += fates(read(f"# ./configure {line}\n", "script"))
    return [fate for fate in found if re.search(rf"--{option}(?![\w-])", fate.old)]


@pytest.mark.parametrize("option", [option for option in OPTIONS if option not in OF_A_FILE])
def test_the_page_says_what_migrate_does(option: str) -> None:
    """Each key that it writes for an option stands in the option's line, with its table."""
    here, found = settings()[option], become(option)
    assert found
    became = [fate for fate in found if fate.what == BECAME]
    written = {(one.table, one.key) for fate in became for one in fate.settings}
    for table, key in written:
        assert f"`{key}`" in here, f"{table}.{key}"
        assert f"`{table.removeprefix('plugins.')}`" in here, f"{table}.{key}"
    if not became and option not in WITH_ANOTHER:
        lost = any(fate.what == NOTHING for fate in found)
        assert here == ("no equivalent" if lost else "nothing to set")


def test_the_page_names_the_switches_of_the_environment() -> None:
    told = " ".join(row[0] for row in tables(SETTINGS)[2])
    for name in SWITCHES:
        assert f"`{name.decode()}`" in told
