"""Against a real clamd: what is left to it to take out is found, and what it would not find is not left to it.

Longer than most, as each kind of archive that is left to clamd, or is not, stands here beside the others.
"""

from __future__ import annotations

import binascii
import bz2
import gzip
import hashlib
import io
import lzma
import os
import time
import zipfile
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsfilter import Blob, Filter, Kind
from qsfilter.testing import attachment, eicar, examine, message, part, zip_of
from qsfilter.testing.archives import (
    BZIP2,
    DEFLATED,
    STORED,
    UTF8,
    member,
    packed_eicar,
    tar_file,
    tar_member,
    zip_end,
    zip_file,
)
from qsfilter.testing.clamd_server import ClamdServer
from qsfilter_clamav import ClamAV
from qsfilter_clamav.choice import MAIL, MAIL_STARTS, OPENED, plain
from qsfilter_clamav.pool import Pool
from qsfilter_clamav.servers import parse
from qsfilter_clamav.shown import AGAIN_SECONDS
from qsfilter_clamav.shown import shown as shown_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from qsfilter import Finding
    from qsfilter.context import Answers
    from qsfilter_clamav.replies import Reply

pytestmark = pytest.mark.servers
TRACE = b"Received: from a by b; Sun, 22 Nov 2026 12:00:00 +0000\n"
PACKED = packed_eicar()
"""Nothing finds it but who takes it out of what it is in."""
WARM = TRACE + message(part(b"hello"))
QUOTED = {"Content-Transfer-Encoding": "quoted-printable"}
BASE64 = {"Content-Transfer-Encoding": "base64"}


def warmed(server: ClamdServer, **how: Any) -> ClamAV:  # noqa: ANN401 - options
    """Return a plugin that has let SERVER show what it opens."""
    plugin = ClamAV(servers=(f"unix:{server.socket}",), **how)
    for _ in range(2):
        assert not findings(plugin, WARM)
    return plugin


def findings(plugin: ClamAV, raw: bytes) -> list[Finding]:
    return list(examine(Filter(plugin), raw).findings)


def shown(plugin: ClamAV) -> frozenset[str]:
    (found,) = plugin._pool._shown.values()
    return found.kinds


@pytest.fixture(scope="module")
def plugin(clamd: ClamdServer) -> ClamAV:
    """Return one for the module whose server has shown what it opens."""
    return warmed(clamd)


def test_a_safe_clamd_shows_what_it_opens(plugin: ClamAV) -> None:
    """All that may be left to it."""
    assert shown(plugin) == {MAIL, *OPENED}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"AlertExceedsMax": "no"}, set()),
        ({"ScanArchive": "no"}, set()),
        ({"ScanMail": "no"}, {"zip", "gzip"}),
        ({"MaxFileSize": "1000000"}, {MAIL}),
        ({"MaxRecursion": "100"}, {MAIL, *OPENED}),
    ],
)
def test_another_clamd_shows_less(tmp_path: Path, options: dict[str, str], expected: set[str]) -> None:
    """And is then given all that it does not open, so that malware in it is found all the same."""
    with ClamdServer(tmp_path / "other", options) as server:
        plugin = warmed(server)
        assert shown(plugin) == expected
        archive = zip_of({"a": eicar(), "b": os.urandom(100)})
        found = findings(plugin, TRACE + message(part(b"t"), attachment(archive, "a.zip")))
    assert '1.2 > "a.zip" > "a"' in {str(one.part) for one in found if one.kind is Kind.MALWARE}


def wide(*, streamed: bool = False) -> bytes:
    """Return a zip with zip64 fields, which clamd does not read."""
    file = io.BytesIO()
    out = _Unseekable(file) if streamed else file
    with zipfile.ZipFile(out, "w", DEFLATED) as archive, archive.open("x", "w", force_zip64=True) as inner:
        inner.write(PACKED)
    return file.getvalue()


class _Unseekable(io.RawIOBase):
    def __init__(self, file: io.BytesIO) -> None:
        self._file = file

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - a buffer
        return self._file.write(data)


def by_python(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("x", PACKED)
    return file.getvalue()


def many_sized(size: int) -> bytes:
    return zip_file(member(b"a", bytes(size)), member(b"x", PACKED))


CONTAINERS = {
    "zip stored": zip_of({"x": PACKED}, compression=STORED),
    "zip deflated": zip_of({"x": PACKED}),
    "zip bzip2": zip_file(member(b"x", PACKED, BZIP2)),
    "zip lzma": by_python(14),
    "zip xz": zip_file(member(b"x", PACKED, 95, data=lzma.compress(PACKED))),
    "zip64": wide(),
    "zip64 streamed": wide(streamed=True),
    "zip in zip": zip_of({"i.zip": zip_of({"x": PACKED})}),
    "zip64 in zip": zip_of({"i.zip": wide()}),
    "zip behind a picture": b"GIF89a" + bytes(100) + zip_of({"x": PACKED}),
    "zip with a large member": many_sized(30 << 20),
    "zip of many": zip_file(*(member(b"%d" % number, b"%d" % number) for number in range(500)), member(b"x", PACKED)),
    "document": zip_of({"[Content_Types].xml": b"<?xml version='1.0'?><Types/>", "word/embeddings/x.bin": PACKED}),
    "gzip": gzip.compress(eicar()),
    "gzip of two": gzip.compress(b"hello") + gzip.compress(eicar()),
    "gzip with NUL between": gzip.compress(b"") + bytes(100) + gzip.compress(eicar()),
    "bzip2": bz2.compress(eicar()),
    "bzip2 of two": bz2.compress(b"") + bz2.compress(eicar()),
    "xz of two": lzma.compress(b"") + lzma.compress(eicar()),
    "tar.gz": gzip.compress(tar_file(tar_member(b"x", PACKED))),
    "tar with a wide size": tar_file(tar_member(b"x", PACKED, size=b"\x80" + len(PACKED).to_bytes(11))),
    "mail in zip": zip_of({"a.eml": TRACE + message(part(b"hello"), attachment(PACKED, "x.gz"))}),
}


@pytest.mark.parametrize("which", CONTAINERS)
def test_eicar_is_found_whatever_it_is_in(plugin: ClamAV, which: str) -> None:
    """Whether clamd opens that or not; and the member that holds it is named."""
    found = findings(plugin, TRACE + message(part(b"hello"), attachment(CONTAINERS[which], "a.bin")))
    assert Kind.MALWARE in {one.kind for one in found}
    named = [str(one.part) for one in found if one.kind is Kind.MALWARE]
    assert any(" > " in name for name in named), named


NAMES = st.one_of(st.binary(max_size=20), st.sampled_from([b"a/", b"a/b", b"../x", b"\xff", b"x.exe", b"x" * 300]))


@st.composite
def honest_archives(draw: st.DrawFn) -> bytes:
    """Draw a zip of which every reader gets the same, with EICAR in one of its members."""
    members = []
    count = draw(st.integers(1, 4))
    bad = draw(st.integers(0, count - 1))
    for number in range(count):
        content = PACKED if number == bad else draw(st.binary(max_size=30))
        flags = draw(st.sampled_from([0, 2, 6, UTF8, 1 << 4, 1 << 5, 1 << 13, 1 << 15]))
        streamed = draw(st.booleans())
        # A time stamp, zip64 without need, an unknown field, half a field.
        extra = draw(st.sampled_from([b"", b"UT\x05\0\x01abcd", b"\x01\0\0\0", b"\x99\x99\x02\0ab", b"abc"]))
        both = {"flags": flags | 8 * streamed, "extra": extra}
        entry = {"attributes": draw(st.sampled_from([0, 0x10, 0o100644 << 16])), "comment": draw(st.binary(max_size=5))}
        name = draw(NAMES) + b"%d" % number
        method = draw(st.sampled_from([STORED, DEFLATED, DEFLATED, BZIP2]))
        members.append(member(name, content, method, streamed=streamed, both=both, entry=entry))
    before = draw(st.sampled_from([b"", b"", b"PK00", b"\0\0"]))
    archive = zip_file(*members, before=before, comment=draw(st.binary(max_size=20)))
    return archive if draw(st.booleans()) else gapped(archive)


def gapped(archive: bytes) -> bytes:
    """Return ARCHIVE with something between its members and its directory."""
    at = archive.rfind(b"PK\5\6")
    count, size, offset = (
        int.from_bytes(archive[at + a : at + b], "little") for a, b in ((10, 12), (12, 16), (16, 20))
    )
    start = at - size
    moved = zip_end(count, size, offset + 7, archive[at + 22 :])
    return archive[:start] + b"between" + archive[start:at] + moved


@settings(max_examples=150, deadline=None)
@given(archive=honest_archives())
def test_no_honest_zip_hides_anything_from_clamd(plugin: ClamAV, archive: bytes) -> None:
    """Where its members are left to it."""
    report = examine(Filter(plugin), TRACE + message(part(b"hello"), attachment(archive, "a.zip")))
    assert Kind.MALWARE in {one.kind for one in report.findings}


SIGNATURES = {
    "Any.Field": "0:*:" + b"X-Marker: marked-field".hex(),
    "Any.Text": "0:*:" + b"marked-text".hex(),
    "Mail.Text": "4:*:" + b"marked-mail".hex(),
    "Ascii.Text": "7:*:" + b"marked-ascii".hex(),
    "Html.Text": "3:*:" + b"<b>marked-html".hex(),
}
BODY = b"Dear Bob,\nthis is a text with a hash.\n"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClamdServer]:
    """Run a clamd that knows fields, texts and one whole text."""
    server = ClamdServer(tmp_path_factory.mktemp("marked"))
    folder = Path(server.directory, "db")
    lines = [f"{name}:{pattern}\n" for name, pattern in SIGNATURES.items()]
    (folder / "marked.ndb").write_text("".join(lines))
    digest = hashlib.md5(BODY, usedforsecurity=False).hexdigest()
    (folder / "marked.hdb").write_text(f"{digest}:{len(BODY)}:Hash.Text\n")
    with server:
        yield server


@pytest.mark.parametrize("scan", ["leaves+skeleton", "leaves+raw", "raw"])
@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("Any.Field", message(part(b"t"), attachment(os.urandom(9_000), "l.bin"), fields={"X-Marker": "marked-field"})),
        ("Any.Text", message(b"marked-text\n")),
        ("Any.Text", message(part(b"marked-text\n"), attachment(os.urandom(9_000), "l.bin"))),
        ("Mail.Text", message(part(b"marked-mail\n"), attachment(os.urandom(9_000), "l.bin"))),
        ("Ascii.Text", message(b"MARKED-Ascii\n")),
        ("Ascii.Text", message(part(b"MARKED-Ascii\n"), attachment(os.urandom(9_000), "l.bin"))),
        ("Html.Text", message(part(b"<html><P><B>MARKED-html\n", "text/html"), attachment(bytes(9_000), "l.bin"))),
        ("Hash.Text", message(BODY)),
        ("Any.Text", message(part(b"mark=65d=\n-te=78t\n", fields=QUOTED), part(b"other", "text/csv"))),
        ("Any.Text", message(part(b64encode(b"marked-text\n") + b"\n", fields=BASE64), part(b"other", "text/csv"))),
        (
            "Html.Text",
            message(part(b"<html><P=\n><B>MARKED-html\n", "text/html", fields=QUOTED), part(b"o", "text/csv")),
        ),
    ],
)
def test_signatures_on_fields_and_texts_fire(marked: ClamdServer, scan: str, name: str, raw: bytes) -> None:
    """On the skeleton as on the raw message, and though the text itself is not given."""
    plugin = warmed(marked, scan=scan)
    found = findings(plugin, TRACE + raw)
    assert {one.name for one in found} == {f"{name}.UNOFFICIAL"}


def test_clamd_knows_mail_by_each_of_our_beginnings(clamd: ClamdServer) -> None:
    """The beginning alone says so here: a text with an armour is opened in mail only."""
    coded = b"".join(binascii.b2a_uu(PACKED[at : at + 45]) for at in range(0, len(PACKED), 45))
    pool = Pool((parse(f"unix:{clamd.socket}"),))
    for start in MAIL_STARTS:
        blob = Blob(start + b"x\n\nbegin 644 x.gz\n" + coded + b"`\nend\n")
        asked = pool.ask(plain(blob), time.monotonic() + 20)
        assert (asked.answers[blob].status, asked.troubles) == ("FOUND", []), start


class Memory:
    """A cache of what servers open, and of nothing else."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, ...], bytes] = {}

    def through(
        self, key: tuple[str, ...], blobs: tuple[Blob, ...], ask: Callable[[tuple[Blob, ...]], Answers]
    ) -> Mapping[Blob, bytes]:
        """Answer from what is kept, and keep what is new."""
        if key in self.kept:
            return dict.fromkeys(blobs, self.kept[key])
        answers = ask(blobs)
        self.kept.update(dict.fromkeys([answers.key] if answers.found else [], next(iter(answers.found.values()), b"")))
        return answers.found


def test_one_process_of_a_site_has_it_shown(clamd: ClamdServer) -> None:
    """The others get to know it; nonsense is no knowledge."""
    asked: list[int] = []
    pool = Pool((server := parse(f"unix:{clamd.socket}"),))
    memory = Memory()

    def ask(blobs: tuple[Blob, ...]) -> dict[Blob, Reply]:
        asked.append(len(blobs))
        return pool.ask(plain(*blobs), time.monotonic() + 20).answers

    for _ in range(3):
        assert shown_now(server, ask, memory, 0.0).kinds == {MAIL, *OPENED}
    assert asked == [4]
    for value in (b"", b"zip gzip", b"zip zip", b"rar", b"\xff"):
        memory.kept = dict.fromkeys(memory.kept, value)
        assert shown_now(server, ask, memory, 0.0).kinds == {MAIL, *OPENED}
    memory.kept = dict.fromkeys(memory.kept, b"nothing")
    assert shown_now(server, ask, memory, 0.0).kinds == set()


def test_a_server_that_does_not_answer_all_is_asked_again_soon(clamd: ClamdServer) -> None:
    """And the others are told nothing."""
    memory = Memory()
    found = shown_now(parse(f"unix:{clamd.socket}"), lambda _blobs: {}, memory, 0.0)
    assert (found.kinds, found.until, memory.kept) == (set(), AGAIN_SECONDS, {})
