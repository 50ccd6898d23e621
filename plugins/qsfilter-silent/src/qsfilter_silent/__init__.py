"""Keeps back notices about viruses that forge their sender, so that they reach no stranger.

Guarantees: nothing but the notices changes: the virus stays a finding, and every action is what it would be without
this plugin; one virus that is not silent is enough for its notice; no other finding makes a message silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qsfilter import About, ConfigError, Kind, __version__, accept, hookimpl, plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsfilter import Finding, Verdict

__all__ = ["Silent"]

AUTO = "auto"


@plugin
class Silent:
    """No notice about a message whose viruses are all silent."""

    viruses: tuple[str, ...] = (AUTO,)
    """Parts of viruses' names, in any case; or the single word `auto`: every virus is silent."""

    def __post_init__(self) -> None:
        """Refuse what can't be meant: a name without letters is part of every name, and `auto` leaves none over."""
        names: Any = self.viruses  # whatever Python code gave
        if isinstance(names, str) or not all(isinstance(name, str) and name.strip() for name in names):
            raise ConfigError("viruses: takes a list of parts of names, none of them empty")
        if len(names) > 1 and AUTO in map(str.casefold, names):
            raise ConfigError(f"viruses: {AUTO!r} stands alone; it is every virus")

    @hookimpl
    def about(self) -> About:
        """Say name and version."""
        return About(name="silent", version=__version__)

    @hookimpl
    def decide(self, findings: tuple[Finding, ...]) -> Iterator[Verdict]:
        """Vote for delivery, which any other vote outweighs, with the wish for silence."""
        viruses = [found.name for found in findings if found.kind is Kind.MALWARE]
        if viruses and all(map(self._is_silent, viruses)):
            yield accept("every virus in it is silent", silent=True)

    def _is_silent(self, virus: str) -> bool:
        folded = [name.casefold() for name in self.viruses]
        return folded == [AUTO] or any(name in virus.casefold() for name in folded)
