"""Tars as programs write them that people use."""

from __future__ import annotations

import io
import tarfile
from functools import partial

from qsfilter.testing.archives import mailed, tar_file, tar_header

TEXT = b"Dear Bob,\nsee the table.\n" * 100
ENDINGS = {"": ".tar", "gz": ".tar.gz", "bz2": ".tar.bz2", "xz": ".txz"}
DIALECTS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def written(dialect: int, coding: str, *names: str) -> bytes:
    """Return a tar of a text under each of NAMES, and some links, as the standard library writes it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{coding}", format=dialect) as archive:
        for name in names:
            about = tarfile.TarInfo(name)
            about.size, about.mtime = len(TEXT), 1_795_348_800
            archive.addfile(about, io.BytesIO(TEXT))
        for kind, name in ((tarfile.DIRTYPE, "more"), (tarfile.SYMTYPE, "latest"), (tarfile.LNKTYPE, "same")):
            about = tarfile.TarInfo(name)
            about.type, about.linkname = kind, "" if kind == tarfile.DIRTYPE else names[0][-9:]
            archive.addfile(about)
    return file.getvalue()


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


MESSAGES = {
    f"{dialect}-{coding or 'plain'}": partial(build, written(number, coding, "a.txt", "b/c.csv"), "report" + ending)
    for dialect, number in DIALECTS.items()
    for coding, ending in ENDINGS.items()
}
MESSAGES |= {
    "gnu-long-name": partial(build, written(tarfile.GNU_FORMAT, "gz", "a/" * 80 + "b.txt"), "report.tgz"),
    "pax-long-name": partial(build, written(tarfile.PAX_FORMAT, "gz", "a/" * 80 + "b.txt"), "report.tgz"),
    "ustar-prefix": partial(build, written(tarfile.USTAR_FORMAT, "gz", "a/" * 60 + "b.txt"), "report.tgz"),
    "pax-unicode": partial(build, written(tarfile.PAX_FORMAT, "", "Übersicht.txt"), "report.tar"),
    "gnu-unicode": partial(build, written(tarfile.GNU_FORMAT, "", "Übersicht.txt"), "report.tar"),
    "empty": partial(build, tar_file().ljust(10240, b"\0"), "empty.tar"),
    "folder-alone": partial(build, tar_file(tar_header(b"a/", 0, b"5")).ljust(10240, b"\0"), "folder.tar"),
}
