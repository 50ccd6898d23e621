"""All rules of a site: which version of each file is in force, and what is to be said about that.

Guarantees: a file that can't be used changes nothing, as long as a good version of it is known, and every message says
so; all names of rules differ; without a good version there are no rules at all but a ConfigError, so mail waits.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.builtin.rules_told import NAME, AsWritten, NotAsWritten
from qsfilter.builtin.site_rules import Loaded, load
from qsfilter.errors import ConfigError
from qsfilter.registry import Entry
from qsfilter.site_rules import files
from qsfilter.site_rules.kept_folder import RETRY_SECONDS, InFolder, Looking
from qsfilter.site_rules.last_good import Copy, InMemory, Nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class _Chosen(NamedTuple):
    """The version of one file that is in force."""

    path: str
    loaded: Loaded
    text: bytes
    new: bool = False
    """Whether it is not the last good one yet."""
    optional: bool = False
    """Whether rules were in force before this file was there."""


class _Look:
    """What one look at all files has brought."""

    def __init__(self) -> None:
        self.chosen: list[_Chosen] = []
        self.told: list[str] = []
        self.wrong: list[str] = []
        """What leaves no version to go on with."""
        self.waiting = False
        """Whether a file was left for when it has settled."""


class RuleSet:
    """The rules in FILES; `entries` are those in force, `told` what is wrong, a sentence each."""

    def __init__(self, paths: Iterable[str] = (), kept: Nothing | None = None) -> None:
        """Load the rules in PATHS (files, folders, patterns of names); KEPT knows their last good versions.

        Raises ConfigError that names every file without a version that can be used.
        """
        self._kept = Nothing() if kept is None else kept
        self._paths = tuple(paths)
        self._loaded: dict[tuple[str, bytes], Loaded] = {}
        self._stamps: dict[str, files.Stamp] = {}
        self._waiting = False
        self._again = float("inf")
        self.entries: tuple[Entry, ...] = ()
        self.told: tuple[str, ...] = ()
        self._look()

    def refresh(self) -> bool:
        """Look whether a file has changed, for the price of one stat each; take what is good of it.

        Returns whether `entries` are others now. Never raises: what can't be used leaves in force what was.
        """
        if not self._paths:
            return False
        changed = any(files.stamp(path) != known for path, known in self._stamps.items())
        if not changed and not self._waiting and time.monotonic() < self._again:
            return False
        before = self.entries
        try:
            self._look()
        except ConfigError as error:
            self.told = (f"{error}; what was in force before goes on",)
            self.entries = (self._own(), *(entry for entry in before if entry.name != NAME))
            self._again = time.monotonic() + RETRY_SECONDS
        return True

    def _look(self) -> None:
        if not self._paths:
            return
        places = [self._place(path) for path in self._paths]
        # Before they are read: what changes in between is seen the next time.
        self._stamps = {place.folder or place.path: files.stamp(place.folder or place.path) for place in places}
        look = _Look()
        seen: dict[str, int] = {}
        for place in places:
            for path, gone in self._files(place, look):
                if os.path.abspath(path) not in seen:
                    seen[os.path.abspath(path)] = len(seen)
                    self._stamps[path] = files.stamp(path)
                    self._choose(path, look, optional=bool(place.folder) and self._kept.ran(place), gone=gone)
        self._part_names(look)
        look.chosen.sort(key=lambda one: seen[os.path.abspath(one.path)])
        if look.wrong:
            raise ConfigError("; ".join(look.wrong))
        self._keep(places, look)
        self._loaded = {(one.path, one.text): one.loaded for one in look.chosen}
        self.told = tuple(look.told)
        self._waiting = look.waiting
        self._again = time.monotonic() + RETRY_SECONDS if look.told else float("inf")
        self.entries = (self._own(places), *(entry for one in look.chosen for entry in one.loaded.entries))

    def _own(self, places: Iterable[files.Place] = ()) -> Entry:
        unused = tuple(self._unused(places)) if isinstance(self._kept, Looking) else ()
        plugin = NotAsWritten(self.told, unused) if self.told or unused else AsWritten()
        return Entry(name=NAME, plugin=plugin)

    def _unused(self, places: Iterable[files.Place]) -> Iterator[str]:
        for place in places:
            try:
                yield from place.unused()
            except OSError:
                continue  # said where its files are looked for

    def _place(self, path: str) -> files.Place:
        place = files.place(path)
        if not place.folder and not os.path.lexists(path) and self._kept.ran(files.Place(path, path)):
            return files.Place(path, path)  # it was a folder as long as it was there
        if place.folder and not place.pattern and self._kept.get(path):
            return files.Place(path)  # it was a file; no rules at all would be in an empty folder
        return place

    def _files(self, place: files.Place, look: _Look) -> Iterator[tuple[str, bool]]:
        """Yield the files of PLACE, each with whether it has only just gone."""
        if not place.folder:
            yield place.path, False
            return
        known = self._kept.paths(place)
        try:
            found = [os.path.join(place.folder, name) for name in place.names()]
            # After the names: what was moved away before they were read has changed the folder just now.
            status = os.stat(place.folder)
            files.require_private(status, place.folder)
            settled = files.settled(status)
        except (OSError, ConfigError) as error:
            why = f"rules {place.path}: {error.strerror}" if isinstance(error, OSError) else str(error)
            if not self._kept.ran(place):
                look.wrong.append(why)
                return
            look.told.append(f"{why}; the last good versions of its {len(known)} files go on")
            yield from ((path, True) for path in known)
            return
        gone = sorted(set(known) - set(found))
        if settled:
            for path in gone:
                self._kept.forget(path)
            gone = []
        # An editor may move a file away before it writes the new one.
        look.waiting = look.waiting or bool(gone)
        for path in sorted([*found, *gone]):
            yield path, path in gone

    def _choose(self, path: str, look: _Look, *, optional: bool, gone: bool) -> None:
        """Choose the version of the file at PATH that is to be in force."""
        copy = self._kept.get(path)
        why = ""
        if not gone:
            try:
                source = files.read(path)
                if copy is not None and source.text == copy.text:
                    look.chosen.append(_Chosen(path, self._load(path, source.text), source.text, optional=optional))
                    return
                if source.settled or not self._kept.waits or (copy is None and not optional):
                    self._try(path, source.text)
                    loaded = self._load(path, source.text)
                    look.chosen.append(_Chosen(path, loaded, source.text, new=True, optional=optional))
                    return
                look.waiting = True
            except ConfigError as error:
                why = str(error)
        self._fall_back(path, copy, why, look, optional=optional)

    def _fall_back(self, path: str, copy: Copy | None, why: str, look: _Look, *, optional: bool) -> None:
        """Let the last good version of PATH go on; WHY is empty where that is nothing to speak of."""
        if copy is None:
            if not optional:
                look.wrong.append(why)
            elif why:
                look.told.append(f"{why}; mail goes on without it, as before it was there")
            return
        if why:
            since = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(copy.when))
            look.told.append(f"{why}; the version of {since} goes on")
        if copy.text is None:
            return
        try:
            # By the name of the copy, so that a trace names the text that is run.
            loaded = self._load(copy.path, copy.text)
        except ConfigError as error:
            look.wrong.append(f"{why or path}; its last good version can't be used either: {error}")
            return
        look.chosen.append(_Chosen(path, loaded, copy.text, optional=optional))

    def _load(self, path: str, text: bytes) -> Loaded:
        return self._loaded.get((path, text)) or load(path, text)

    def _try(self, path: str, text: bytes) -> None:
        """Load TEXT in another process first, where versions are kept. Raises ConfigError if that does not do."""
        if not self._kept.tries:
            return
        why = self._kept.trouble(path, text)
        if not why:
            from qsfilter.site_rules.trial import trial  # noqa: PLC0415 - a new version is rare

            why = trial(lambda: load(path, text), path)
            if why:
                self._kept.note_trouble(path, text, why)
        if why:
            raise ConfigError(why)

    def _part_names(self, look: _Look) -> None:
        """Where two files have a rule of one name, keep the newer version out. Notes what can't be solved so."""
        while clash := _clash(look.chosen):
            name, first, second = clash
            text = f"rules {second.loaded.places[name]}: rule {name!r} is also at {first.loaded.places[name]}"
            blamed = self._newcomer(name, first, second)
            look.chosen.remove(blamed)
            if blamed.new:
                copy = self._kept.get(blamed.path)
                self._fall_back(blamed.path, copy, text, look, optional=blamed.optional)
            else:
                look.wrong.append(text)

    def _newcomer(self, name: str, first: _Chosen, second: _Chosen) -> _Chosen:
        """Return which of two files has taken the NAME of a rule: a new version, and best one of another's name."""
        for one in (second, first):
            copy = self._kept.get(one.path) if one.new else None
            had = copy is not None and copy.text is not None and name in self._load(copy.path, copy.text).places
            if one.new and not had:
                return one
        return second if second.new else first

    def _keep(self, places: Iterable[files.Place], look: _Look) -> None:
        """Keep the versions that are good now; where that fails, they are in force all the same."""
        try:
            for one in look.chosen:
                if one.new:
                    self._kept.put(one.path, one.text)
            for place in places:
                if place.folder:
                    self._kept.note_ran(place)
        except ConfigError as error:
            look.told.append(str(error))
        if isinstance(self._kept, Looking) and (why := self._kept.unsafe()):
            look.told.append(f"rules: {self._kept.folder} {why}, so no last good version is kept in it")


def _clash(chosen: list[_Chosen]) -> tuple[str, _Chosen, _Chosen] | None:
    owners: dict[str, _Chosen] = {}
    for one in chosen:
        for name in one.loaded.places:
            if name in owners:
                return name, owners[name], one
            owners[name] = one
    return None


def as_they_stand(paths: Iterable[str], folder: str = "") -> RuleSet:  # noqa: ARG001 - as those below
    """Load the rules as they are now, for those who try them: one that can't be used is an error."""
    return RuleSet(paths)


def for_long(paths: Iterable[str], folder: str = "") -> RuleSet:
    """Load the rules for a process that takes many messages; with a FOLDER, the last good versions outlive it."""
    return RuleSet(paths, InFolder(folder) if folder else InMemory())


def for_mail(paths: Iterable[str], folder: str) -> RuleSet:
    """Load the rules for a message; FOLDER keeps the last good versions, empty for none."""
    return RuleSet(paths, InFolder(folder) if folder else Nothing())


def for_check(paths: Iterable[str], folder: str) -> RuleSet:
    """Load the rules as they are now and say what mail is judged by; runs no copy, which may be another user's."""
    return RuleSet(paths, Looking(folder))
