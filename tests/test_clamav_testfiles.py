"""Debian's clamav-testfiles: clam.exe comes out of every container by our own unpacking, told by its hash alone."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter import Filter, Limits
from qsfilter.testing import attachment, examine, message, part
from qsfilter_libarchive import Libarchive
from qsfilter_macros import Macros
from qsfilter_pdf import Pdf
from qsfilter_tnef import Tnef

if TYPE_CHECKING:
    from qsfilter import Report

FILES = Path("/usr/share/clamav-testfiles")
pytestmark = pytest.mark.servers

PROGRAMS = {
    **dict.fromkeys(
        [f"clam-{name}.exe" for name in ("aspack", "fsg", "mew", "pespin", "petite", "upack", "upx", "wwpack", "yc")],
        "a packed program: its code makes clam.exe when it runs",
    ),
    "clam-nsis.exe": "an installer that decompresses by code of its own",
    "clam.ea05.exe": "a compiled AutoIt script",
    "clam.ea06.exe": "a compiled AutoIt script",
    "clam_IScab_ext.exe": "an installer with a format of its own",
    "clam_IScab_int.exe": "an installer with a format of its own",
    "clam_ISmsi_ext.exe": "an installer with a format of its own",
    "clam_ISmsi_int.exe": "an installer with a format of its own",
}
"""Programs: they are blocked by their names and types, and what they would make is for an engine to find."""
CLOSED = {
    "clam.arj": "no kept library reads ARJ",
    "clam.exe.szdd": "no kept library reads SZDD",
    "clam.impl.zip": "zip's method 6 (imploded): no kept library",
}
"""These are unscannable no-unpacker."""
UNSEEN = {
    "clam.chm": "a help file, blocked by its name and type; no kept library reads it",
    "clam.sis": "a program for telephones of 2005",
}
"""These need an engine of its own unpacking, as clamd's."""


def opened(name: str, limits: Limits) -> Report:
    """Send the file NAME as an attachment, or as the message that it is."""
    raw = (FILES / name).read_bytes()
    chosen = Filter(Libarchive(), Macros(), Pdf(), Tnef(), limits=limits)
    is_message = name == "clam.mail" or ".mbox" in name
    return examine(chosen, raw if is_message else message(part(b"Look at this.\n"), attachment(raw, name)))


def test_the_program_comes_out_of_every_container() -> None:
    """Those out of which it does not come are listed, with the reason."""
    wanted = hashlib.sha256((FILES / "clam.exe").read_bytes()).hexdigest()
    missed, found = {}, set()
    for name in sorted(path.name for path in FILES.iterdir()):
        report = opened(name, Limits(depth=30))
        if any(one.blob.sha256 == wanted for one in report.message.parts):
            found.add(name)
        else:
            missed[name] = {str(one) for one in report.findings}
    assert set(missed) == {*PROGRAMS, *CLOSED, *UNSEEN}
    assert {name for name, said in missed.items() if "unscannable no-unpacker" in said} == set(CLOSED)
    assert len(found) >= 20


def test_the_default_depth_ends_the_deepest() -> None:
    """Nine archives of two layers each: never clean, and told which bound it was."""
    said = [one for one in opened("clam_cache_emax.tgz", Limits()).findings if one.name == "over-limit"]
    assert [one.detail.partition(" ")[0] for one in said][:1] == ["depth"]
