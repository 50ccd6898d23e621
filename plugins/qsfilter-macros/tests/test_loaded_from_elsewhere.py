"""What a document loads from elsewhere when it is opened, by the relationships in its package."""

from __future__ import annotations

import time

import pytest

from qsfilter import Blob
from qsfilter.testing import zip_of
from qsfilter_macros import opc

from .office_files import examined, found

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    """Return a part with one relationship."""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def in_package(data: bytes, name: str = "word/_rels/settings.xml.rels") -> bytes:
    """Return a package with the part DATA."""
    return zip_of({"[Content_Types].xml": b"<Types/>", name: data})


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("attachedTemplate", "http://x.example/t.dotm", "policy remote-template"),
        ("attachedTemplate", "HTTPS://x.example/t.dotm", "policy remote-template"),
        ("attachedTemplate", "file:///C:/Docs/Normal.dotm", ""),
        ("attachedTemplate", "C:\\Docs\\Normal.dotm", ""),
        ("attachedTemplate", "Normal.dotm", ""),
        ("attachedTemplate", "file:///\\\\server\\t.dotx", "note linked-file"),
        ("attachedTemplate", "\\\\server\\t.dotx", "note linked-file"),
        ("attachedTemplate", "file://server/t.dotx", "note linked-file"),
        ("oleObject", "mhtml:http://x.example/a!x-usc:http://x.example/a", "policy remote-object"),
        ("frame", "http://x.example/", "policy remote-object"),
        ("aFChunk", "http://x.example/", "policy remote-object"),
        ("externalLinkPath", "https://x.example/book.xlsx", "note linked-file"),
        ("externalLinkPath", "book.xlsx", ""),
        ("hyperlink", "https://x.example/", ""),
        ("image", "https://x.example/a.png", ""),
    ],
)
def test_what_is_loaded_on_opening_is_found_by_its_relationship(kind: str, target: str, expected: str) -> None:
    """Links that somebody has to click, and files of one's own, are honest."""
    assert found(in_package(relation(kind, target))) == ([expected] if expected else [])


def test_an_internal_target_is_nothing() -> None:
    """It is in the package."""
    assert found(in_package(relation("oleObject", "http:x", mode="Internal"))) == []


def test_a_relationship_is_known_under_any_name_and_in_any_prefix_and_coding() -> None:
    """By its root element."""
    text = relation("attachedTemplate", "http://x.example/t").decode()
    text = text.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?><!-- x -->')
    text = text.replace("<R", "<p:R").replace("</R", "</p:R").replace("xmlns=", "xmlns:p=")
    assert found(in_package(text.encode("utf-16"), "photo.jpg")) == ["policy remote-template"]


@pytest.mark.parametrize(
    "prolog",
    [b"<!--" + b" x" * 20_000 + b"-->", b" \n" * 20_000, b"<!-- <document> -->" * 1000, b"<?x y?>" * 2000],
    ids=["comment", "blanks", "comments", "instructions"],
)
def test_a_root_element_may_stand_behind_a_long_prolog(prolog: bytes) -> None:
    """Office reads it there."""
    data = relation("attachedTemplate", "http://x.example/t").replace(b'<?xml version="1.0"?>', prolog)
    assert found(in_package(data)) == ["policy remote-template"]


def test_a_page_of_html_in_an_archive_is_no_part() -> None:
    """Although it has a document type, and speaks of types."""
    page = b"<!DOCTYPE html><html><title>Types of Relationships</title><br></html>"
    assert found(zip_of({"page.html": page, "cut.html": page[16:40]})) == []


@pytest.mark.parametrize("rest", [b"-->", b"", b"--><x>" + b"<a>" * 300_000])
def test_a_long_comment_costs_no_time(rest: bytes) -> None:
    """It is read once."""
    data, start = b"<!--" + b" <x" * 5_000_000 + rest, time.monotonic()
    assert not opc.is_part(Blob(data))
    assert time.monotonic() - start < 5


def test_a_relationship_that_is_attached_alone_does_nothing() -> None:
    """Only a package is opened by it."""
    assert found(relation("attachedTemplate", "http://x.example/t")) == []


def test_a_workbook_that_links_to_a_program_is_found() -> None:
    """By DDE."""
    data = b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
    (one,) = examined(zip_of({"xl/externalLinks/externalLink1.xml": data})).findings
    assert (str(one), one.detail) == ("policy dde", "cmd /c calc")


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Relationships>&b;</Relationships>',
        b"<Relationships><Relationship></Relationships>",
        b"<Relationships>" + b"<a>" * 10,
        b"<Relationships>" + b"<a>" * 200 + b"</a>" * 200 + b"</Relationships>",
    ],
    ids=["entities", "nesting", "cut", "deep"],
)
def test_a_part_that_no_package_may_have_is_unscannable(data: bytes) -> None:
    """No entity is ever declared."""
    assert found(in_package(data)) == ["unscannable corrupt"]


def test_what_was_found_before_a_part_broke_stays() -> None:
    """The part is read as a stream."""
    data = relation("attachedTemplate", "http://x.example/t").replace(b"</Relationships>", b"<")
    assert sorted(found(in_package(data))) == ["policy remote-template", "unscannable corrupt"]


def test_things_in_one_part_have_a_bound() -> None:
    """A thousand are no better known than a hundred."""
    one = '<Relationship Type="frame" TargetMode="External" Target="http://x/%d"/>'
    data = "<Relationships>" + "".join(one % number for number in range(1000)) + "</Relationships>"
    assert len(found(in_package(data.encode()))) == opc.MOST_FOUND
