"""The reader of Qmail-Scanner's rule files, and the original's tests of file names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import legacy
from qsfilter.actions import Kind
from qsfilter.errors import ConfigError
from qsfilter.legacy import AttachmentRule, HeaderRule, parse, read

if TYPE_CHECKING:
    from pathlib import Path

CLSID = "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}"


def errors(data: bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(data, "rules.txt")
    return str(caught.value).splitlines()


def test_a_name_is_blocked_with_its_exact_size_in_1_x() -> None:
    """A number is the size in bytes of the only file of that name that is blocked."""
    expected = AttachmentRule(
        name="eicar.com", extension="", size=69, description="EICAR Test Virus", where="rules.txt:1"
    )
    assert parse(b"eicar.com\t69\tEICAR Test Virus\n", "rules.txt").attachments == (expected,)


def test_a_name_is_blocked_with_its_exact_size_in_2_x() -> None:
    """SIZE=n says the same as n."""
    (rule,) = parse(b"eicar.com\tSIZE=69\tEICAR Test Virus\n", "rules.txt").attachments
    assert rule.size == 69


def test_size_minus_one_is_any_size() -> None:
    """SIZE=-1 blocks a name whatever its size."""
    (rule,) = parse(b"eicar.com\tSIZE=-1\tEICAR Test Virus\n", "rules.txt").attachments
    assert rule.size is None


@pytest.mark.parametrize("size", [b"0", b"77", b"SIZE=77", b"SIZE=-1"])
def test_the_size_of_an_extension_is_ignored(size: bytes) -> None:
    """A rule on an extension blocks files of any size, whatever number stands there."""
    (rule,) = parse(b".exe\t" + size + b"\tno programs", "rules.txt").attachments
    assert (rule.extension, rule.name, rule.size) == (".exe", "", None)


def test_a_run_of_tabs_is_one_separator() -> None:
    """The shipped file aligns its columns with several tabs."""
    (rule,) = parse(b".{100,}\t\t\tVirus-Date:\t\tMIME Header Buffer Overflow\n", "rules.txt").headers
    assert (rule.pattern, rule.field, rule.description) == (b".{100,}", "Date", "MIME Header Buffer Overflow")


def test_virus_rules_are_malware_and_policy_rules_are_policy() -> None:
    """The prefix of the header's name is the kind of the finding."""
    rules = parse(b"a\tVirus-Subject:\tx\nb\tPolicy-Subject:\ty\n", "rules.txt").headers
    assert [rule.kind for rule in rules] == [Kind.MALWARE, Kind.POLICY]


def test_virtual_headers_are_names_like_others() -> None:
    """What stands behind the prefix is the field's name, as written."""
    (rule,) = parse(rb".*@example\.com" + b"\tPolicy-MAILFROM:\tnot these\n", "rules.txt").headers
    assert rule == HeaderRule(
        kind=Kind.POLICY, field="MAILFROM", pattern=rb".*@example\.com", description="not these", where="rules.txt:1"
    )


def test_blanks_belong_to_values_and_descriptions() -> None:
    """Only tabs separate."""
    (rule,) = parse(b"I LOVE.*YOU\tVirus-Subject:\tLove Letter worm\n", "rules.txt").headers
    assert (rule.pattern, rule.description) == (b"I LOVE.*YOU", "Love Letter worm")


def test_comments_and_blank_lines_are_passed_over() -> None:
    """Lines that begin with # hold no rule, and lines of blanks and tabs hold nothing."""
    assert parse(b"# a comment\n\n \t \n   # another\n", "rules.txt") == legacy.Rules()


def test_line_ends_of_windows_and_its_mark_are_no_part_of_a_rule() -> None:
    """A file saved by Notepad reads the same."""
    rules = parse(b"\xef\xbb\xbf.exe\t0\tno programs\r\n\r\n.com\t0\tnor these\r\n", "rules.txt").attachments
    assert [(rule.extension, rule.description) for rule in rules] == [(".exe", "no programs"), (".com", "nor these")]


def test_a_description_may_be_missing() -> None:
    """A rule without a description is a rule."""
    (rule,) = parse(b".exe\t0\n", "rules.txt").attachments
    assert rule.description == ""


@pytest.mark.parametrize("written", ["März.exe".encode(), "März.exe".encode("latin-1")])
def test_names_may_be_written_in_utf_8_and_in_latin_1(written: bytes) -> None:
    """Names are decoded as those in mail are, so that they meet."""
    (rule,) = parse(written + b"\tSIZE=-1\tx\n", "rules.txt").attachments
    assert rule.name == "März.exe"


def test_blanks_instead_of_tabs_are_said_so() -> None:
    """The most frequent mistake gets a text that names it."""
    (line,) = errors(b"eicar.com 69 EICAR Test Virus\n")
    assert line.startswith("rules.txt:1: ")
    assert "spaces instead" in line


def test_a_blank_in_place_of_the_second_tab_is_said_so() -> None:
    """Also where one of the two tabs is there."""
    (line,) = errors(b"eicar.com\t69 EICAR Test Virus\n")
    assert "spaces instead of a tab" in line


@pytest.mark.parametrize("type_", [b"many", b"-1", b"SIZE=", b"SIZE=-2", b"1.5", b"Virus-Subject", b"Spam-Subject:"])
def test_what_is_neither_a_size_nor_a_header_is_refused(type_: bytes) -> None:
    """The second field has to be one of the forms that the original knew."""
    (line,) = errors(b"eicar.com\t" + type_ + b"\tx\n")
    assert line.startswith("rules.txt:1: ")


@pytest.mark.parametrize("name", [b".", b"..", b" "])
def test_a_name_of_dots_and_blanks_is_refused(name: bytes) -> None:
    """It could block nothing, or everything."""
    assert len(errors(name + b"\tSIZE=-1\tx\n")) == 1


def test_all_bad_lines_are_reported_together() -> None:
    """One look at the errors is enough to mend a file."""
    lines = errors(b"one 1 x\n.exe\t0\tfine\ntwo\tmany\tx\n\nthree\n")
    assert [line.split(": ")[0] for line in lines] == ["rules.txt:1", "rules.txt:3", "rules.txt:5"]


def test_errors_are_counted_where_they_are_too_many_to_list() -> None:
    """A file of another kind does not fill the log."""
    lines = errors(b"no tab\n" * (legacy.MOST_ERRORS + 7))
    assert len(lines) == legacy.MOST_ERRORS + 1
    assert lines[-1] == "and 7 lines more"


def test_a_line_has_a_bound() -> None:
    """A line that is too long is a bad line."""
    (line,) = errors(b"a" * legacy.LONGEST_LINE + b"\t0\tx\n")
    assert str(legacy.LONGEST_LINE) in line


def test_a_file_has_a_bound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is too large is not read."""
    monkeypatch.setattr(legacy, "LARGEST_FILE", 10)
    path = tmp_path / "rules.txt"
    path.write_bytes(b".exe\t0\tno programs\n")
    with pytest.raises(ConfigError, match="larger than 10 bytes"):
        read(str(path))


def test_bad_lines_of_all_files_are_reported_together(tmp_path: Path) -> None:
    """A file that can't be read does not hide what is wrong with the next."""
    path = tmp_path / "rules.txt"
    path.write_bytes(b"no tab\n")
    with pytest.raises(ConfigError) as caught:
        read([str(tmp_path / "none"), str(tmp_path), str(path), "\0"])
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        str(tmp_path / "none"),
        str(tmp_path),
        f"{path}:1",
        "\0",
    ]


def test_one_path_may_be_given_as_text(tmp_path: Path) -> None:
    """A single path is no sequence of letters."""
    path = tmp_path / "rules.txt"
    path.write_bytes(b".exe\t0\tno programs\n")
    assert read(str(path)) == read([str(path)])


def test_rules_of_several_files_keep_their_order(tmp_path: Path) -> None:
    """First those of the first file, in its order of lines."""
    for name, data in (("b", b".exe\t0\n.com\t0\n"), ("a", b".bat\t0\n")):
        (tmp_path / name).write_bytes(data)
    rules = read([str(tmp_path / "b"), str(tmp_path / "a")]).attachments
    assert [rule.extension for rule in rules] == [".exe", ".com", ".bat"]


@given(
    st.binary()
    | st.lists(st.sampled_from([b"\t", b"\n", b"69", b"SIZE=", b"-1", b"Virus-", b":", b" ", b".e", b"\xff"])).map(
        b"".join
    )
)
def test_no_file_raises_anything_but_a_configuration_error(data: bytes) -> None:
    """Whatever the bytes are, they are rules or an error that names lines."""
    lines: list[str] = []
    try:
        parse(data, "rules.txt")
    except ConfigError as error:
        lines = str(error).splitlines()
    assert all(line.startswith("rules.txt:") for line in lines)


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,9}\.[a-z]{3}", fullmatch=True), st.integers(0, 10**15 - 1))))
def test_what_is_written_is_what_is_read(rules: list[tuple[str, int]]) -> None:
    """Names and sizes come back as they were."""
    data = "".join(f"{name}\t{size}\tx\n" for name, size in rules).encode()
    assert [(rule.name, rule.size) for rule in parse(data, "rules.txt").attachments] == rules


@pytest.mark.parametrize("name", ["x.doc.pif", "x.PDF.ExE", "x.jpg   .scr", "x          .txt", "x.txt .vbs"])
def test_names_that_pretend_to_end_earlier_are_double_barrelled(name: str) -> None:
    """A document's extension before that of a program, or a run of blanks before the last one."""
    assert legacy.double_barrelled(name)


@pytest.mark.parametrize("name", ["x.tar.gz", "x.v1.2.doc", "x.pdf", "x.doc.docx", "www.example.com", "", ".exe", "x"])
def test_names_with_several_dots_are_honest(name: str) -> None:
    """Versions, archives and host names have many dots."""
    assert not legacy.double_barrelled(name)


@pytest.mark.parametrize("name", [f"x.txt.{CLSID}", f"x.{CLSID.lower()}", f"x.{CLSID} "])
def test_a_class_id_at_the_end_is_found(name: str) -> None:
    """Windows opens such a file by the class, whatever else it is called."""
    assert legacy.has_clsid(name)


@pytest.mark.parametrize("name", [f"{CLSID}.png", f"x.{CLSID}.png", CLSID, "x.{1}"])
def test_a_class_id_elsewhere_is_a_name(name: str) -> None:
    """Mail programs name embedded pictures so."""
    assert not legacy.has_clsid(name)


def test_the_bound_on_a_name_holds_for_each_folder_in_it() -> None:
    """A long path of short names is an honest member of an archive."""
    assert not legacy.too_long("/".join(["a" * legacy.LONGEST_NAME] * 3))
    assert legacy.too_long("x/" + "a" * (legacy.LONGEST_NAME + 1))
