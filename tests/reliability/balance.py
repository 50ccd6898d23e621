"""A site whose mail goes to its queue by several ways, and the balance that is struck of it afterwards, from outside.

Guarantee: the balance looks at what the queue took, what the quarantine holds and what callers were told, and at
nothing that qsfilter says of itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from base64 import b64decode
from collections import Counter
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qsfilter.queue.front import Settings, build
from qsfilter.testing.messages import attachment, eicar, message, part
from qsfilter.transport import envelope_bytes
from tests.process.conftest import YARA
from tests.process.service_place import ServedSite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qsfilter.model import Envelope
    from qsfilter.testing.caller import Answer

FULL = os.environ.get("QSFILTER_SOAK") == "1"
"""Whether everything is tried, and not a sample of it."""
WAYS = ("wrapper", "asking", "front")
"""The wrapper alone, the wrapper that asks the service, and the front, which asks it, too."""
BAD = ("lost", "altered", "passed", "doubled", "contradicted", "half")
"""What the balance must never show."""
PERMANENT = range(11, 41)
STAND_IN = str(Path(__file__).with_name("load_queue.c"))
_numbers = count(1)
_turns = threading.Lock()


class Sent(NamedTuple):
    """One message, and the exit code that its caller saw; below 0 for death by a signal."""

    raw: bytes
    code: int
    envelope: bytes


class BalancedSite(ServedSite):
    """A site with a service, a front, and a configuration by which the wrapper does without them.

    Front and stand-in are compiled once, for all sites below one folder, and find by links what they are to ask and
    where to queue; so such sites take turns.
    """

    three = envelope_bytes(ServedSite.envelope)[:-1] + b"Tdave@example.net\0\0"
    """An envelope with three recipients."""

    def __init__(self, folder: Path, *, planned: bool = False) -> None:
        """Make it in FOLDER; where it is PLANNED, with the stand-in that can be told how to end."""
        self.alone = folder / "alone.toml"
        self._compiled = folder.parent / "compiled"
        self.front = str(self._compiled / "front")
        super().__init__(folder)
        self._compiled.mkdir(exist_ok=True)
        if not os.path.exists(self.front):
            self.build_front(str(self._compiled / "queue"), to=self.front)
            macro = f'-DDIRECTORY="{self._compiled / "directory"}"'
            stand_in = str(self._compiled / "stand-in")
            subprocess.run(["cc", "-O1", macro, "-o", stand_in, STAND_IN], check=True)
        if not planned:
            os.unlink(self.queue.program)
            os.link(self._compiled / "stand-in", self.queue.program)

    def configure(self, text: str = YARA, *, program: str = "", deliver: str = "", service: str = "") -> None:
        """Write the configuration as `ServedSite` does, and the same without a service beside it."""
        super().configure(text, program=program, deliver=deliver, service=service)
        head, _, rest = self.config.read_text().partition("[service]\n")
        lines = rest.split("\n")
        while lines and not lines[0].startswith("["):
            del lines[0]
        self.alone.write_text(head + "\n".join(lines))

    def build_front(self, *queue: str, to: str = "") -> None:
        """Build a front that becomes the program QUEUE; without TO it is this site's own."""
        self.front = to or str(self.folder / "front")
        path = self._compiled / "socket" if to else self.folder / "run" / "s"
        settings = Settings(
            queue=queue, socket=str(path), reply="plain", fallback=(), seconds=60.0, envelope_bytes=1 << 20
        )
        build(settings, self.front)

    def command(self, way: str) -> tuple[str, dict[str, str]]:
        """Return the program by which mail goes WAY, one of `WAYS`, and its environment."""
        self._take_turn()
        config = self.alone if way == "wrapper" else self.config
        return self.front if way == "front" else self.wrapper, self.environment(QSFILTER_CONFIG=str(config))

    def _take_turn(self) -> None:
        """Let what is compiled ask our service, and queue for us."""
        targets = {"socket": self.folder / "run" / "s", "directory": self.queue_folder, "queue": self.queue.program}
        with _turns:
            for name, target in targets.items():
                link = self._compiled / name
                if not link.is_symlink() or os.readlink(link) != str(target):
                    link.unlink(missing_ok=True)
                    link.symlink_to(target)

    def send(
        self,
        way: str,
        raw: bytes,
        envelope: Envelope | bytes | None = None,
        *,
        before: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send RAW by WAY; what is in BEFORE stands before the program, and ends by becoming it."""
        program, given = self.command(way)
        return self.call(raw, envelope, program=[*before, program], environment={**given, **(environment or {})})

    def sent(self, way: str, raw: bytes, envelope: bytes | None = None) -> Sent:
        """Send RAW by WAY, and return it with the code that came back."""
        whole = envelope or self.envelope_sent
        return Sent(raw, self.send(way, raw, whole).code, whole)

    def balance(self, sent: Iterable[Sent]) -> Counter[str]:
        """Count what became of the messages SENT, all different, and of what nobody has sent.

        `handed`, `kept`, `refused` and `deferred` are right; what is in `BAD` is not. A message that was told to come
        again may have been kept before that; it counts as kept, as does one that was refused with a copy.
        """
        queued = Counter((self.without_our_lines(one.message), one.envelope) for one in self.queue.queued)
        kept: Counter[bytes] = Counter()
        found: Counter[str] = Counter()
        for copy in self.kept:
            raw = copy.read_bytes()
            kept[raw] += 1
            found["half"] += not _has_sidecar(copy, raw)
        for one in sent:
            times, copies = queued.pop((one.raw, one.envelope), 0), kept.pop(one.raw, 0)
            found[_fate(one, times, copies)] += 1
        found["altered"] += queued.total() + kept.total()
        return +found

    @property
    def strays(self) -> list[str]:
        """Files in the quarantine that are no message and no sidecar of one."""
        found = [str(path) for path in self.quarantine.glob("*/tmp/*")]
        for path in self.quarantine.glob("*/sidecar/*.json"):
            found += [] if (path.parent.parent / "new" / path.stem).exists() else [str(path)]
        return found

    def clear(self) -> None:
        """Empty the queue and the quarantine, and forget attempts."""
        for path in [*self.kept, *self.quarantine.glob("*/sidecar/*"), *(self.queue_folder / "queue").iterdir()]:
            path.unlink()
        for path in self.queue_folder.glob("state.*"):
            path.unlink()
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / "attempts")


def _fate(one: Sent, times: int, copies: int) -> str:
    """Say what became of ONE, of which the queue took it so many TIMES and the quarantine has so many COPIES."""
    fate = "handed" if times else "kept" if copies else "lost"
    if times and is_infected(one.raw):
        fate = "passed"
    elif times and one.code in PERMANENT:
        fate = "contradicted"
    # Who was told nothing but the queue program's death tries again, and rightly so.
    elif times > 1 or copies > 1 or (times and one.code > 0):
        fate = "doubled"
    elif fate == "lost" and one.code != 0:
        fate = "refused" if one.code in PERMANENT else "deferred"
    return fate


def is_infected(raw: bytes) -> bool:
    """Whether RAW is one of the `infected` messages."""
    return b"\nSubject: infected" in raw


def none_bad(found: Counter[str]) -> dict[str, int]:
    """Assert that nothing bad is in what was FOUND; return all of it for the figures, with the numbers of the worst."""
    assert not any(found[bad] for bad in BAD), found
    return {**found, **{bad: found[bad] for bad in BAD[:3]}}


def clean(size: int = 0) -> bytes:
    """Return an inoffensive message that no other one is like, with SIZE octets more."""
    return message(b"Nothing is wrong with this, number %d.\n" % next(_numbers) + lines(size))


def infected(*parts: bytes) -> bytes:
    """Return a message with EICAR in it that no other one is like, and with further PARTS."""
    text = part(b"Look at this, number %d.\n" % next(_numbers))
    return message(text, attachment(eicar(), "harmless.txt"), *parts, subject="infected")


def lines(size: int) -> bytes:
    """Return about SIZE octets of text."""
    return b"".join(b"%076d\n" % number for number in range(size // 77))


def _has_sidecar(copy: Path, raw: bytes) -> bool:
    """Whether beside the COPY of RAW stands from whom and to whom it is."""
    try:
        told = json.loads((copy.parent.parent / "sidecar" / f"{copy.name}.json").read_text())
        return told["size"] == len(raw) and all(b64decode(one) for one in told["recipients"])
    except (OSError, ValueError, KeyError):
        return False
