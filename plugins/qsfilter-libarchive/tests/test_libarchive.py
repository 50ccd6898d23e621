"""Archives of every kind that libarchive opens: what is in them comes out."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qsfilter import Action, Filter, Kind
from qsfilter.options import make as made
from qsfilter.testing import eicar, examine, message, part
from qsfilter.testing.containers import disc
from qsfilter.testing.contract import PluginContract
from qsfilter_libarchive import KINDS, Libarchive, library

from .kinds import CODED, SAMPLES

if TYPE_CHECKING:
    from types import SimpleNamespace


class TestContract(PluginContract):
    """What every plugin passes."""

    def make(self) -> object:
        """Make one as it is by default."""
        return Libarchive()


# --- what is in them comes out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - set(CODED)))
def test_every_member_is_read(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """With its name and its content."""
    report = make.opened(samples[kind])
    assert (make.members_of(report), make.codes(report)) == (list(make.members.items()), [])


@pytest.mark.parametrize(("kind", "ending"), [("compress", "Z"), ("lzip", "lz"), ("lz4", "lz4")])
def test_a_coding_bears_its_containers_name(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str, ending: str
) -> None:
    """Without the ending."""
    report = make.opened(samples[kind], f"x.exe.{ending}")
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", make.members["x.exe"])], [])


@pytest.mark.parametrize(("name", "expected"), [("a.taz", "a.tar"), ("a.TAZ", "a.tar"), ("a.bin", ""), ("z", "")])
def test_a_short_ending_stands_for_a_tar(
    samples: dict[str, bytes], make: SimpleNamespace, name: str, expected: str
) -> None:
    """And any other says nothing."""
    assert [found for found, _ in make.members_of(make.opened(samples["compress"], name))] == [expected]


def test_all_kinds_are_sampled(samples: dict[str, bytes]) -> None:
    """A kind that is added here is tested as the others are."""
    assert {kind.removesuffix("4").removesuffix("5") if kind.startswith("rar") else kind for kind in samples} == KINDS
    assert set(samples) == set(SAMPLES)


def test_archives_in_each_other_are_opened(make: SimpleNamespace) -> None:
    """All the way in."""
    data = make.written("7z" + "ip", {"x.com": eicar()})
    for wrap in (make.cab, make.rar4, make.lha, make.rar5):
        data = wrap({"inner": data})
    assert make.members_of(make.opened(data))[-1] == ("x.com", eicar())


def test_a_coding_in_an_archive_is_opened(make: SimpleNamespace) -> None:
    """As an attachment is."""
    data = make.rar5({"x.com.lz4": make.written("raw", {"x": eicar()}, "lz4")})
    assert make.members_of(make.opened(data))[-1] == ("x.com", eicar())


def test_an_empty_member_is_named(make: SimpleNamespace) -> None:
    """It has a name that a rule may know."""
    report = make.opened(make.rar5({"x.exe": b""}))
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", b"")], [])


def test_one_name_may_stand_twice(make: SimpleNamespace) -> None:
    """Both contents are there."""
    data = make.cpio((b"a", 0o100644, b"one\x00"), (b"a", 0o100644, b"two\x00"))
    assert make.members_of(make.opened(data)) == [("a", b"one\x00"), ("a", b"two\x00")]


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "c:\\x.exe", "-rf", "a" * 3000, "x\ny"])
def test_a_name_is_only_told(make: SimpleNamespace, name: str) -> None:
    """Whatever it is."""
    data = make.cpio((name.encode(), 0o100644, b"\x00\xffcontent"))
    assert make.members_of(make.opened(data)) == [(name, b"\x00\xffcontent")]


def test_a_link_is_named_with_its_target(make: SimpleNamespace) -> None:
    """And not followed."""
    report = make.opened(make.cpio((b"link", 0o120777, b"/etc/passwd")))
    (found,) = (one for one in report.message.parts if one.origin == "cpio")
    assert [(name.text, name.source) for name in found.names] == [("link", "cpio"), ("/etc/passwd", "cpio-link")]
    assert (found.blob.data, make.codes(report)) == (b"", [])


@pytest.mark.parametrize("mode", [0o020666, 0o060666, 0o010644, 0o140644])
def test_a_device_is_named(make: SimpleNamespace, mode: int) -> None:
    """And not opened."""
    assert make.members_of(make.opened(make.cpio((b"null", mode, b"")))) == [("null", b"")]


def test_a_directory_is_passed_over(make: SimpleNamespace) -> None:
    """It has no content."""
    assert make.members_of(make.opened(make.cpio((b"d", 0o040755, b""), (b"a", 0o100644, b"\x00")))) == [("a", b"\x00")]


def test_a_directory_with_a_content_is_none(make: SimpleNamespace) -> None:
    """What it holds is scanned."""
    assert make.members_of(make.opened(make.cpio((b"d", 0o040755, eicar())))) == [("d", eicar())]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX", "nowhere"])
def test_names_do_not_depend_on_the_locale(make: SimpleNamespace, locale: str) -> None:
    """In the C locale libarchive alone would lose all but ASCII."""
    script = (
        "import sys\nfrom qsfilter import *\nfrom qsfilter.testing import *\nfrom qsfilter_libarchive import *\n"
        "raw = message(part(b't'), attachment(sys.stdin.buffer.read(), 'a.bin'))\n"
        "report = examine(Filter(Libarchive()), raw)\n"
        "print([ascii(n.text) for p in report.message.parts for n in p.names if p.origin != 'mime'], report.findings)"
    )
    wanted = ["tä.txt", "счёт.exe", "\U0001d400.exe"]
    for data in (make.written("7zip", dict.fromkeys(wanted, b"\x00")), make.rar5(dict.fromkeys(wanted, b"\x00"))):
        env = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        run = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, env=env, check=True)
        assert run.stdout.decode().strip() == f"{list(map(ascii, wanted))} ()"


@pytest.mark.parametrize("raw", [b"t\xe4.exe", b"\x83\\\x83\x5c.exe", b"\xff\xfe"])
def test_a_name_in_another_charset_is_kept(make: SimpleNamespace, raw: bytes) -> None:
    """Byte by byte."""
    report = make.opened(make.cpio((raw, 0o100644, b"\x00")))
    assert [name.raw for one in report.message.parts for name in one.names if one.origin == "cpio"] == [raw]


# --- discs ----------------------------------------------------------------------------------------------------------


def test_a_file_that_only_the_other_tree_of_a_disc_has_is_found(make: SimpleNamespace) -> None:
    """One reader looks at the names of Joliet, another at those of ISO 9660."""
    data = bytearray(make.written("iso9660", {"aaa.txt": make.noise, "bbb.txt": eicar() * 40}))
    joliet = next(at for at in range(16 * 2048, len(data), 2048) if data[at] == 2 and data[at + 88 : at + 91] == b"%/E")
    root = int.from_bytes(data[joliet + 158 : joliet + 162], "little") * 2048
    one, two = (data.index(name.encode("utf-16-be"), root) - 33 for name in ("aaa.txt", "bbb.txt"))
    other = data.copy()
    other[two + 2 : two + 18] = data[one + 2 : one + 18]  # where it lies, and how long it is
    one, two = (data.index(name) - 33 for name in (b"AAA.TXT", b"BBB.TXT"))
    data[two + 2 : two + 18] = data[one + 2 : one + 18]
    for image in (bytes(other), bytes(data)):
        assert ("bbb.txt", eicar() * 40) in make.members_of(make.opened(image))


def test_a_disc_is_not_read_twice_for_the_same(samples: dict[str, bytes], make: SimpleNamespace) -> None:
    """Where both trees have the same files."""
    assert len(make.members_of(make.opened(samples["iso"]))) == len(make.members)


@pytest.mark.parametrize("content", [b"\x00content", b""], ids=["content", "empty"])
def test_a_disc_without_joliet_gives_the_names_of_both_readers(make: SimpleNamespace, content: bytes) -> None:
    """Windows knows no Rock Ridge."""
    found = make.members_of(make.opened(disc(b"X.EXE;1", content, b"a.txt")))
    assert found == [("a.txt", content), ("X.EXE", content)]


def test_a_disc_with_one_name_for_all_readers_is_not_read_twice(make: SimpleNamespace) -> None:
    """Whether it has Rock Ridge or not, and in whatever case."""
    for rock_ridge in (b"", b"x.exe"):
        assert len(make.members_of(make.opened(disc(b"X.EXE;1", b"\x00", rock_ridge)))) == 1


def test_a_disc_with_udf_is_not_taken_for_clean(samples: dict[str, bytes], make: SimpleNamespace) -> None:
    """Its files may be others."""
    data = bytearray(samples["iso"])
    end = next(at for at in range(16 * 2048, len(data), 2048) if data[at : at + 6] == b"\xffCD001") + 2048
    data[end : end + 2048] = (b"\x00NSR02\x01").ljust(2048, b"\x00")
    assert "unscannable no-unpacker" in make.codes(make.opened(bytes(data)))


# --- the library ----------------------------------------------------------------------------------------------------


def test_without_the_library_an_archive_is_a_failure(
    samples: dict[str, bytes], make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deferred by default, and never taken for clean or broken."""
    monkeypatch.delitem(sys.modules, "libarchive", raising=False)
    monkeypatch.delitem(sys.modules, "libarchive.ffi", raising=False)
    chosen = Filter(Libarchive(library="libnowhere.so.1"))
    chosen.start()
    report = make.opened(samples["7z"], chosen=chosen)
    assert make.codes(report) == ["failure crash"]
    assert "libnowhere.so.1" in report.findings[0].detail
    assert report.decision.action is Action.DEFER


def test_without_the_library_other_mail_goes_on() -> None:
    """It is not even looked for."""
    chosen = Filter(Libarchive(library="libnowhere.so.1"))
    chosen.start()
    report = examine(chosen, message(part(b"text")))
    assert [found for found in report.findings if found.kind is Kind.FAILURE] == []


def test_check_names_a_library_that_is_missing() -> None:
    """And the package."""
    (problem,) = Libarchive(library="libnowhere.so.1").check()
    assert "libnowhere.so.1" in problem.text
    assert "libarchive13" in problem.mend
    assert problem.fatal


@pytest.mark.parametrize(("found", "expected"), [((3, 6, 1), 1), ((3, 6, 2), 0), ((3, 8, 9), 0)])
def test_check_names_a_library_that_is_old(
    monkeypatch: pytest.MonkeyPatch, found: tuple[int, int, int], expected: int
) -> None:
    """It may have been mended all the same, so that is a warning."""
    monkeypatch.setattr(library, "version", lambda _soname: found)
    problems = list(Libarchive().check())
    assert [problem.fatal for problem in problems] == [False] * expected


def test_it_says_which_libarchive_it_is() -> None:
    """In three numbers, and nothing where it is missing."""
    assert tuple(map(int, Libarchive().about().version.split("."))) >= (3, 0, 0)
    assert Libarchive(library="libnowhere.so.1").about().version == ""


def test_its_option_is_known() -> None:
    """By the configuration."""
    assert made(Libarchive, {"library": "libarchive.so"}, "x").library == "libarchive.so"


def test_it_is_found_by_its_name() -> None:
    """As a configuration names it."""
    (point,) = metadata.entry_points(group="qsfilter", name="libarchive")
    assert point.load() is Libarchive
