"""A plugin is upgraded, or its package taken away, while four clients send: no mail is lost, and none goes unexamined.

Packages are wheels that pip puts into a folder of the site, as it does on a server.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.service import until
from tests.reliability.balance import FULL, BalancedSite, Sent, clean, infected, none_bad
from tests.reliability.figures import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qsfilter.testing.service import RunningService

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600 if FULL else 120)]

SECONDS = 60.0
MODULE = """\
from qsfilter import hookimpl, malware, plugin


@plugin
class Dated:
    '''Finds what is infected, and says by which version.'''

    @hookimpl
    def scan(self, message):
        if b"late" in message.root.blob.data:
            import qsfilter_dated.late  # not every message needs it
        if b"Subject: infected" in message.root.blob.data:
            yield malware("Version.{version}", message.root)
"""
WRAPPER = """\
#!{python} -I
import sys

sys.path.insert(0, {packages!r})
from qsfilter.queue import main

main()
"""
TABLE = "[plugins.dated]\n"
FOUND = re.compile(r"malware Version\.(\d)")


class DatedSite(BalancedSite):
    """A site with one plugin, whose package lies in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Make it in FOLDER, with version 1."""
        super().__init__(folder)
        self.packages = folder / "packages"
        self.configure(TABLE, service="waiting = 16")
        self.wheels = {version: wheel(folder, version) for version in (1, 2)}
        self.install(1)

    def install(self, version: int) -> None:
        """Let pip install VERSION, in the place of the one before."""
        pip = [sys.executable, "-Im", "pip", "install", "-q", "--no-index", "--no-deps", "--no-compile", "--upgrade"]
        words = ["--disable-pip-version-check", "--root-user-action", "ignore", "--target", self.packages]
        subprocess.run([*pip, *words, self.wheels[version]], check=True)

    def remove(self) -> None:
        """Take the package away."""
        shutil.rmtree(self.packages)

    def serving(self) -> RunningService:
        """Return a service that knows the folder, to be started."""
        return self.service(more=f"sys.path.insert(0, {str(self.packages)!r})")

    def alone_too(self) -> str:
        """Return a wrapper that knows the folder."""
        return self.script("own", WRAPPER.format(python=sys.executable, packages=str(self.packages)))


def wheel(folder: Path, version: int) -> Path:
    """Write the wheel of VERSION into FOLDER."""
    info = f"qsfilter_dated-{version}.0.dist-info"
    files = {
        "qsfilter_dated/__init__.py": MODULE.format(version=version),
        "qsfilter_dated/late.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: qsfilter-dated\nVersion: {version}.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[qsfilter]\ndated = qsfilter_dated:Dated\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    path = folder / f"qsfilter_dated-{version}.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def site(tmp_path: Path) -> DatedSite:
    """Return a site with version 1."""
    return DatedSite(tmp_path)


class Load:
    """Four clients that send clean and infected mail by the front."""

    def __init__(self, site: DatedSite) -> None:
        self.sent: list[Sent] = []
        self._site = site
        self._stopped = threading.Event()
        self._trouble: list[BaseException] = []

    def send(self) -> None:
        """Be one client."""
        try:
            while not self._stopped.wait(0.02):
                for make in (clean, infected):
                    self.sent.append(self._site.sent("front", make()))
        except BaseException as error:
            self._trouble.append(error)
            raise

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Send within the block."""
        with ThreadPoolExecutor(4) as pool:
            sending = [pool.submit(self.send) for _ in range(4)]
            try:
                yield
            finally:
                self._stopped.set()
            for one in sending:
                one.result(SECONDS)

    def more(self, *codes: int) -> None:
        """Wait until some have been sent from now on, and answered with CODES, each of them."""
        before = len(self.sent)

        def seen() -> bool:
            found = [one.code for one in self.sent[before:]]
            return bool(self._trouble) or all(found.count(code) >= 4 for code in codes)

        until(seen)


def versions(running: RunningService, start: int) -> set[str]:
    """Return which versions have found something, by the log from START on."""
    return set(FOUND.findall(running.log[start:]))


def test_an_upgrade_under_load(site: DatedSite) -> None:
    """The old version goes on until the restart, and after it there is only the new one."""
    load = Load(site)
    running = site.serving()
    with running, load.going_on():
        load.more(0)
        site.install(2)
        load.more(0)
        running.reload()
        running.await_log("serving by the new configuration")
        load.more(0)
        assert versions(running, 0) == {"1"}
        assert running.stop() == 0
        load.more(71)
        start = len(running.log)
        running.start()
        load.more(0)
        running.await_log("malware Version.2")
        assert versions(running, start) == {"2"}
    found = site.balance(load.sent)
    assert set(found) == {"handed", "kept", "deferred"}
    record("upgrades.plugin", messages=len(load.sent), **none_bad(found))


def test_many_restarts_between_two_versions(site: DatedSite) -> None:
    """Also where the restart meets half of an installation: then nobody serves until there is a whole one."""
    load = Load(site)
    running = site.serving()
    with running, load.going_on():
        for turn in range(20 if FULL else 1):
            load.more(0)
            installing = threading.Thread(target=site.install, args=(2 - turn % 2,))
            installing.start()
            running.stop()
            while True:
                try:
                    running.start()
                    break
                except RuntimeError:
                    assert installing.is_alive() or "dated" in running.log
            installing.join(SECONDS)
        load.more(0)
    found = site.balance(load.sent)
    assert set(found) <= {"handed", "kept", "deferred"}
    record("upgrades.restarts", messages=len(load.sent), **none_bad(found))


def test_a_package_that_is_taken_away_under_load(site: DatedSite) -> None:
    """Who serves goes on, and refuses a new configuration; after a restart mail waits until the package is back."""
    load = Load(site)
    running = site.serving()
    with running, load.going_on():
        load.more(0)
        site.remove()
        load.more(0)
        for pid in running.workers:  # those who come after them know the plugin from the master
            os.kill(pid, signal.SIGKILL)
        load.more(0)
        running.reload()
        running.await_log("the new configuration can't be used, the one before goes on")
        load.more(0)
        late = infected() + b"late\n"
        assert site.sent("front", late).code == 71  # it needs a module that was never loaded
        running.stop()
        start = len(running.log)
        with pytest.raises(RuntimeError, match="does not start"):
            running.start()
        assert running.process is not None
        assert running.process.wait(SECONDS) == 55
        said = running.log[start:]
        assert "plugins.dated" in said
        assert "can't be used either" in said
        assert "goes on" not in said
        load.more(71)
        site.install(1)
        running.start()
        load.more(0)
    found = site.balance(load.sent)
    assert set(found) == {"handed", "kept", "deferred"}
    record("upgrades.removed", messages=len(load.sent), **none_bad(found))


def test_the_wrapper_without_the_package(site: DatedSite) -> None:
    """Whole, half there, or gone: with less than a whole one, mail waits and one line says why."""
    own = site.alone_too()
    _, environment = site.command("wrapper")
    sent = []

    def answers() -> list[int]:
        codes = []
        for raw in (clean(), infected()):
            told = site.call(raw, program=own, environment=environment)
            sent.append(Sent(raw, told.code, site.envelope_sent))
            codes.append(told.code)
            assert told.log.count("\n") == 1
            assert told.code == 0 or "dated" in told.log
        return codes

    assert answers() == [0, 0]
    module = site.packages / "qsfilter_dated" / "__init__.py"
    text = module.read_text()
    module.write_text(text[: len(text) // 2])
    assert answers() == [55, 55]
    module.unlink()
    assert answers() == [55, 55]
    shutil.rmtree(site.packages / "qsfilter_dated")
    assert answers() == [55, 55]
    site.remove()
    assert answers() == [55, 55]
    site.install(2)
    assert answers() == [0, 0]
    found = site.balance(sent)
    assert found == {"handed": 2, "kept": 2, "deferred": 8}
    record("upgrades.wrapper", messages=len(sent), **none_bad(found))
