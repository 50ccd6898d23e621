"""A Filter: the built-in plugins, yours, the site's rules, a policy and a transport."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import pytest

from qsfilter import Client, ConfigError, Entry, Envelope, Filter, Limits, Maildir, PluginError, Policy
from qsfilter.actions import Action
from qsfilter.builtin.quarantine import Quarantine
from qsfilter.builtin.stream_unpacker import StreamUnpacker
from qsfilter.hookspecs import hookimpl, plugin
from qsfilter.testing import examine, message
from qsfilter.words import malware, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qsfilter.model import Finding, Message

ENVELOPE = Envelope(sender=b"alice@example.org", recipients=(b"bob@example.com",))


@plugin
class HashRegistry:
    """Looks at each content."""

    word: bytes = b"bad"

    @hookimpl
    def scan(self, message: Message) -> Iterator[Finding]:
        """Find the word."""
        for blob in message.blobs:
            if self.word in blob.data:
                yield malware("word", blob)


def names(chosen: Filter) -> list[str]:
    """Return the names of the plugins of CHOSEN."""
    return [entry.name for entry in chosen.setup.registry.entries]


BUILT_IN = ["mime-reader", "zip-unpacker", "tar-unpacker", "stream-unpacker", "quarantine"]


def test_the_built_in_plugins_are_always_there() -> None:
    """Reading MIME can't be switched off."""
    assert names(Filter()) == BUILT_IN


def test_a_plugin_is_named_after_its_class() -> None:
    """Words joined by hyphens, as in a configuration."""
    assert names(Filter(HashRegistry())) == [*BUILT_IN, "hash-registry"]


def test_two_of_a_kind_are_numbered() -> None:
    """In their order."""
    chosen = Filter(HashRegistry(word=b"a"), HashRegistry(word=b"b"), HashRegistry(word=b"c"))
    assert names(chosen)[5:] == ["hash-registry", "hash-registry-2", "hash-registry-3"]


def test_an_entry_says_more_than_a_plugin() -> None:
    """Name, mode, time-out, and what becomes of mail when it fails."""
    given = Entry(name="mine", plugin=HashRegistry(), shadow=True, timeout=3.0, on_error=Action.ACCEPT)
    assert Filter(given).setup.registry.entries[-1] is given


def test_a_plugin_and_an_entry_of_a_kind_are_told_apart() -> None:
    """The number counts both."""
    chosen = Filter(Entry(name="mine", plugin=HashRegistry()), HashRegistry())
    assert names(chosen)[5:] == ["mine", "hash-registry-2"]


def test_a_plugin_with_a_built_in_ones_name_is_refused(tmp_path: Path) -> None:
    """The quarantine's folder is an option of the Filter."""
    with pytest.raises(PluginError, match="plugin quarantine: "):
        Filter(Quarantine(path=str(tmp_path)))


def test_a_built_in_plugin_may_be_there_twice_under_another_name() -> None:
    """It is registered like any other."""
    assert names(Filter(Entry(name="again", plugin=StreamUnpacker())))[-1] == "again"


def test_a_plugin_that_can_not_be_asked_is_refused() -> None:
    """When the Filter is made, not when mail comes."""
    with pytest.raises(PluginError, match="this is a class"):
        Filter(HashRegistry)


@pytest.mark.parametrize("several", [False, True], ids=["one path", "a list"])
def test_rules_are_files(tmp_path: Path, several: bool) -> None:
    """One path, or any number of them."""
    (tmp_path / "rules.py").write_text("from qsfilter import *\n@rule('mine')\ndef _(): return reject('no')\n")
    path = str(tmp_path / "rules.py")
    chosen = Filter(rules=[path] if several else path)
    assert names(chosen)[-1] == "rule:mine"
    assert examine(chosen, message(b"x")).decision.action is Action.REJECT


def test_rules_that_can_not_be_read_are_refused() -> None:
    """When the Filter is made."""
    with pytest.raises(ConfigError, match=r"rules /nowhere\.py: No such file"):
        Filter(rules="/nowhere.py")


def test_ten_lines_are_a_filter(tmp_path: Path) -> None:
    """A plugin, a maildir, and mail goes through."""
    chosen = Filter(HashRegistry(), transport=Maildir(path=str(tmp_path / "in")), quarantine=str(tmp_path / "q"))
    chosen.start()
    good = chosen.run(b"Subject: x\n\ngood\n", ENVELOPE)
    bad = chosen.run(b"Subject: x\n\nbad\n", ENVELOPE, Client(ip="192.0.2.1"))
    assert [str(report.decision.action) for report in (good, bad)] == ["accept", "quarantine"]
    assert len(list((tmp_path / "in" / "new").iterdir())) == len(list((tmp_path / "q").glob("viruses/new/*"))) == 1


def test_without_a_transport_mail_is_only_looked_at() -> None:
    """Running it is refused, before anything is done."""
    with pytest.raises(ConfigError, match="no transport"):
        Filter().run(message(b"x"), ENVELOPE)


def test_examining_delivers_nothing(tmp_path: Path) -> None:
    """And keeps nothing."""
    chosen = Filter(HashRegistry(), transport=Maildir(path=str(tmp_path / "in")), quarantine=str(tmp_path / "q"))
    assert chosen.examine(b"Subject: x\n\nbad\n", ENVELOPE).outcome is None
    assert list(tmp_path.iterdir()) == []


def test_a_transport_can_be_given_for_one_message(tmp_path: Path) -> None:
    """In the place of the Filter's own."""
    chosen = Filter(transport=Maildir(path=str(tmp_path / "usual")))
    chosen.run(message(b"x"), ENVELOPE, transport=Maildir(path=str(tmp_path / "other")))
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_policy_can_be_given() -> None:
    """The site's opinion on findings."""
    chosen = Filter(HashRegistry(), policy=Policy(actions={"malware": (Action.DISCARD, False)}))
    assert examine(chosen, b"Subject: x\n\nbad").decision.action is Action.DISCARD


def test_limits_can_be_given() -> None:
    """And asked for."""
    assert Filter(limits=Limits(depth=3)).limits == Limits(depth=3)


def test_a_log_that_fails_is_one_line_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its caller has mail to hand over."""
    chosen = Filter()
    report = chosen.examine(message(b"x"), ENVELOPE)
    told: list[str] = []

    def fail(*_: object) -> None:
        raise RuntimeError("no paper")

    monkeypatch.setattr(chosen.log, "write", fail)
    chosen.tell(report, lambda line, prefix: told.append(prefix + line))
    assert told == ["qsfilter: a message can't be told of: RuntimeError: no paper"]


def test_a_guard_can_be_given(plugin_with: Callable[..., object]) -> None:
    """It is set around each call."""
    from contextlib import nullcontext

    given: list[float] = []

    def guard(seconds: float) -> nullcontext[None]:
        given.append(seconds)
        return nullcontext()

    Filter(Entry(name="a", plugin=plugin_with(scan=lambda self: None), timeout=5.0)).examine(
        message(b"x"), ENVELOPE, guard=guard
    )
    assert 5.0 in given


def test_a_mapped_message_is_taken(tmp_path: Path) -> None:
    """As it is, without a copy."""
    (tmp_path / "raw").write_bytes(b"Subject: x\n\nbad\n")
    with open(tmp_path / "raw", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        report = Filter(HashRegistry()).examine(mapped, ENVELOPE)
    assert report.message.root.blob.base is mapped
    assert {str(found.part) for found in report.findings} == {"message", "1"}


def test_a_mapped_message_is_read_in_every_way(tmp_path: Path) -> None:
    """What octets like NUL hide from some readers is found in it as well."""
    raw = b"Content\0-Type: text/html\rContent-Transfer-Encoding: base64\n\nPGI+\0aGVsbG8="
    (tmp_path / "raw").write_bytes(raw)
    with open(tmp_path / "raw", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        of_map, of_bytes = Filter().examine(mapped, ENVELOPE), Filter().examine(raw, ENVELOPE)
    assert of_bytes.findings
    assert of_map.findings == of_bytes.findings


def test_one_message_leaves_nothing_for_the_next(plugin_with: Callable[..., object]) -> None:
    """The same mail gives the same report, whatever came in between."""
    chosen = Filter(HashRegistry(), plugin_with(scan=lambda self: note("seen")))
    first = examine(chosen, b"Subject: x\n\nbad")
    examine(chosen, message(b"something else"))
    again = examine(chosen, b"Subject: x\n\nbad")
    assert (first.findings, first.decision) == (again.findings, again.decision)


def test_threads_can_share_a_filter() -> None:
    """It holds no state of any message."""
    from concurrent.futures import ThreadPoolExecutor

    chosen = Filter(HashRegistry())
    raws = [b"Subject: x\n\n%b %d" % (b"bad" if number % 3 == 0 else b"good", number) for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda raw: examine(chosen, raw), raws))
    assert [str(report.decision.action) for report in reports] == [
        "quarantine" if number % 3 == 0 else "accept" for number in range(60)
    ]
