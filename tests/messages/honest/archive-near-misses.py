"""Files that have something in common with archives, programs or macros, and are none."""

from __future__ import annotations

import base64
import struct
import zlib
from functools import partial

from qsfilter.testing.archives import mailed
from qsfilter.testing.containers import noise
from qsfilter.testing.messages import message

JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
FILES = {
    "about-zip.txt": b"PK are the first two letters of a zip, and of Phil Katz.\r\n",
    "about-bzip2.txt": b"BZh is followed by the size of a block.\r\n" * 5,
    "about-rar.txt": b"A RAR begins with Rar! and some octets.\r\n",
    "about-cpio.txt": b"070701 is the article, 070702 the other one.\r\n",
    "about-ar.txt": b"An archive begins with !<arch> on a line.\r\n",
    "numbers.txt": b"070707\r\n" * 30,
    "about-programs.txt": b"MZ are the first two letters of a program, and of Mark Zbikowski.\r\n",
    "about-vhd.txt": b"conectix is how a disk image of Virtual PC ends.\r\n",  # codespell:ignore conectix
    "about-tnef.txt": b"x\x9f is how winmail.dat begins.\r\n",
    "about-lha.txt": b"OK-lh5-coding is described below.\r\n" * 9,
    "about-pdf.txt": b"A PDF begins with %PDF-1.7 and ends with %%EOF.\r\n",
    "picture.jpg": JPEG + noise(3000) + b"PK\3\4" + noise(3000) + b"\xff\xd9",
    "picture2.jpg": JPEG + noise(3000) + b"PK\5\6" + noise(3000) + b"\xff\xd9",
    "picture3.jpg": JPEG + noise(3000) + b"7z\xbc\xaf\x27\x1c" + noise(3000) + b"\xff\xd9",
    "picture4.jpg": JPEG + noise(3000) + b"Rar!\x1a\7\0" + noise(3000) + b"\xff\xd9",
    "picture5.jpg": JPEG + noise(3000) + b"MSCF\0\0\0\0" + noise(3000) + b"\xff\xd9",
    "noise.bin": noise(20_000),
    "zlib.bin": zlib.compress(b"hello" * 100),
    "zeros.bin": bytes(70_000),
    "page.html": b"<html><script>document.title = 'hello'</script><p>hello</p></html>",
    "picture.html": b'<html><img src="data:image/png;base64,'
    + base64.b64encode(b"\x89PNG\r\n\x1a\n" + noise(99))
    + b'"></html>',
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>',
    "sound.wav": b"RIFF" + struct.pack("<I", 1036) + b"WAVEfmt " + noise(1024),
}


def build(data: bytes, name: str, newline: bytes) -> bytes:
    """Return the message."""
    return mailed(data, name, newline)


def text(words: bytes, newline: bytes) -> bytes:
    """Return a message of WORDS alone."""
    return message(words.replace(b"\n", newline), newline=newline)


MESSAGES = {name: partial(build, data, name) for name, data in FILES.items()}
MESSAGES |= {
    "text-of-pk": partial(text, b"PK wrote:\n> hello\n"),
    "text-of-numbers": partial(text, b"070701 and 070702 are to be sent.\n"),
}
