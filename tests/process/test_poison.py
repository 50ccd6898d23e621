"""A message that kills the wrapper each time it comes is kept in the end, with what was being asked when it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qsfilter.testing import message

if TYPE_CHECKING:
    from qsfilter.testing.caller import Answer
    from tests.process.conftest import Site

PLUGIN = """
import ctypes, os, signal, time
from qsfilter import hookimpl, plugin

@plugin
class Fragile:
    '''Breaks at one kind of message.'''

    @hookimpl
    def scan(self, message):
        if b"poison" in message.root.blob.data:
            {act}
        return None
"""
POISON = message(b"This is poison.\n")


def configured(site: Site, act: str, more: str = "") -> None:
    """Give SITE the plugin that does ACT when it sees a poisonous message."""
    (site.folder / "fragile.py").write_text(PLUGIN.format(act=act))
    site.configure(f'[plugins.fragile]\nuse = "fragile:Fragile"\n{more}')


def call(site: Site, raw: bytes) -> Answer:
    """Send RAW through the wrapper, which finds the plugin in the site's folder."""
    source = f"sys.path.insert(0, {str(site.folder)!r})\nsys.exit(main())\n"
    return site.call(raw, program=site.own_wrapper(source, ""))


@pytest.mark.parametrize("act", ["ctypes.string_at(0)", "os.kill(os.getpid(), signal.SIGKILL)", "os.abort()"])
def test_a_message_that_kills_is_kept_at_its_fourth_coming(site: Site, act: str) -> None:
    configured(site, act)
    for _ in range(3):
        answer = call(site, POISON)
        assert answer.text.startswith("Z"), answer
        assert site.untouched
    answer = call(site, POISON)
    assert answer.code == 0, answer
    assert [kept.read_bytes() for kept in site.kept] == [POISON]
    assert not site.queue.queued
    assert "failure poison" in answer.log
    assert "scan of fragile" in answer.log
    assert call(site, site.clean).code == 0
    assert len(site.queue.queued) == 1


def test_the_site_says_what_becomes_of_it(site: Site) -> None:
    configured(site, "os.abort()", '[actions]\n"failure.poison" = "reject"\n[attempts]\nmost = 1\n')
    assert call(site, POISON).text.startswith("Z")
    assert call(site, POISON).code == 31


def test_an_orderly_failure_never_counts(site: Site) -> None:
    """A scanner that is down for hours defers all mail, and keeps none of it."""
    configured(site, 'raise OSError("the server is down")')
    for _ in range(5):
        assert call(site, POISON).text.startswith("Z")
    assert site.untouched


def test_a_failure_may_end_in_time(site: Site) -> None:
    """What has waited long enough is kept; here that is at once."""
    rule = '[[policy]]\nmatch = { kind = "failure" }\naction = "defer"\nhours = 0.0001\nthen = "quarantine"\n'
    configured(site, 'time.sleep(0.5); raise OSError("the server is down")', rule)
    assert call(site, POISON).text.startswith("Z")
    assert site.untouched
    assert call(site, POISON).code == 0
    assert [kept.read_bytes() for kept in site.kept] == [POISON]


def test_without_a_folder_nothing_is_remembered(site: Site) -> None:
    configured(site, "os.abort()", '[attempts]\npath = ""\n')
    for _ in range(5):
        assert call(site, POISON).text.startswith("Z")
    assert site.untouched
