"""The plugin: what it blocks, and what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qsfilter import Action, ConfigError, Filter, Kind, config, options
from qsfilter.testing.contract import PluginContract
from qsfilter.testing.installation import LEGACY_RULE, installation_messages
from qsfilter.testing.messages import attachment, examine, message, part, zip_of
from qsfilter_attachments import DEFAULT_EXTENSIONS, MOST_FINDINGS, Attachments

if TYPE_CHECKING:
    from pathlib import Path

    from qsfilter import Finding

CLSID = "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"


class TestContract(PluginContract):
    """What every plugin owes the core."""

    def make(self) -> object:
        """Make one with everything switched on."""
        return Attachments(block=("*x*", ".txt", "a"), double_extensions=True, max_size=1)


def found(plugin: Attachments, *parts: bytes) -> list[Finding]:
    report = examine(Filter(plugin), message(part(b"text"), *parts))
    return [finding for finding in report.findings if finding.source == "attachments"]


def names(plugin: Attachments, *file_names: str) -> list[str]:
    return [finding.name for finding in found(plugin, *(attachment(b"data", name) for name in file_names))]


def only(**given: Any) -> Attachments:  # noqa: ANN401 - options of every type
    """Make the plugin with these options and nothing switched on by default."""
    off: dict[str, Any] = {"defaults": False, "clsid": False, "hidden": False, "max_name": 0}
    return Attachments(**(off | given))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Return a legacy file that blocks Qmail-Scanner's test attachment and an extension."""
    path = tmp_path / "quarantine-events.txt"
    path.write_text(f"{LEGACY_RULE}.foo\t0\tno foo\nbar.txt\t4\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("extension", DEFAULT_EXTENSIONS)
def test_programs_are_blocked_unless_a_site_says_otherwise(extension: str) -> None:
    """Every extension of the default list is in force, in any case."""
    assert names(Attachments(), f"Setup{extension.upper()}") == [f"extension {extension}"]


@pytest.mark.parametrize("name", ["report.pdf", "Liberalism in America.url", "page.html", "x.tar.gz", "smime.p7s", "a"])
def test_what_honest_people_send_is_not_blocked(name: str) -> None:
    """The default list is about programs."""
    assert names(Attachments(), name) == []


def test_the_default_list_can_be_switched_off() -> None:
    """Then only the site's own rules are in force."""
    assert names(only(block=(".pdf",)), "x.exe", "x.pdf") == ["extension .pdf"]


def test_an_extension_can_be_taken_out_of_the_default_list() -> None:
    """The others stay."""
    assert names(Attachments(allow=(".JS",)), "x.js", "x.jse") == ["extension .jse"]


def test_what_is_allowed_does_not_take_back_what_is_blocked() -> None:
    """`allow` is about the default list and nothing else."""
    assert names(Attachments(block=(".js",), allow=(".js",)), "x.js") == ["extension .js"]


def test_names_extensions_and_patterns_can_be_blocked() -> None:
    """Each gives a finding that is called after it."""
    plugin = only(block=(".Exe", "ReadMe.txt", "invoice*.html"))
    expected = ["extension .exe", "name readme.txt", "name invoice*.html"]
    assert names(plugin, "x.exe", "readme.TXT", "Invoice 7.html") == expected


def test_findings_are_policy_and_name_their_part() -> None:
    """A report says which part, under which name, by which rule."""
    (finding,) = found(only(block=(".exe",)), attachment(b"data", "a b.exe"))
    assert (finding.kind, str(finding.part), finding.detail) == (Kind.POLICY, "1.2", '"a b.exe", by block')


def test_a_part_is_found_once_for_each_rule() -> None:
    """However many names, forms and rules say the same."""
    fields = {"Content-Disposition": "attachment; filename=\"x.exe \"; filename*=utf-8''y.exe"}
    entity = part(b"data", 'application/octet-stream; name="z.exe"', fields=fields)
    assert [finding.name for finding in found(only(block=(".exe", ".exe")), entity)] == ["extension .exe"]


def test_the_name_in_the_content_type_counts() -> None:
    """Many readers save by it."""
    entity = part(b"data", 'application/octet-stream; name="x.exe"')
    assert [finding.name for finding in found(Attachments(), entity)] == ["extension .exe"]


def test_members_of_archives_count() -> None:
    """A zip around a program changes nothing."""
    (finding,) = found(Attachments(), attachment(zip_of({"docs/setup.exe": b"MZ"}), "docs.zip"))
    assert str(finding.part) == '1.2 > "docs.zip" > "docs/setup.exe"'


@pytest.mark.parametrize(
    "name",
    [
        "x.exe.",
        "x.exe ",
        "x.exe::$DATA",
        "x.\u200bexe",
        "x.\uff45\uff58\uff45",
        "..\\x.exe",
        "x.exe/.",
        "=?utf-8?q?x=2Eexe?=",
    ],
)
def test_disguised_names_are_what_readers_make_of_them(name: str) -> None:
    """Every form of a name is looked at."""
    assert "extension .exe" in names(Attachments(), name.replace("\\", "\\\\"))


def test_a_turned_name_is_a_finding_of_its_own() -> None:
    """An override of the direction of reading has no honest use in a file's name."""
    assert names(Attachments(), "annual report \u202efdp.txt") == ["hidden-direction"]


def test_an_override_is_found_in_a_name_that_is_no_utf_8() -> None:
    """One stray octet does not hide it."""
    entity = attachment(b"data", "x").replace(b'"x"', '"a\u202efdp.txt'.encode() + b'\xff"')
    assert [finding.name for finding in found(Attachments(), entity)] == ["hidden-direction"]


@pytest.mark.parametrize("name", ["דוח\u200f 2026.pdf", "\u202aC path.pdf", "تقرير.pdf"])
def test_honest_names_from_right_to_left_pass(name: str) -> None:
    """Marks and embeddings are no overrides."""
    assert names(Attachments(), name) == []


def test_a_class_id_is_blocked() -> None:
    """Windows would open the file by it."""
    assert names(Attachments(), f"x.txt.{CLSID}") == ["clsid"]


def test_an_over_long_name_is_blocked() -> None:
    """No file system could hold it."""
    assert names(Attachments(), "a" * 256) == ["name-too-long"]
    assert names(Attachments(max_name=10), "a" * 11, "a" * 10) == ["name-too-long"]


@pytest.mark.parametrize("name", ["invoice.pdf.html", "photo.jpg    .png", "x.doc.exe"])
def test_double_extensions_are_blocked_where_wanted(name: str) -> None:
    """It is off by default."""
    assert names(only(double_extensions=True), name) == ["double-extension"]
    assert names(only(), name) == []


def test_an_attachment_can_be_too_large() -> None:
    """What counts is its decoded size; text without a name is no attachment."""
    assert [finding.name for finding in found(only(max_size=9), attachment(b"x" * 10, "a"))] == ["too-large"]
    assert found(only(max_size=9), attachment(b"x" * 9, "a"), part(b"x" * 10)) == []


def test_legacy_rules_block_by_name_and_size(rules: Path) -> None:
    """The finding is called by the rule's description, and names file and line."""
    plugin = only(legacy=str(rules))
    (finding,) = found(plugin, attachment(b"0" * 68 + b"\n", "Eicar.COM"))
    assert (finding.name, finding.detail) == ("EICAR Test Virus", f'"Eicar.COM", by {rules}:1')
    assert names(plugin, "Eicar.com") == []


def test_a_legacy_extension_is_blocked_at_any_size(rules: Path) -> None:
    """The number in that line is ignored, as the original did."""
    assert names(only(legacy=(str(rules),)), "x.foo") == ["no foo"]


def test_a_legacy_rule_without_description_is_called_by_its_name(rules: Path) -> None:
    """A finding always has a name."""
    assert names(only(legacy=[str(rules)]), "bar.txt") == ["name bar.txt"]


def test_the_test_messages_of_the_original_end_as_they_should(rules: Path) -> None:
    """Only the second of them is about a name."""
    chosen = Filter(only(legacy=str(rules)))
    actions = {sent.name: examine(chosen, sent.raw).decision.action for sent in installation_messages()}
    refused = [name for name, action in actions.items() if action is not Action.ACCEPT]
    assert refused == ["2/4 forbidden name"]


def test_findings_have_a_bound_that_is_itself_a_finding() -> None:
    """Thousands of names make no report of thousands of lines, and no message passes for it."""
    entities = [attachment(b"", f"{number}.exe") for number in range(MOST_FINDINGS + 2)]
    listed = found(Attachments(), *entities)
    assert len(listed) == MOST_FINDINGS + 1
    assert (listed[-1].kind, listed[-1].name) == (Kind.UNSCANNABLE, "over-limit")


def test_a_bad_legacy_file_is_a_failure_and_never_a_clean_answer(tmp_path: Path) -> None:
    """Mail waits until the file is mended."""
    chosen = Filter(Attachments(legacy=str(tmp_path / "none")))
    chosen.start()
    assert [finding.kind for finding in examine(chosen, message(b"text")).findings] == [Kind.FAILURE]


def test_check_reports_each_bad_line(tmp_path: Path) -> None:
    """Each is a problem of its own."""
    path = tmp_path / "rules.txt"
    path.write_bytes(b"one 1 x\ntwo 2 y\n")
    problems = list(Attachments(legacy=str(path)).check())
    assert [problem.text.split(": ")[0] for problem in problems] == [f"{path}:1", f"{path}:2"]
    assert all(problem.fatal for problem in problems)


def test_check_reports_rules_that_do_not_do_what_they_seem_to(tmp_path: Path) -> None:
    """They are no reason to hold up mail."""
    path = tmp_path / "rules.txt"
    path.write_bytes(b"*.exe\t0\tx\nfoo.exe\t0\tx\nfine.exe\tSIZE=-1\tx\n.bat\t0\n")
    problems = list(Attachments(legacy=str(path), block=("exe", ".bat"), allow=(".pdf", ".js")).check())
    assert [problem.text.split(": ")[0] for problem in problems] == [f"{path}:1", f"{path}:2", "block", "allow"]
    assert not any(problem.fatal for problem in problems)


def test_check_finds_nothing_wrong_with_the_defaults() -> None:
    """The plugin needs no options."""
    assert list(Attachments().check()) == []


@pytest.mark.parametrize(
    "given",
    [{"block": ".exe"}, {"block": ("",)}, {"block": (".",)}, {"max_name": -1}, {"max_size": -1}, {"allow": (1,)}],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any]) -> None:
    """When the plugin is made, and by the option's name."""
    with pytest.raises(ConfigError, match=next(iter(given))):
        Attachments(**given)


@pytest.mark.parametrize("legacy", ["rules.txt", ["rules.txt"]])
def test_options_come_as_toml_gives_them(legacy: object) -> None:
    """Lists are as good as tuples, and one path needs no list."""
    table = {"block": [".foo"], "allow": [".js"], "legacy": legacy, "max_size": 5}
    plugin = options.make(Attachments, table, "test")
    assert (plugin.block, plugin.allow) == ((".foo",), (".js",))


def test_it_is_part_of_the_built_in_default() -> None:
    """Whoever configures nothing blocks the default list."""
    report = examine(config.built_in_default(), message(part(b"text"), attachment(b"MZ", "x.exe")))
    assert "extension .exe" in [finding.name for finding in report.findings]
