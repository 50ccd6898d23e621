"""What a stream's other end understands: escape sequences, colour among them, and how wide its lines are.

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


def columns(stream: TextIO) -> int:
    """Return how many columns STREAM has; 0 where it is no terminal, and a line may have any length."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except OSError:
        return 0
