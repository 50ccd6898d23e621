"""The file settings_per_domain.txt says for whom findings count."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Envelope, Filter, malware, policy
from qsfilter.actions import DEFAULT_ACTIONS
from qsfilter.config import from_table
from qsfilter.errors import ConfigError
from qsfilter.settings_per_domain import read_lines, read_settings
from qsfilter.testing import message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = """\
# as the patch's own example
domain.example:sophie,clamdscan,sa,ps'[SPAM]'1.9'0.4'3'0'spamcheck@domain.example'1'1'spamdir_domain
tizio@domain.example:sa,ps'** SPAM **'2.5''3.9'0

sempronio@domain.example:none
Caio@Domain.Example:clamdscan_scanner
@scanners_default:ps
"""
WHO = ("all", "tizio", "sempronio", "caio")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the example."""
    (tmp_path / "settings_per_domain.txt").write_text(FILE)
    return tmp_path / "settings_per_domain.txt"


def outcomes(file: Path, plugin: object, *to: str) -> dict[str, str]:
    """Return the action for each recipient."""
    table = tomllib.loads(f'settings_per_domain = "{file}"')
    chosen = Filter(plugin, policy=from_table(table, "x.toml").setup.policy)
    report = chosen.examine(message(b"x"), Envelope(sender=b"a@example.org", recipients=tuple(map(str.encode, to))))
    return {one.decode(): str(group.action) for group in report.decision.groups for one in group.recipients}


TO = [f"{who}@domain.example" for who in WHO]


def test_malware_counts_for_those_who_want_a_virus_scanner(file: Path, plugin_with: Callable[..., object]) -> None:
    """The address is looked for before its domain; upper and lower case are the same."""
    found = outcomes(file, plugin_with(scan=lambda self: malware("X")), *TO)
    assert list(found.values()) == ["quarantine", "accept", "accept", "quarantine"]


def test_policy_counts_for_those_who_want_the_perl_scanner(file: Path, plugin_with: Callable[..., object]) -> None:
    """What would be refused for some is quarantined beside others who get it."""
    found = outcomes(file, plugin_with(scan=lambda self: policy("X")), *TO)
    assert list(found.values()) == ["quarantine", "quarantine", "accept", "accept"]


def test_everybody_else_has_the_default(file: Path, plugin_with: Callable[..., object]) -> None:
    virus, name = plugin_with(scan=lambda self: malware("X")), plugin_with(scan=lambda self: policy("X"))
    assert outcomes(file, virus, "bob@example.net") == {"bob@example.net": "accept"}
    assert outcomes(file, name, "bob@example.net", "bob@sub.domain.example") == {
        "bob@example.net": "reject",
        "bob@sub.domain.example": "reject",
    }


def test_the_line_stands_in_the_trace(file: Path) -> None:
    assert read_settings(str(file), DEFAULT_ACTIONS)[0].where == f"{file}:3"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("nobody", "is not 'who:scanners'"),
        ("a b:sa", "is not 'who:scanners'"),
        ("x.example:", "'' is no scanner"),
        ("x.example:sa,,ps", "'' is no scanner"),
        ("x.example:none,sa", "none stands alone"),
        ("x.example:sa'1'2'3'4'5'6'7'8'9'10", "has more than 9 fields behind the scanners"),
        ("domain.example:sa", "domain.example stands in line 2 already"),
    ],
)
def test_every_bad_line_is_named(file: Path, line: str, error: str) -> None:
    file.write_text(f"{FILE}{line}\nnobody\n")
    with pytest.raises(ConfigError) as caught:
        read_settings(str(file), DEFAULT_ACTIONS)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"{file}: line 8: ")
    assert error in first
    assert second.startswith(f"{file}: line 9: ")


def test_what_is_said_about_spam_is_kept(file: Path) -> None:
    lines = {setting.who: setting for setting in read_lines(str(file))}
    assert list(lines["domain.example"].spam.values()) == [
        *("[SPAM]", "1.9", "0.4", "3", "0", "spamcheck@domain.example", "1", "1", "spamdir_domain"),
    ]
    tizio = lines["tizio@domain.example"]
    assert (tizio.line, tizio.spam) == (
        3,
        {"subject": "** SPAM **", "quarantine": "2.5", "delete": "3.9", "reject": "0"},
    )
    assert lines["caio@domain.example"].spam == {}


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_settings(str(tmp_path / "none.txt"), DEFAULT_ACTIONS)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    with suppress(ConfigError):
        assert len(read_settings(str(path), DEFAULT_ACTIONS)) % 3 == 0
