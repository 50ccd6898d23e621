"""A site's rules under the real wrapper: while their files change, no message is lost or judged by half of them."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qsfilter.testing.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsfilter.testing.caller import Answer
    from tests.process.conftest import Site

SOAK = os.environ.get("QSFILTER_SOAK") == "1"
MESSAGES = 500 if SOAK else 100
SECONDS = 60
HEAD = "from qsfilter import *\n"
BROKEN = HEAD + "def :\n"
IMPATIENT = """\
#!{python} -I
from qsfilter.site_rules import files, trial
files.SETTLE_SECONDS = {settle}
trial.TRIAL_SECONDS = 1.0
from qsfilter.queue import main
main()
"""
"""The installed wrapper, but for the times after which a file is trusted and a trial is over."""


def rules(reason: str, name: str = "refuse") -> str:
    """Write a file that refuses all mail for REASON."""
    return f"{HEAD}@rule({name!r})\ndef _(): return reject({reason!r})\n"


@pytest.fixture
def folder(site: Site) -> Path:
    """Make a folder of rules the site's, and let the wrapper take what is in it at once."""
    made = site.folder / "rules.d"
    made.mkdir()
    site.configure(f'[rules]\nfiles = ["{made}"]\n')
    site.wrapper = impatient(site, 0.0)
    return made


def impatient(site: Site, settle: float) -> str:
    return site.script("impatient", IMPATIENT.format(python=sys.executable, settle=settle))


def refused_for(answer: Answer, reason: str) -> bool:
    return answer.code == 31 and reason in answer.log


# --- broken files ---------------------------------------------------------------------------------------------------


def test_without_a_good_version_mail_waits(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(BROKEN)
    answer = site.call(site.clean)
    assert answer.code == 55
    assert f"rules {folder}/a.py:2: SyntaxError" in answer.log
    assert site.untouched


@pytest.mark.parametrize(
    "source",
    [
        BROKEN,
        "",
        "import sys\nsys.exit(0)\n",
        "import os\nos._exit(0)\n",
        "while True: pass\n",
        "import os\nos.kill(os.getppid(), 0)\nos.closerange(0, 100)\n",
        "import os\nif not os.fork():\n    import time\n    time.sleep(30)\n",
    ],
    ids=["syntax", "empty", "exit", "_exit", "loop", "closes all files", "leaves a process"],
)
def test_a_broken_file_leaves_the_last_good_version_in_force(site: Site, folder: Path, source: str) -> None:
    (folder / "a.py").write_text(rules("the first"))
    assert refused_for(site.call(site.clean), "the first")
    (folder / "a.py").write_text(source)
    answer = site.call(site.clean)
    assert refused_for(answer, "the first"), answer.log
    assert re.search(rf"^qsfilter: rules {folder}/a\.py.*; the version of .* goes on$", answer.log, re.MULTILINE)
    assert answer.seconds < 15
    (folder / "a.py").write_text(rules("the second"))
    assert refused_for(site.call(site.clean), "the second")


def test_a_version_that_loops_holds_up_one_message_and_not_the_next(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(rules("the first"))
    site.call(site.clean)
    (folder / "a.py").write_text("while True: pass\n")
    first, second = site.call(site.clean), site.call(site.clean)
    assert refused_for(first, "the first")
    assert refused_for(second, "the first")
    assert first.seconds > 1
    assert second.seconds < first.seconds


def test_a_rule_that_hangs_is_named_and_mail_waits(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(f"{HEAD}@rule('slow')\ndef _():\n    while True: pass\n")
    site.configure(f'[rules]\nfiles = ["{folder}"]\n[limits]\nseconds = 1\n')
    answer = site.call(site.clean)
    assert answer.code == 71
    assert "failure timeout" in answer.log
    assert site.untouched
    assert answer.seconds < 10


def test_a_rule_that_fails_in_shadow_holds_up_nothing(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(f"{HEAD}@rule('new', mode='shadow')\ndef _():\n    1 / 0\n")
    assert site.call(site.clean).accepted
    assert site.queued() == (site.clean, site.envelope_sent)


def test_half_of_a_file_is_not_taken_for_the_whole(site: Site, folder: Path) -> None:
    """By the installed wrapper, with its own patience."""
    site.wrapper = str(Path(sys.prefix, "bin", "qsfilter-queue"))
    (folder / "a.py").write_text(rules("the first"))
    assert refused_for(site.call(site.clean), "the first")
    (folder / "a.py").write_text(f"{HEAD}@rule('other')\ndef _(): return accept()\n")
    assert refused_for(site.call(site.clean), "the first")
    time.sleep(2.1)
    assert site.call(site.clean).accepted


def test_nothing_is_written_beside_the_rules(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(rules("no"))
    site.call(site.clean)
    assert [path.name for path in folder.iterdir()] == ["a.py"]


def test_check_names_what_is_broken_and_what_goes_on(site: Site, folder: Path) -> None:
    (folder / "a.py").write_text(rules("no"))
    (folder / "old.txt").write_text("")
    site.call(site.clean)
    (folder / "a.py").write_text(BROKEN)
    done = subprocess.run(
        [Path(sys.prefix, "bin", "qsfilter"), "check", "--config", site.config],
        check=False, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.search(
        rf"^error: rules {folder}/a\.py:2: SyntaxError.*; the version of .* goes on$", done.stdout, re.MULTILINE
    )
    assert f"warning: rules {folder}/old.txt: is not read" in done.stdout
    (folder / "a.py").write_text(rules("no"))
    assert "rules.d/a.py" not in subprocess.run(
        [Path(sys.prefix, "bin", "qsfilter"), "check", "--config", site.config],
        check=False, capture_output=True, text=True, timeout=SECONDS,
    ).stdout  # fmt: skip


# --- under load -----------------------------------------------------------------------------------------------------


class Editor(threading.Thread):
    """Changes two files of rules in all the ways that programs do, half of the versions broken, until told to stop."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Write a first good version of each file."""
        super().__init__(daemon=True)
        self.random = random.Random(seed)  # noqa: S311 - to be the same again
        self.stopped = threading.Event()
        self.good: dict[str, set[int]] = {"a": set(), "b": set()}
        self.broken = 0
        self.folder = folder
        self.number = 0
        for name in self.good:
            self.whole(folder / f"{name}.py", self.version(name))

    def version(self, name: str) -> str:
        """Return a good version of the file NAME; every part of it up to its last rule is a valid file, too."""
        self.number += 1
        self.good[name].add(self.number)  # before it is there: a message may meet it at once
        harmless = "".join(f"@rule('{name} {more}')\ndef _(): return accept()\n\n" for more in range(40))
        last = f"@rule('{name}')\ndef _(message):\n    if b'bad {name}' in message.root.blob.data:\n"
        return f"{HEAD}{harmless}{last}        return reject('{name} by version {self.number}.')\n"

    def broken_version(self, name: str) -> str:
        """Return a version that refuses all mail and can't be loaded."""
        self.number += 1
        self.broken += 1
        wrong = [
            "def :\n",
            "1 / 0\n",
            "import sys; sys.exit(0)\n",
            "import no_such_module\n",
            "import os; os._exit(0)\n",
        ]
        return rules(f"{name} by version {self.number}.", name) + self.random.choice(wrong)

    def whole(self, path: Path, source: str) -> None:
        """Write beside, and rename."""
        path.with_name(f".{path.name}.new").write_text(source)
        path.with_name(f".{path.name}.new").rename(path)

    def in_place(self, path: Path, source: str) -> None:
        """Write piece by piece."""
        with path.open("w") as file:
            for start in range(0, len(source), 1000):
                file.write(source[start : start + 1000])
                file.flush()
                time.sleep(0.01)

    def away_first(self, path: Path, source: str) -> None:
        """Move the old one away before the new one is written."""
        path.rename(path.with_name(f"{path.name}~"))
        time.sleep(0.02)
        self.in_place(path, source)

    def run(self) -> None:
        """Go on until told to stop."""
        ways: list[Callable[[Path, str], None]] = [self.whole, self.in_place, self.away_first]
        while not self.stopped.is_set():
            name = self.random.choice("ab")
            source = self.version(name) if self.random.random() < 0.5 else self.broken_version(name)
            self.random.choice(ways)(self.folder / f"{name}.py", source)
            self.stopped.wait(self.random.uniform(0, 1.2))


@pytest.mark.timeout(1800 if SOAK else 300)
def test_while_files_change_no_message_is_lost_or_misjudged(
    site: Site, folder: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """Each is judged by a good version that was there, though half of them are broken."""
    site.wrapper = impatient(site, 0.3)
    editor = Editor(folder, 6)
    assert site.call(message(b"the first\n")).accepted
    require_queued(site, ["the first\n"])
    versions: set[str] = set()
    stale = sent = 0
    editor.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            # A fast machine is done with the first lot before any version has settled.
            while sent < MESSAGES or ((len(versions) < 3 or not stale) and sent < 100 * MESSAGES):
                bodies = [f"{text} {sent + number}\n" for number, text in enumerate(["good", "bad a", "bad b"] * 34)]
                answers = list(pool.map(lambda body: site.call(message(body.encode())), bodies))
                versions |= judged(editor, bodies, answers)
                require_queued(site, [body for body in bodies if body.startswith("good")])
                stale += sum("goes on" in answer.log for answer in answers)
                sent += len(bodies)
    finally:
        editor.stopped.set()
        editor.join()
    record_testsuite_property("messages", sent)
    record_testsuite_property("versions in force", len(versions))
    record_testsuite_property("versions broken", editor.broken)
    record_testsuite_property("messages under a last good version", stale)
    assert len(versions) > 2, "no version came into force"
    assert stale, "no version was broken"


def judged(editor: Editor, bodies: list[str], answers: list[Answer]) -> set[str]:
    """Assert that each of BODIES was judged by a good version that was there; return by which."""
    versions: set[str] = set()
    for body, answer in zip(bodies, answers, strict=True):
        if body.startswith("good"):
            assert answer.accepted, answer.log
            continue
        name = body.split()[1]
        assert answer.code == 31, (body, answer.log)
        found = re.search(r"([ab]) by version (\d+)\.", answer.log)
        assert found, answer.log
        assert found[1] == name
        assert int(found[2]) in editor.good[name], f"version {found[2]} is broken"
        versions.add(found[0])
    return versions


def require_queued(site: Site, bodies: list[str]) -> None:
    """Assert that each of BODIES was queued whole and once, and nothing else; empty the queue."""
    queued = sorted(site.without_our_lines(taken.message) for taken in site.queue.queued)
    assert queued == sorted(message(body.encode()) for body in bodies)
    for path in (site.queue_folder / "queue").iterdir():
        path.unlink()
