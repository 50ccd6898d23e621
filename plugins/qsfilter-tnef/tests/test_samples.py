"""Files that real writers made: everything that others find in them is found, and none of them is refused."""

from __future__ import annotations

import hashlib
import logging
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Kind
from qsfilter.testing import attachment, examine, message, part
from qsfilter_tnef import Tnef

if TYPE_CHECKING:
    from qsfilter import Part, Report

CLAM = Path("/usr/share/clamav-testfiles")
PLAIN = Filter(Tnef())
PLAIN.start()
MOST_MEMORY = 64 << 20
"""Octets, for the greatest sample has 1.5 MB."""
# What the tests of tnefparse list: name of the file, names of its attachments, and the sort of its body.
EXPECTED = (
    ("IPM-DistList.tnef", ["Untitled Attachment"], "text/rtf"),
    ("MAPI_ATTACH_DATA_OBJ.tnef", ["VIA_Nytt_1402.doc", "VIA_Nytt_1402.pdf", "VIA_Nytt_14021.htm"], "text/rtf"),
    ("MAPI_OBJECT.tnef", ["Untitled_Attachment"], "text/rtf"),
    ("bad_checksum.tnef", ["image001.png"], "text/plain"),
    ("body.tnef", [], "text/html"),
    ("data-before-name.tnef", ["AUTOEXEC.BAT", "CONFIG.SYS", "boot.ini"], "text/rtf"),
    ("duplicate_filename.tnef", ["file_abcdefgh.txt", "file_abcdefgh.txt", "VIA_Nytt_14021.htm"], "text/rtf"),
    ("garbage-at-end.tnef", [], ""),
    ("long-filename.tnef", ["allproductsmar2000.dat"], "text/rtf"),
    ("minimal_attachment.tnef", [], ""),
    (
        "missing-filenames.tnef",
        ["generpts.src", "TechlibDEC99.doc", "TechlibDEC99-JAN00.doc", "TechlibNOV99.doc"],
        "text/rtf",
    ),
    ("multi-name-property.tnef", [], ""),
    ("multi-value-attribute.tnef", ["208225__5_seconds__Voice_Mail.mp3"], "text/rtf"),
    ("one-file.tnef", ["AUTHORS"], ""),
    ("rtf.tnef", [], "text/rtf"),
    ("triples.tnef", [], "text/plain"),
    ("two-files.tnef", ["AUTHORS", "README"], ""),
    ("umlaut.tnef", ["TBZ PARIV GmbH.jpg", "image003.jpg", "UmlautAnhang-äüö.txt"], "text/rtf"),
    (
        "unicode-mapi-attr-name.tnef",
        ["spaconsole2.cfg", "image001.png", "image002.png", "image003.png"],
        "text/html",
    ),
    ("unicode-mapi-attr.tnef", ["example.dat"], "text/plain"),
)


def opened(data: bytes) -> Report:
    """Examine a message with DATA attached."""
    return examine(PLAIN, message(part(b"text"), attachment(data, "winmail.dat")))


def members(report: Report, depth: int = 2) -> list[Part]:
    """Return what stands in the outermost TNEF."""
    return [one for one in report.message.parts if one.origin == "tnef" and len(one.path.steps) == depth + 1]


@pytest.mark.corpora
@pytest.mark.parametrize(("file", "attachments", "body"), EXPECTED, ids=[case[0] for case in EXPECTED])
def test_a_sample_yields_its_members(file: str, attachments: list[str], body: str, samples: Path) -> None:
    report = opened((samples / file).read_bytes())
    shown = list(dict.fromkeys((one.path.steps, one.names[0].text) for one in members(report) if one.names))
    assert sorted(dict.fromkeys(attachments)) == sorted({name for _, name in shown})
    assert len({name for _, name in shown}) == len(set(attachments))
    assert not body or body in {one.declared for one in members(report)}
    assert not [found for found in report.findings if found.kind is not Kind.IRREGULAR], report.findings


@pytest.mark.corpora
def test_every_sample_is_listed(samples: Path) -> None:
    assert sorted(path.name for path in samples.iterdir()) == [file for file, _, _ in EXPECTED]


@pytest.mark.corpora
@pytest.mark.parametrize("file", [case[0] for case in EXPECTED])
def test_what_tnefparse_finds_is_found(file: str, samples: Path) -> None:
    """With its name and content; tnefparse drops NULs at the end of a content that MAPI carries.

    It leaves the GUID in front of an object that is no message.
    """
    tnefparse = pytest.importorskip("tnefparse")
    data = (samples / file).read_bytes()
    logging.disable(logging.CRITICAL)
    try:
        expected = tnefparse.TNEF(data)
    finally:
        logging.disable(logging.NOTSET)
    found = members(opened(data))
    for one in expected.attachments:
        contents = {one.data.rstrip(b"\0"), one.data[16:].rstrip(b"\0")}
        alike = [part for part in found if part.blob.data.rstrip(b"\0") in contents]
        assert alike, one.long_filename()
        names = {name.text for part in alike for name in part.names}
        assert {name for name in (one.name, one.long_filename()) if name} <= names


@pytest.mark.corpora
def test_a_list_of_contacts_in_an_embedded_message_is_opened(samples: Path) -> None:
    report = opened((samples / "IPM-DistList.tnef").read_bytes())
    assert [one.blob.data[:4] for one in members(report)][-1] == b"\x78\x9f\x3e\x22"


@pytest.mark.corpora
def test_samples_take_little_memory(samples: Path) -> None:
    tracemalloc.start()
    try:
        for path in samples.iterdir():
            opened(path.read_bytes())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.servers
def test_the_program_in_the_test_file_of_clamav_is_found() -> None:
    program = (CLAM / "clam.exe").read_bytes()
    found = members(opened((CLAM / "clam.tnef").read_bytes()))
    (clam,) = [one for one in found if one.blob.sha256 == hashlib.sha256(program).hexdigest()]
    assert "clam.exe" in [name.text for name in clam.names]
