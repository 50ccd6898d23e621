"""The parse stage: a part is read as a message or MIME entity, and yields the parts inside it.

Guarantee: nothing is refused here. What can't be read is marked, and its bytes are scanned as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.examination import Examination
    from qsfilter.model import Part
    from qsfilter.registry import Entry


def parse(part: Part, examination: Examination, take: Callable[[object, Entry], None]) -> None:
    """Ask every plugin to read PART; each Child is given to TAKE."""
    examination.ask("parse", take, part=part)
