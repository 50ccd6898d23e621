"""Compressed files: every stream of every format, whole and broken, and what stands behind them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import mmap
import random
import subprocess
import sys
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsfilter import Child, Entry, Filter, Kind, Limits
from qsfilter.actions import Action
from qsfilter.builtin.stream_unpacker import StreamUnpacker
from qsfilter.model import Blob, Container
from qsfilter.streams import zstd_library
from qsfilter.streams.formats import Streams
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter import Report
    from qsfilter.model import Part

zstandard = pytest.importorskip("zstandard")
PLAIN = Filter()
MIB = 1 << 20
RANDOM = random.Random(1).randbytes(700_000)  # noqa: S311 - what can't be compressed
MIXED = RANDOM[:300_000] + bytes(900_000) + b"abc def " * 20_000 + RANDOM[300_000:400_000]
CLAM = Path("/usr/share/clamav-testfiles")


def zstd(data: bytes) -> bytes:
    """Return DATA as a frame of zstd with a checksum."""
    return bytes(zstandard.ZstdCompressor(write_checksum=True).compress(data))


def lzma_alone(data: bytes) -> bytes:
    """Return DATA in the older format of LZMA."""
    return lzma.compress(data, format=lzma.FORMAT_ALONE)


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lzma_alone,
    "zstd": zstd,
}
CONCATENATED = sorted(set(COMPRESSORS) - {"lzma"})
every_format = pytest.mark.parametrize("kind", COMPRESSORS)
every_concatenated = pytest.mark.parametrize("kind", CONCATENATED)


def opened(data: bytes, name: str = "a.bin", chosen: Filter = PLAIN) -> Report:
    """Examine a message with DATA attached as NAME."""
    return examine(chosen, message(part(b"text"), attachment(data, name)))


def unpacked(report: Report) -> list[Part]:
    """Return what came out of containers."""
    return [one for one in report.message.parts if one.origin not in {"mime", "message"}]


def contents(report: Report) -> list[bytes]:
    """Return the contents of what came out of containers."""
    return [one.blob.data for one in unpacked(report)]


def names(report: Report) -> list[str]:
    """Return the names of what came out of containers."""
    return [name.text for one in unpacked(report) for name in one.names]


def codes(report: Report) -> list[str]:
    """Return kind and name of each finding."""
    return [str(found) for found in report.findings]


# --- whole files ----------------------------------------------------------------------------------------------------


@every_format
@pytest.mark.parametrize("data", [b"x", b"text" * 99, MIXED, bytes(3 * MIB)], ids=["octet", "text", "mixed", "zeros"])
def test_a_compressed_file_is_opened(kind: str, data: bytes) -> None:
    """Whatever it is called."""
    report = opened(COMPRESSORS[kind](data), "photo.jpg")
    assert (contents(report), codes(report)) == ([data], [])


@every_format
@given(data=st.binary(max_size=2000), times=st.integers(1, 60))
def test_a_round_trip_is_exact(kind: str, data: bytes, times: int) -> None:
    """And nothing is said of an honest file."""
    packed = COMPRESSORS[kind](data * times)
    streams = Streams(kind, Blob(packed))
    assert b"".join(streams) == data * times
    assert (streams.trouble, streams.behind) == (None, len(packed))


@every_format
def test_a_span_of_a_larger_content_is_opened(kind: str) -> None:
    """Nothing around it is read."""
    packed = COMPRESSORS[kind](b"text" * 99)
    streams = Streams(kind, Blob(b"noise" + packed + packed).part_of(5, 5 + len(packed)))
    assert (b"".join(streams), streams.count, streams.behind) == (b"text" * 99, 1, len(packed))


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("x.exe.gz", "x.exe"),
        ("x.exe.XZ", "x.exe"),
        ("x.exe.bz2", "x.exe"),
        ("x.exe.lzma", "x.exe"),
        ("x.exe.zst", "x.exe"),
        ("a.tgz", "a.tar"),
        ("a.tbz2", "a.tar"),
        ("a.txz", "a.tar"),
        ("a.tzst", "a.tar"),
        ("a.svgz", "a.svg"),
    ],
)
def test_the_name_is_the_files_own_without_its_ending(outer: str, inner: str) -> None:
    """As every tool names what it makes of it."""
    assert names(opened(lzma.compress(b"MZ"), outer)) == [inner]


def test_a_name_in_an_encoded_word_loses_its_ending_too() -> None:
    """It is the decoded name that has one."""
    assert names(opened(bz2.compress(b"MZ"), "=?utf-8?q?x=2Eexe=2Ebz2?=")) == ["x.exe"]


def test_a_long_name_in_a_gzip_header_is_read_to_its_end() -> None:
    """That is where the extension stands."""
    packed = gzip.compress(b"MZ", mtime=0)
    header = packed[:3] + b"\x08" + packed[4:10] + b"a" * 3000 + b".exe\0"
    assert names(opened(header + packed[10:])) == ["a" * 3000 + ".exe"]


# --- several streams ------------------------------------------------------------------------------------------------


@every_concatenated
def test_what_is_in_a_second_stream_is_found(kind: str) -> None:
    """For itself, and as the one content that the format's own tool makes of all streams."""
    report = opened(COMPRESSORS[kind](b"one") + COMPRESSORS[kind](eicar()))
    assert (contents(report), codes(report)) == ([b"one" + eicar(), b"one", eicar()], [])


@every_concatenated
def test_a_content_cut_into_streams_is_whole(kind: str) -> None:
    """No engine would know a half of it."""
    half = len(eicar()) // 2
    report = opened(COMPRESSORS[kind](eicar()[:half]) + COMPRESSORS[kind](eicar()[half:]))
    assert contents(report)[0] == eicar()


@every_concatenated
def test_empty_streams_hide_nothing(kind: str) -> None:
    """They are read and are no parts."""
    report = opened(COMPRESSORS[kind](b"") * 3 + COMPRESSORS[kind](eicar()) + COMPRESSORS[kind](b""))
    assert (contents(report), codes(report)) == ([eicar()], [])


@every_concatenated
def test_a_file_of_very_many_streams_is_one_content(kind: str) -> None:
    """As BGZF and pbzip2 cut it; only the first of them are parts for themselves."""
    report = opened(b"".join(COMPRESSORS[kind](b"%d\n" % number) for number in range(200)))
    assert contents(report)[0] == b"".join(b"%d\n" % number for number in range(200))
    assert (len(contents(report)), codes(report)) == (64, [])


def test_streams_without_end_are_over_the_limit() -> None:
    """Empty ones cost time, and no bytes of the Budget."""
    streams = Streams("gzip", Blob(gzip.compress(b"") * 100_001))
    assert sum(map(len, streams)) == 0
    assert streams.trouble is not None
    assert streams.trouble.name == "over-limit"


@pytest.mark.parametrize("kind", ["gzip", "xz"])
def test_streams_behind_padding_are_read(kind: str) -> None:
    """XZ allows it, and some readers of gzip pass over it."""
    report = opened(COMPRESSORS[kind](b"one") + bytes(8) + COMPRESSORS[kind](eicar()) + bytes(4))
    assert (contents(report)[-1], codes(report)) == (eicar(), [])


def test_a_frame_to_be_skipped_hides_nothing() -> None:
    """Zstd's own tools skip it (RFC 8878, 3.1.2)."""
    skipped = b"\x5a\x2a\x4d\x18\x04\0\0\0skip"
    streams = Streams("zstd", Blob(skipped + zstd(b"one") + skipped + zstd(b"two") + skipped))
    assert (b"".join(streams), streams.trouble) == (b"onetwo", None)


# --- what follows ---------------------------------------------------------------------------------------------------


@every_format
def test_nuls_behind_a_file_are_padding(kind: str) -> None:
    """Tapes and some mailers leave them."""
    report = opened(COMPRESSORS[kind](b"text") + bytes(512))
    assert (contents(report), codes(report)) == ([b"text"], [])


@every_format
@pytest.mark.parametrize("padding", [b"", bytes(7)])
def test_what_follows_is_a_part_of_its_own(kind: str, padding: bytes) -> None:
    """Tools pass over it with a warning."""
    report = opened(COMPRESSORS[kind](b"text") + padding + eicar())
    assert (contents(report), codes(report)) == ([b"text", eicar()], ["irregular trailing-data"])


@every_format
@pytest.mark.parametrize("other", COMPRESSORS)
def test_another_format_behind_a_file_is_opened(kind: str, other: str) -> None:
    """It is looked at like every other content."""
    if kind == other != "lzma":
        return
    assert eicar() in contents(opened(COMPRESSORS[kind](b"text") + COMPRESSORS[other](eicar())))


# --- broken files ---------------------------------------------------------------------------------------------------


@every_format
@given(at=st.integers(0, 10_000), data=st.binary(max_size=300))
def test_a_file_cut_short_is_never_clean(kind: str, at: int, data: bytes) -> None:
    """Wherever it is cut; what came before is exact."""
    packed = COMPRESSORS[kind](data)
    streams = Streams(kind, Blob(packed[: at % len(packed)]))
    found = b"".join(streams)
    assert data.startswith(found)
    assert streams.trouble is not None
    assert streams.trouble.name == "corrupt"


@pytest.mark.parametrize(
    ("kind", "most"), [("gzip", 100), ("bzip2", 900_000), ("xz", 70_000), ("lzma", 5000), ("zstd", 140_000)]
)
def test_what_came_before_the_cut_is_scanned(kind: str, most: int) -> None:
    """All but what the format needs as a whole: a block."""
    data = random.Random(2).randbytes(2_000_000)  # noqa: S311 - what can't be compressed
    report = opened(COMPRESSORS[kind](data)[:-90_000])
    assert codes(report) == ["unscannable corrupt"]
    assert len(data) - 90_000 - most <= len(contents(report)[0])
    assert data.startswith(contents(report)[0])


@every_format
def test_a_file_with_a_broken_end_is_scanned(kind: str) -> None:
    """Every byte of it is there."""
    packed = bytearray(COMPRESSORS[kind](eicar()))
    packed[-2] ^= 0x55
    report = opened(bytes(packed))
    assert (contents(report), codes(report)) == ([eicar()], ["unscannable corrupt"])


def test_a_file_that_breaks_late_is_given_to_the_byte() -> None:
    """Though decoders keep back what they made in the step in which they meet the break."""
    packed = bytearray(lzma.compress(MIXED))
    packed[-12] ^= 0x55
    streams = Streams("xz", Blob(bytes(packed)))
    assert b"".join(streams) == MIXED
    assert streams.trouble is not None


def gzip_with(flags: int, fields: bytes, data: bytes) -> bytes:
    """Return DATA as gzip with FLAGS and FIELDS in its header."""
    plain = gzip.compress(data)
    return plain[:3] + bytes((flags,)) + plain[4:10] + fields + plain[10:]


@pytest.mark.parametrize(
    ("flags", "fields"),
    [(2, b"\0\0"), (0x1E, b"\4\0AB\0\0a name\0a comment\0\0\0"), (0x20, b""), (0x80, b""), (0xC8, b"a name\0")],
)
def test_a_header_that_zlib_alone_refuses_hides_nothing(flags: int, fields: bytes) -> None:
    """Its checksum is wrong, or it has flags that mean nothing; what follows is read as ever."""
    data = gzip_with(flags, fields, eicar()) + gzip.compress(b"two") + b"behind"
    report = opened(data)
    assert contents(report)[0] == eicar() + b"two"
    assert {eicar(), b"two", b"behind"} <= set(contents(report))
    assert codes(report) == ["unscannable corrupt", "irregular trailing-data"]


def test_a_header_with_its_checksum_is_nothing() -> None:
    """Few writers make one."""
    data = gzip_with(2, b"", b"")[:10]
    data = data + (zlib.crc32(data) & 0xFFFF).to_bytes(2, "little") + gzip.compress(b"one")[10:]
    report = opened(data)
    assert (contents(report), codes(report)) == ([b"one"], [])


@pytest.mark.parametrize("cut", range(1, 40))
def test_an_odd_header_that_is_cut_short_is_never_clean(cut: int) -> None:
    """Wherever it ends."""
    data = gzip_with(0x1E, b"\4\0AB\0\0name\0comment\0\0\0", b"one")
    assert "unscannable corrupt" in codes(opened(data[:-cut]))


@every_concatenated
def test_a_broken_second_stream_keeps_the_first(kind: str) -> None:
    """The one content ends where it breaks."""
    report = opened(COMPRESSORS[kind](eicar()) + COMPRESSORS[kind](b"two")[:-6])
    assert contents(report)[0].startswith(eicar())
    assert codes(report) == ["unscannable corrupt"]


@every_format
@given(noise=st.binary(max_size=200), at=st.integers(0, 200))
def test_no_bytes_make_it_fail(kind: str, noise: bytes, at: int) -> None:
    """They are unscannable or read, and never a failure of ours."""
    packed = COMPRESSORS[kind](b"text" * 9)
    report = opened(packed[: at % len(packed)] + noise + packed[at % len(packed) :])
    assert not [found for found in report.findings if found.kind is Kind.FAILURE]


@every_format
def test_the_name_of_a_broken_file_is_seen(kind: str) -> None:
    """Rules on names hold for what can't be read."""
    report = opened(COMPRESSORS[kind](b"x" * 99)[:16] + b"\xff" * 50, "x.exe.xz")
    assert "x.exe" in names(report)
    assert "unscannable corrupt" in codes(report)


# --- bounds ---------------------------------------------------------------------------------------------------------


@every_format
def test_a_bomb_is_over_the_limit(kind: str) -> None:
    """As much as the Budget allows is scanned all the same."""
    report = opened(COMPRESSORS[kind](eicar() + bytes(8 * MIB)), chosen=Filter(limits=Limits(unpacked_bytes=MIB)))
    assert codes(report) == ["unscannable over-limit"]
    (content,) = contents(report)
    assert content.startswith(eicar())
    assert len(content) <= MIB


@every_format
@given(most=st.integers(1, 3000), size=st.integers(0, 5000))
def test_no_more_than_the_budget_is_given(kind: str, most: int, size: int) -> None:
    """And exactly so much is still within it."""
    packed = COMPRESSORS[kind](bytes(size))
    raw = message(attachment(packed, "a"))
    spent = len(packed)  # base64 is paid for too
    report = examine(Filter(limits=Limits(unpacked_bytes=most + spent)), raw)
    over = "unscannable over-limit" in codes(report)
    assert over == (size > most)
    assert sum(map(len, contents(report))) == min(size, most)


def test_a_large_content_within_the_budget_is_whole() -> None:
    """Beyond 64 MiB it is measured before it is held."""
    data = RANDOM[:1000] + bytes(70 * MIB) + b"end"
    report = opened(gzip.compress(data, 1))
    assert (contents(report) == [data], codes(report)) == (True, [])


@pytest.mark.parametrize("kind", ["xz", "lzma"])
def test_a_dictionary_beyond_bounds_is_over_the_limit(kind: str) -> None:
    """It would have to be allocated."""
    form, name = (lzma.FORMAT_XZ, lzma.FILTER_LZMA2) if kind == "xz" else (lzma.FORMAT_ALONE, lzma.FILTER_LZMA1)
    packed = lzma.compress(
        b"MZ", form, filters=[{"id": name, "dict_size": 1 << 28, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3}]
    )
    report = opened(packed, "x.exe.xz")
    assert (names(report), codes(report)) == (["x.exe"], ["unscannable over-limit"])


def test_what_xz_makes_at_most_is_read() -> None:
    """Its highest level wants 65 MiB."""
    assert contents(opened(lzma.compress(b"text", preset=9))) == [b"text"]


def test_a_window_beyond_bounds_is_over_the_limit() -> None:
    """It is refused by its declaration."""
    parameters = zstandard.ZstdCompressionParameters(window_log=28, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    report = opened(stream.compress(b"MZ") + stream.flush(), "x.exe.zst")
    assert (names(report), codes(report)) == (["x.exe"], ["unscannable over-limit"])


def test_the_largest_window_of_zstd_itself_is_read() -> None:
    """Its command makes and takes 128 MiB."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    assert contents(opened(stream.compress(b"text") + stream.flush())) == [b"text"]


def test_a_bomb_in_shadow_spends_nothing_of_others(plugin_with: Callable[..., object]) -> None:
    """What a plugin on trial brings to light takes no bytes from what will be delivered."""
    bomb = Child(data=gzip.compress(bytes(4 * MIB)), origin="tried")
    tried = plugin_with(unpack=lambda self, part: None if part.path.steps else bomb)
    chosen = Filter(Entry(name="tried", plugin=tried, shadow=True), limits=Limits(unpacked_bytes=MIB))
    report = opened(gzip.compress(bytes(MIB // 2)), chosen=chosen)
    assert codes(report) == []
    assert [str(found) for found in report.shadow] == ["unscannable over-limit"]
    assert [one.blob.size for one in unpacked(report) if not one.shadow] == [MIB // 2]


@every_format
def test_a_mapped_file_is_read(kind: str) -> None:
    """As the raw message may be one."""
    packed = COMPRESSORS[kind](MIXED)
    with mmap.mmap(-1, len(packed)) as mapped:
        mapped[:] = packed
        assert b"".join(Streams(kind, Blob(mapped))) == MIXED


# --- zstd without a library -----------------------------------------------------------------------------------------


def test_without_a_library_zstd_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the core says that nobody opens it."""
    monkeypatch.setattr(zstd_library, "LIBRARIES", {"_no_such_library": "x"})
    report = opened(zstd(b"MZ"), chosen=Filter())
    assert codes(report) == ["unscannable no-unpacker"]
    assert report.decision.action is Action.ACCEPT


def test_the_check_tells_that_a_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """And which one it takes; mail goes on without it."""
    assert list(StreamUnpacker().check()) == []
    monkeypatch.setattr(zstd_library, "LIBRARIES", {"_no_such_library": "x"})
    (problem,) = StreamUnpacker().check()
    assert ("zstandard" in problem.mend, problem.fatal) == (True, False)


def test_other_kinds_and_other_places_are_not_looked_at() -> None:
    """A stream is what a content begins with."""
    context = Filter().limits
    asked = StreamUnpacker().unpack(None, (Container("zip", 0), Container("gzip", 9)), context)  # type: ignore[arg-type]  # neither is touched
    assert list(asked) == []


# --- in mail --------------------------------------------------------------------------------------------------------


def test_a_tar_in_xz_in_a_zip_in_a_mail_is_one_tree() -> None:
    """The mail is an attachment of no telling type."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:xz") as archive:
        member = tarfile.TarInfo("x.exe")
        member.size = len(eicar())
        archive.addfile(member, io.BytesIO(eicar()))
    inner = message(part(b"text"), attachment(zip_of({"a.txz": file.getvalue()}), "a.zip"))
    report = opened(inner, "forwarded.eml")
    (found,) = [one for one in report.message.parts if one.blob.data == eicar()]
    assert str(found.path).endswith('"a.zip" > "a.txz" > "a.tar" > "x.exe"')


@pytest.mark.servers
@pytest.mark.servers
@pytest.mark.parametrize("name", ["clam.exe.bz2", "clam.tar.gz", "clam_cache_emax.tgz"])
def test_clamavs_test_file_is_found(name: str) -> None:
    """It is the same in every container."""
    wanted = Path(CLAM, "clam.exe").read_bytes()
    deeper = Filter(limits=Limits(depth=24))  # the last one is a tar in gzip, nine times
    assert wanted in contents(opened(Path(CLAM, name).read_bytes(), name, deeper))


MEASURED = """
import re, sys
from pathlib import Path
from qsfilter import Filter, Limits
from qsfilter.testing import attachment, examine, message
raw = message(attachment(Path(sys.argv[1]).read_bytes(), "a"))
report = examine(Filter(limits=Limits(**({"unpacked_bytes": int(sys.argv[2])} if sys.argv[2] != "0" else {}))), raw)
used = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]  # ru_maxrss is also the parent's
print(used, *sorted(map(str, report.findings)), max(part.blob.size for part in report.message.parts), sep="|")
"""


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "limit", "code", "largest"),
    [
        ("flat-64MiB.gz", 0, "", 64 * MIB),
        ("flat-64MiB.bz2", 0, "", 64 * MIB),
        ("flat-64MiB.xz", 0, "", 64 * MIB),
        ("flat-64MiB.gz", 32 * MIB, "unscannable over-limit", 32 * MIB),
        ("flat-64MiB.bz2", 32 * MIB, "unscannable over-limit", 32 * MIB),
        ("flat-64MiB.xz", 32 * MIB, "unscannable over-limit", 32 * MIB),
        ("flat-1GiB.gz.gz", 0, "unscannable over-limit", 64 * MIB),
        ("huge-declared.tar", 0, "unscannable corrupt", 4096),
    ],
)
def test_a_bomb_takes_bounded_memory(
    corpora: Callable[[str], Path], name: str, limit: int, code: str, largest: int
) -> None:
    """Less than 256 MiB for a process of its own, and seconds."""
    (file,) = corpora("bombs").rglob(name)
    ran = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file), str(limit)], capture_output=True, check=True, timeout=60, text=True
    )
    used, *found, size = ran.stdout.strip().split("|")
    assert (code in found) == bool(code)
    assert int(used) < 256 * 1024
    assert int(size) <= largest
