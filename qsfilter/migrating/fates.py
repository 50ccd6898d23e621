"""What can become of an old setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsfilter.migrating.old_settings import Old
    from qsfilter.setting_up.toml_text import Setting

BECAME, BUILT_IN, NOTHING = "became", "built in", "nothing"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one old setting, or of several that are about the same."""

    old: str
    """The setting as it stood."""
    what: str
    """`became` settings of ours; `built in`: needs none; `nothing`: has no equivalent."""
    text: str
    """What it is now; where it is nothing, why, and what to do instead."""
    settings: tuple[Setting, ...] = ()


def became(old: Old | str, text: str, *settings: Setting) -> Fate:
    """Say that OLD is SETTINGS now."""
    return Fate(str(old), BECAME, text, settings)


def built_in(old: Old | str, text: str) -> Fate:
    """Say that OLD needs no setting."""
    return Fate(str(old), BUILT_IN, text)


def nothing(old: Old | str, text: str, *settings: Setting) -> Fate:
    """Say that OLD has no equivalent; SETTINGS are what comes near, or its place."""
    return Fate(str(old), NOTHING, text, settings)
