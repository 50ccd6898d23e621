"""Archives of every kind that libarchive opens: what is in them comes out, and what does not is never clean."""

from __future__ import annotations

import os
import subprocess
import sys
from errno import ENOMEM
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qsfilter import Action, Filter, Kind, Limits
from qsfilter.options import make as made
from qsfilter.testing import containers, eicar, examine, message, part
from qsfilter.testing.containers import disc
from qsfilter.testing.contract import PluginContract
from qsfilter_libarchive import KINDS, Libarchive, library
from qsfilter_libarchive.trouble import trouble

if TYPE_CHECKING:
    from types import SimpleNamespace

MIB = 1 << 20
SAMPLES = ("7z", "iso", "cpio", "ar", "xar", "compress", "lzip", "lz4", "rar4", "rar5", "cab", "lha")
CODED = ("compress", "lzip", "lz4")
SEARCHED = ("7z", "rar4", "rar5", "cab")
STUB = b"MZ" + b"\x90 program" * 700


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


# --- behind other content -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SEARCHED)
def test_an_archive_behind_a_program_is_opened(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """As a self-extracting one is by its readers."""
    report = make.opened(STUB + samples[kind])
    assert (make.members_of(report), make.codes(report)) == (list(make.members.items()), [])


@pytest.mark.parametrize("kind", SEARCHED)
def test_a_signature_in_the_program_hides_no_archive(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """The program may hold it as data, to know its own archive."""
    decoy = STUB + samples[kind][:8] + bytes(100)
    report = make.opened(decoy * 3 + samples[kind])
    assert (make.members_of(report), make.codes(report)) == (list(make.members.items()), [])


def test_a_program_full_of_signatures_is_not_taken_for_clean(make: SimpleNamespace) -> None:
    """One of those that were not tried may be real."""
    decoys = STUB + (b"Rar!\x1a\x07\x00" + bytes(9)) * 300
    assert make.codes(make.opened(decoys + make.rar4({"x.com": eicar()}))) == ["unscannable over-limit"]


@pytest.mark.parametrize("kind", SEARCHED)
def test_a_signature_by_chance_says_nothing(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """Not every program is an archive."""
    report = make.opened(STUB + samples[kind][:8] + bytes(2000))
    assert (make.members_of(report), make.codes(report)) == ([], [])


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"iso", "cpio", "lha"}))
def test_an_archive_is_opened_by_its_signature_alone(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """An archive is opened by its signature alone."""
    report = make.opened(samples[kind][:16] + b"#mtree\n./x type=file\n" * 30)
    assert ("x", b"") not in make.members_of(report)
    assert "unscannable corrupt" in make.codes(report)


def test_a_text_that_looks_like_lha_is_a_text(make: SimpleNamespace) -> None:
    """Five printable letters are not much of a signature."""
    assert make.codes(make.opened(b"ab-lh5- is a method of compression, and so is -lh7-\n")) == []


# --- what can't be read ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(SAMPLES) - {"compress"}))
def test_what_is_cut_short_is_never_clean(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """In the middle of a member; only compress has neither length nor end."""
    data = samples[kind]
    end = data.index(make.noise) + 1000 if kind == "iso" else len(data) * 2 // 3
    assert "unscannable corrupt" in make.codes(make.opened(data[:end]))


@pytest.mark.parametrize("kind", ["cpio", "rar4", "rar5", "cab", "xar"])
def test_an_archive_that_ends_between_two_members_is_never_clean(
    samples: dict[str, bytes], make: SimpleNamespace, kind: str
) -> None:
    """Whatever its length; only ar and LHA say nowhere how many members they have."""
    data = samples[kind]
    start = data.index(b"x.exe") - 120 if kind != "xar" else 0
    for end in range(max(start, 100), min(start + 160, len(data))):
        assert "unscannable corrupt" in make.codes(make.opened(data[:end])), end


@pytest.mark.parametrize("kind", ["cpio", "ar", "rar4", "rar5", "cab", "lha"])
def test_what_came_before_the_cut_is_scanned(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """Whole members, and the beginning of the one that breaks off."""
    first, second = make.members_of(make.opened(samples[kind][:-1000]))[:2]
    assert first == ("one.txt", make.members["one.txt"])
    assert second[0] == "x.exe"
    assert make.members["x.exe"].startswith(second[1])


@pytest.mark.parametrize("kind", ["rar4", "rar5", "lha"])
def test_a_wrong_checksum_is_told(samples: dict[str, bytes], make: SimpleNamespace, kind: str) -> None:
    """The member is scanned, and the next one as well."""
    data = bytearray(samples[kind])
    data[data.index(b"one\x00") + 50] ^= 1
    report = make.opened(bytes(data))
    assert make.codes(report) == ["unscannable corrupt"]
    assert [name for name, content in make.members_of(report) if content] == ["one.txt", "x.exe"]


@pytest.mark.parametrize("kind", ["rar4", "rar5"])
def test_an_encrypted_member_is_named(make: SimpleNamespace, kind: str) -> None:
    """And a member beside it is read."""
    data = make.rar4({"x.exe": eicar()}, flags=4) if kind == "rar4" else make.rar5({"x.exe": eicar()}, b"\x02\x01\x00")
    report = make.opened(data)
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", b"")], ["unscannable encrypted"])
    assert report.findings[0].detail == '"x.exe": it takes a password'
    assert report.decision.action is Action.ACCEPT


@pytest.mark.parametrize("kind", ["rar4", "rar5"])
def test_encrypted_names_are_no_damage(make: SimpleNamespace, kind: str) -> None:
    """Nobody but the recipient can read them."""
    encrypted = make.rar4({"a": b"x"}, main=0x80)
    if kind == "rar5":
        encrypted = b"Rar!\x1a\x07\x01\x00" + make.block5(4, b"\x00\x00\x0f" + bytes(16)) + bytes(range(100))
    for data in (encrypted, STUB + encrypted):
        assert make.codes(make.opened(data)) == ["unscannable encrypted"]


@pytest.mark.parametrize("kind", ["rar4", "rar4 main", "rar5", "rar5 main", "cab"])
def test_one_of_a_set_of_volumes_is_never_clean(make: SimpleNamespace, kind: str) -> None:
    """The rest of it is somewhere else."""
    member = {"x.exe": b"\x00part"}
    data = {
        "rar4": lambda: make.rar4(member, flags=2),
        "rar4 main": lambda: make.rar4(member, main=1),
        "rar5": lambda: make.rar5(member, flags=8),
        "rar5 main": lambda: make.rar5(member, main=1),
        "cab": lambda: make.cab(member, flags=2),
    }[kind]()
    assert make.codes(make.opened(data)) == ["unscannable corrupt"]


def test_a_rar_gives_both_names_of_a_member(make: SimpleNamespace) -> None:
    """Readers without Unicode take the plain one."""
    coded = b"\0\0a.tx\0t"  # the upper octet, and before each four letters that it is that of all
    data = containers.rar4(b"x.exe\0" + coded, b"\x00content", flags=0x200)
    (inside,) = (one for one in make.opened(data).message.parts if one.origin == "rar")
    assert [name.text for name in inside.names] == ["a.txt", "x.exe"]


def test_an_encrypted_member_of_a_rar_has_both_names(make: SimpleNamespace) -> None:
    """As it has when it can be read."""
    data = containers.rar4(b"x.exe\0\0\0a.tx\0t", b"\x00content", flags=0x200, encrypted=True)
    assert ["a.txt", "x.exe"] in [[name.text for name in one.names] for one in make.opened(data).message.parts]


def test_an_unknown_method_is_no_damage(make: SimpleNamespace) -> None:
    """Some other unpacker may know it."""
    report = make.opened(make.lha({"x.exe": b"\x00" * 50}, b"-lh1-"))
    assert (make.members_of(report), make.codes(report)) == ([("x.exe", b"")], ["unscannable no-unpacker"])


def test_a_member_behind_an_unknown_method_is_read(make: SimpleNamespace) -> None:
    """Else one that nobody can read would hide one that everybody can."""
    data = make.lha({"a": b"\x00" * 50}, b"-lh1-")[:-1] + make.lha({"x.com": eicar()})
    report = make.opened(data)
    assert make.members_of(report)[-1] == ("x.com", eicar())
    assert make.codes(report) == ["unscannable no-unpacker"]


def test_an_old_rar_is_not_taken_for_broken(make: SimpleNamespace) -> None:
    """And what is stored in it is read."""
    old = make.rar4({"a": b"\x00" * 50}, version=20, method=0x33)[:-7]
    report = make.opened(old + make.rar4({"x.com": eicar()})[20:])
    assert (make.members_of(report), make.codes(report)) == (
        [("a", b""), ("x.com", eicar())],
        ["unscannable no-unpacker"],
    )


def test_two_layers_of_a_coding_are_not_taken_off_at_once(make: SimpleNamespace) -> None:
    """What lies between them would be bounded by nobody."""
    layers = make.written("raw", {"x": make.written("raw", {"x": make.noise}, "lz4")}, "lz4")
    assert make.codes(make.opened(layers)) == ["unscannable corrupt"]


def test_an_archive_without_members_is_never_clean(samples: dict[str, bytes], make: SimpleNamespace) -> None:
    """Unless there is no room for one."""
    data = bytearray(samples["7z"])
    data[20:28] = bytes(8)  # the size of its directory
    assert make.codes(make.opened(bytes(data))) == ["unscannable corrupt"]
    assert make.codes(make.opened(b"!<arch>\n")) == []


@pytest.mark.parametrize("kind", sorted({"7z", "rar", "cab", "ar", "xar", "lzip", "lz4", "compress"}))
def test_noise_behind_a_signature_is_corrupt(make: SimpleNamespace, kind: str) -> None:
    """It is no checked leaf."""
    signatures = {
        "7z": b"7z\xbc\xaf\x27\x1c",
        "rar": b"Rar!\x1a\x07\x00",
        "cab": b"MSCF\x00\x00\x00\x00",
        "ar": b"!<arch>\n",
        "xar": b"xar!\x00",
        "lzip": b"LZIP\x01",
        "lz4": b"\x04\x22\x4d\x18",
        "compress": b"\x1f\x9d\x90",
    }
    report = make.opened(signatures[kind] + b"\xff\xfe\xfd" * 400)
    assert make.codes(report) == ["unscannable corrupt"]


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


# --- bounds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["7z", "lzip", "lz4", "compress", "xar"])
def test_a_bomb_is_over_the_limit(make: SimpleNamespace, kind: str) -> None:
    """It is read no further than the Budget goes."""
    zeros = {"x": bytes(16 * MIB)}
    data = (
        make.written("raw", zeros, kind) if kind in make.coded else make.written({"7z": "7zip"}.get(kind, kind), zeros)
    )
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(unpacked_bytes=4 * MIB)))
    assert make.codes(report) == ["unscannable over-limit"]
    assert sum(one.blob.size for one in report.message.parts if one.origin == kind) <= 4 * MIB + 1


def test_as_many_members_as_allowed_are_opened(make: SimpleNamespace) -> None:
    """One more is over the limit."""
    data = make.cab({str(number): b"\x00%d" % number for number in range(6)})
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=5)))
    assert (len(make.members_of(report)), make.codes(report)) == (5, ["unscannable over-limit"])
    assert make.codes(make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=6)))) == []


def test_directories_are_bounded_as_well(make: SimpleNamespace) -> None:
    """They are no members, but each takes its time."""
    data = make.cpio(*[(b"%d" % number, 0o040755, b"") for number in range(30)])
    report = make.opened(data, chosen=Filter(Libarchive(), limits=Limits(members=20)))
    assert make.codes(report) == ["unscannable over-limit"]


@pytest.mark.parametrize("size", [b"FFFFFFFF", b"7FFFFFFF", b"00001000"])
def test_a_size_that_lies_is_not_believed(make: SimpleNamespace, size: bytes) -> None:
    """What is there is read."""
    data = bytearray(make.cpio((b"a", 0o100644, eicar())))
    data[54:62] = size
    report = make.opened(bytes(data))
    assert "unscannable corrupt" in make.codes(report)
    assert make.members_of(report)[0][1].startswith(eicar())


def test_no_memory_is_no_verdict() -> None:
    """Another try may have more of it."""
    for text, number in ((b"Couldn't allocate memory", 12), (b"x", ENOMEM), (b"Out of memory", -1)):
        with pytest.raises(MemoryError):
            trouble(text, number)


STARVED = """
import resource, sys
from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive
chosen = Filter(Libarchive())
raw = message(part(b"t"), attachment(sys.stdin.buffer.read(), "a.bin"))
examine(chosen, message(part(b"t"), attachment(b"!<arch>\\n", "a.ar")))
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (4 << 20),) * 2)
print(*[f"{found}: {found.detail}" for found in examine(chosen, raw).findings])
"""


def test_a_dictionary_that_does_not_fit_is_no_damage(samples: dict[str, bytes]) -> None:
    """With more memory the same archive could be read; this one wants 8 MiB."""
    run = subprocess.run([sys.executable, "-c", STARVED], input=samples["7z"], capture_output=True, check=True)
    assert run.stdout.startswith(b"failure memory"), run


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"RAR encryption support unavailable.", "encrypted"),
        (b"Crypto codec not supported yet (ID: 0x6F10701)", "encrypted"),
        (b"RAR solid archive support unavailable.", "no-unpacker"),
        (b"Unknown codec ID: 4f71101", "no-unpacker"),
        (b"Declared dictionary size is not supported.", "no-unpacker"),
        (b"Unsupported CAB compression : Quantum", "no-unpacker"),
        (b"Unsupported block header size (was 7, max is 2)", "corrupt"),
        (b"\xff", "corrupt"),
        (None, "corrupt"),
    ],
)
def test_an_error_is_told_by_its_words(text: bytes | None, name: str) -> None:
    """What is not known is damage."""
    assert trouble(text, -1).name == name


# --- nothing else happens -------------------------------------------------------------------------------------------

WATCHED = """
import sys
seen = []
def watch(event, args):
    if event.startswith(("subprocess", "os.fork", "os.exec", "os.posix_spawn", "os.system", "os.mkdir", "socket")):
        seen.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(f"open {args[0]}")
sys.addaudithook(watch)
sys.dont_write_bytecode = True
import os
from qsfilter import Filter
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive
before = dict(os.environ)
report = examine(Filter(Libarchive()), message(part(b"t"), attachment(sys.stdin.buffer.read(), "a.bin")))
print(seen, len(report.message.parts), before == dict(os.environ))
"""


def test_nothing_is_written_and_no_program_is_started(samples: dict[str, bytes]) -> None:
    """Not even to find the library."""
    for kind in ("7z", "rar4", "iso", "lz4"):
        command = [sys.executable, "-c", WATCHED]
        run = subprocess.run(command, input=samples[kind], capture_output=True, check=True)
        assert run.stdout.decode().split(" ", 1)[0] == "[]", run.stdout
        assert run.stdout.decode().strip().endswith("True")
        assert run.stderr == b""


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
