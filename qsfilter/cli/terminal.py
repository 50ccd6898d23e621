"""What a stream's other end understands: escape sequences, and colour among them.

Guarantee: a file, a pipe and a terminal of TERM=dumb get plain text, and whoever sets NO_COLOR gets no colour.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def takes_escapes(stream: TextIO) -> bool:
    """Whether STREAM is a terminal on which the cursor can be moved."""
    return stream.isatty() and os.environ.get("TERM") not in {None, "", "dumb"}


def takes_colour(stream: TextIO) -> bool:
    """Whether colour is wanted on STREAM (https://no-color.org)."""
    return takes_escapes(stream) and not os.environ.get("NO_COLOR")
