"""settings_per_domain.txt: thresholds and subject tag for addresses and domains, over those of the site."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Action, ConfigError, Filter, Kind
from qsfilter.testing import examine, message
from qsfilter.testing.fake_spamd import scored
from qsfilter_spamassassin import SpamAssassin
from qsfilter_spamassassin.per_domain import read
from qsfilter_spamassassin.thresholds import Wishes, thresholds

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Problem, Report
    from qsfilter.testing.fake_spamd import FakeSpamd

FILE = """\
# as the patch's own example
domain.example:sophie,clamdscan,sa,ps'[SPAM]'1.9'0.4'3'0'spamcheck@domain.example'1'1'spamdir_domain
tizio@domain.example:sa,ps'** SPAM **'2.5''3.9'1
sempronio@domain.example:none
caio@domain.example:ps,clamdscan'[SPAM]'0.1
quiet.example:sa'none'0''0'
"""
ALL, TIZIO, SEMPRONIO, CAIO = (f"{who}@domain.example".encode() for who in ("all", "tizio", "sempronio", "caio"))
OTHER, QUIET = b"bob@example.net", b"x@quiet.example"
USUAL = Wishes(thresholds({"quarantine": 1.0, "reject": 9.0}), "[site]", 0.5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the example."""
    made = tmp_path / "settings_per_domain.txt"
    made.write_text(FILE)
    return made


def plugin(server: FakeSpamd, file: Path, points: float) -> SpamAssassin:
    """Make a plugin to which each message is spam, with POINTS above the required score."""
    server.answer = lambda _: scored(f"{5 + points:.1f}")
    return SpamAssassin(
        servers=(server.name,),
        seconds=10,
        quarantine=1.0,
        reject=9.0,
        subject_tag="[site]",
        tag=0.5,
        settings_per_domain=str(file),
    )


def judged(chosen: SpamAssassin, *recipients: bytes) -> Report:
    return examine(Filter(chosen), message(b"x", subject="Hello"), recipients=recipients)


def tag(report: Report) -> str:
    return "".join(edit.value.decode() for edit in report.decision.edits if edit.what == "subject_tag")


@pytest.mark.parametrize(
    ("points", "to", "action"),
    [
        (1.8, ALL, Action.ACCEPT),
        (1.9, ALL, Action.QUARANTINE),
        (1.9, b"ALL@Domain.Example", Action.QUARANTINE),
        (3.0, ALL, Action.DISCARD),
        (2.4, TIZIO, Action.ACCEPT),
        (2.5, TIZIO, Action.QUARANTINE),
        (3.9, TIZIO, Action.REJECT),
        (99.0, SEMPRONIO, Action.ACCEPT),
        (99.0, CAIO, Action.ACCEPT),
        (99.0, QUIET, Action.ACCEPT),
        (1.0, OTHER, Action.QUARANTINE),
        (9.0, OTHER, Action.REJECT),
        (1.0, b"all@sub.domain.example", Action.QUARANTINE),
    ],
)
def test_each_recipient_has_thresholds(fake: FakeSpamd, file: Path, points: float, to: bytes, action: Action) -> None:
    """The address is looked for before its domain, and the site's hold for all others."""
    assert judged(plugin(fake, file, points), to).decision.action is action


def test_recipients_of_one_message_are_judged_each(fake: FakeSpamd, file: Path) -> None:
    groups = judged(plugin(fake, file, 2.0), ALL, TIZIO, SEMPRONIO, OTHER).decision.groups
    assert {one: str(group.action) for group in groups for one in group.recipients} == {
        ALL: "quarantine",
        TIZIO: "accept",
        SEMPRONIO: "accept",
        OTHER: "quarantine",
    }


@pytest.mark.parametrize(
    ("points", "to", "wanted"),
    [
        (0.4, (ALL,), "[SPAM]"),
        (0.3, (ALL,), ""),
        (0.5, (TIZIO,), "** SPAM **"),
        (0.4, (TIZIO,), ""),
        (2.0, (SEMPRONIO,), ""),
        (2.0, (CAIO,), ""),
        (2.0, (QUIET,), ""),
        (0.6, (OTHER,), "[site]"),
        (0.6, (ALL, b"b@domain.example"), "[SPAM]"),
        (0.6, (ALL, OTHER), ""),
        (2.0, (ALL, TIZIO), "** SPAM **"),
    ],
)
def test_the_subject_is_tagged_as_all_want_who_get_it(
    fake: FakeSpamd, file: Path, points: float, to: tuple[bytes, ...], wanted: str
) -> None:
    """There is one subject for all; the last one is in quarantine for the first recipient."""
    assert tag(judged(plugin(fake, file, points), *to)) == wanted


def test_the_default_holds_for_all_that_are_not_named(fake: FakeSpamd, file: Path) -> None:
    file.write_text(FILE + "@scanners_default:sa'[rest]'2.0\n")
    report = judged(plugin(fake, file, 1.5), OTHER)
    assert (report.decision.action, tag(report)) == (Action.ACCEPT, "[rest]")


@pytest.mark.parametrize(
    ("fields", "discard", "reject"),
    [
        ("", 0.0, 9.0),
        ("''''3", 0.0, 3.0),
        ("''''3'0", 3.0, 0.0),
        ("''''3'yes", 0.0, 3.0),
        ("'''''0", 9.0, 0.0),
        ("''''0", 0.0, 0.0),
    ],
)
def test_an_empty_field_is_the_site_s(tmp_path: Path, fields: str, discard: float, reject: float) -> None:
    """The site refuses from 9 points on; the patch has one threshold for both, and says which it is."""
    file = tmp_path / "settings"
    file.write_text(f"x.example:sa{fields}\n")
    found = read(str(file), USUAL)["x.example"]
    points = {str(action): points for points, action in found.thresholds.points}
    assert points == {"discard": discard, "quarantine": 1.0, "reject": reject}
    assert (found.subject_tag, found.tag) == ("[site]", 0.5)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [("''x", "sa_quarantine"), ("''-1", "sa_quarantine"), ("'''nan", "sa_delta"), ("'ü", "sa_subject"),
     ("''''inf", "sa_delete"), ("'''''maybe", "sa_reject")],
)  # fmt: skip
def test_what_can_t_be_meant_is_named_and_mail_waits(fake: FakeSpamd, file: Path, fields: str, wrong: str) -> None:
    file.write_text(f"{FILE}x.example:sa{fields}\n")
    chosen = plugin(fake, file, 2.0)
    with pytest.raises(ConfigError, match=f"{file}: line 7: {wrong}: takes "):
        chosen.start()
    report = judged(plugin(fake, file, 2.0), OTHER)
    assert Kind.FAILURE in {found.kind for found in report.findings}
    assert report.decision.action is Action.DEFER


def problems(chosen: SpamAssassin) -> list[Problem]:
    return [problem for problem in chosen.check() if "settings_per_domain" in problem.text]


def test_the_check_tells_what_can_t_be_had(fake: FakeSpamd, file: Path) -> None:
    found = problems(plugin(fake, file, 2.0))
    assert [problem.text.partition(": line 2: ")[2] for problem in found] == [
        f"{name} is not followed, for domain.example"
        for name in ("sa_forward", "sa_fwd_verbose", "sa_hdr_report", "spam-maildir")
    ]
    assert not any(problem.fatal for problem in found)
    assert "copyto" in found[0].mend


def test_the_check_tells_of_a_file_that_can_t_be_read(fake: FakeSpamd, file: Path) -> None:
    file.unlink()
    (problem,) = problems(plugin(fake, file, 2.0))
    assert problem.fatal
    assert "No such file" in problem.text


@given(st.text("a.@:'0123456789-sae ", max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(f"x.example:sa'{text}")
    with suppress(ConfigError):
        assert all(points >= 0 for one in read(str(path), USUAL).values() for points, _ in one.thresholds.points)
