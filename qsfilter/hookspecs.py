"""The hooks, in the order of a message's life, and the two marks that a plugin needs: `@plugin` and `@hookimpl`.

Every hook is asked of all plugins, each guarded on its own, and the answers are united: a plugin can add readings,
members, findings and votes, and can take nothing away. A hook may take fewer of the arguments; it never sets defaults
and never uses keyword-only parameters, which pluggy would not pass. The signatures are evaluated by nobody at run time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsfilter.context import Context
    from qsfilter.model import (
        About,
        Child,
        Container,
        Decision,
        Finding,
        Kept,
        Message,
        Part,
        Problem,
        Report,
        Verdict,
        Waiver,
    )

PROJECT = "qsfilter"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def plugin(cls: type[T]) -> type[T]:
    """Make CLS a plugin: a frozen, keyword-only dataclass whose fields are its options.

    Equality stays identity, because pluggy takes two equal objects for the same plugin registered twice.
    """
    return dataclass(frozen=True, kw_only=True, eq=False)(cls)


class Hooks:
    """The signatures; `docs/reference/hooks.md` is held against this class."""

    # --- once a process ---------------------------------------------------------------------------------------------

    @hookspec
    def start(self) -> None:
        """Open sessions and load databases, after the last fork and before the first message.

        An exception makes every later call of this plugin a FAILURE finding.
        """

    @hookspec
    def about(self) -> About:
        """Say name, version and age of signatures; asked once, after `start`."""

    @hookspec
    def check(self) -> Iterable[Problem]:
        """Look for what is wrong with the plugin's options, servers and databases; asked by `qsfilter check` only."""

    # --- once a part ------------------------------------------------------------------------------------------------

    @hookspec
    def parse(self, part: Part, ctx: Context) -> Iterable[Child | Finding]:
        """Read PART as a message or as a MIME entity and yield the parts inside it, under every plausible reading.

        Never refuse: what is broken is read as far as it goes, and marked with findings. An exception that is not
        about the machine (OSError, MemoryError) becomes UNSCANNABLE(corrupt) for PART.
        """

    @hookspec
    def unpack(self, part: Part, containers: tuple[Container, ...], ctx: Context) -> Iterable[Child | Finding]:
        """Open PART as one of the CONTAINERS that its content looks like, and yield its members.

        A plugin whose `opens` names kinds of container is asked only where one of them is among CONTAINERS.
        Yield each member as soon as it is read: the core spends `ctx.budget` on it before it asks for the next one.
        Inflate at most `ctx.budget.bytes_left + 1` bytes at a time. A content seen before is not given again.
        """

    # --- once a message ---------------------------------------------------------------------------------------------

    @hookspec
    def scan(self, message: Message, ctx: Context) -> Iterable[Finding]:
        """Look at MESSAGE with all its parts and yield facts; `message.blobs` holds each content once.

        What could not be checked is a finding too (`unscannable(...)`); an exception is a FAILURE finding.
        """

    @hookspec
    def decide(
        self, message: Message, findings: tuple[Finding, ...], ctx: Context
    ) -> Iterable[Verdict | Waiver] | Verdict | None:
        """Vote on what should become of MESSAGE; for each recipient the safest vote wins.

        No vote means no opinion. The action table of the configuration votes on every finding by itself.
        """

    @hookspec
    def deliver(self, message: Message, decision: Decision, report: Report, ctx: Context) -> Iterable[Kept]:
        """Keep durable copies (quarantine, archive) before the message is handed over; yield what now lies where.

        Idempotent by `ctx.key`: a retry of the same mail replaces its copy. REPORT has no outcome yet.
        """

    @hookspec
    def report(self, report: Report, ctx: Context) -> None:
        """Tell somebody: logs, counters, notices. Nothing that happens here changes the answer."""


HOOKS = tuple(name for name in vars(Hooks) if not name.startswith("_"))
"""The names of all hooks, in the order above."""
