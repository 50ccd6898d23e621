"""Writes the texts of notices by templates: the site's where it has one, else ours.

Guarantees: a template runs in jinja2's sandbox and is given plain values, none of which is ever taken for a template; a
template of the site that fails is replaced by ours, and why is told; a text has a subject and a bounded length.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.names import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("admin", "sender", "recipient", "digest")
SHIPPED = os.path.join(os.path.dirname(__file__), "templates")
LONGEST_TEMPLATE = 1 << 16
"""Octets."""
LONGEST_SUBJECT = 250
LONGEST_BODY = 1 << 16
"""Characters."""
_SUBJECT = "Subject:"


class Text(NamedTuple):
    """What a template made."""

    subject: str
    body: str
    trouble: str = ""
    """Why it is not the site's template that made it; empty where it is, or there is none."""


def written(name: str, facts: Mapping[str, object], *, language: str, folder: str = "") -> Text:
    """Write the text NAME (one of `NAMES`) about FACTS, by NAME.txt in the site's FOLDER, else by ours in LANGUAGE."""
    ours = os.path.join(SHIPPED, language, f"{name}.txt")
    theirs = os.path.join(folder, f"{name}.txt")
    if not folder or not os.path.lexists(theirs):
        return rendered(ours, facts)
    try:
        return rendered(theirs, facts)
    except Exception as error:  # noqa: BLE001 - a template may fail in any way that Python can
        trouble = f"{theirs}: {type(error).__name__}: {error}"
        return rendered(ours, facts)._replace(trouble=printable(trouble[:LONGEST_SUBJECT]))


def rendered(path: str, facts: Mapping[str, object]) -> Text:
    """Write the text about FACTS by the template PATH.

    Raises OSError where it can't be read, ValueError where it makes no text with a subject on its first line, and
    whatever jinja2 raises.
    """
    from jinja2 import StrictUndefined  # noqa: PLC0415 - 50 ms, and hardly any mail is told of
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    with open(path, "rb") as file:
        source = file.read(LONGEST_TEMPLATE + 1)
    if len(source) > LONGEST_TEMPLATE:
        raise ValueError(f"a template has at most {LONGEST_TEMPLATE} bytes")
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    text = environment.from_string(source.decode("utf-8")).render(facts)
    first, _, body = text.partition("\n")
    subject = printable(first.removeprefix(_SUBJECT).strip())[:LONGEST_SUBJECT]
    if not first.startswith(_SUBJECT) or not subject:
        raise ValueError(f"its first line is no {_SUBJECT!r} with a text behind it")
    lines = body.strip("\n")[:LONGEST_BODY].replace("\r\n", "\n").split("\n")
    return Text(subject, "".join(f"{printable(line.expandtabs())}\n" for line in lines))
