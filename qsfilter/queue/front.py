"""Builds the front, the C program that takes the wrapper's place, and holds one against its settings.

Guarantees: a front is put in its place whole, in one rename, and only after it has run and named the settings it was
built with; no shell is started, and no setting can become code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import string
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qsfilter.errors import ConfigError
from qsfilter.maildir import sync_directory
from qsfilter.model import Problem
from qsfilter.queue.contract import DIALECTS
from qsfilter.queue.protocol import VERSION
from qsfilter.queue.spool import IDLE_SECONDS, WHOLE_SECONDS
from qsfilter.transport import IN_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOURCE = os.path.join(os.path.dirname(__file__), "front.c")
COMPILERS = ("cc", "gcc", "clang")
OPTIONS = (
    "-std=c99", "-O2", "-Wall", "-Wextra", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong",
    "-fPIE", "-Wl,-z,relro,-z,now",
)  # fmt: skip
"""What gcc and clang both know."""
LINKS = ("-static-pie", "-pie")
"""Without a loader the front takes a sixth less time; not every system has the C library for it."""
LONGEST_SOCKET = 107
"""Bytes of a unix socket's path."""
LONGEST_SECONDS = 86400.0
COMPILE_SECONDS = 120.0
SETTINGS_SECONDS = 10.0
WITHOUT = "the queue wrapper qsfilter-queue needs no compiler and asks the service, too"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What is compiled into a front."""

    queue: tuple[str, ...]
    """The queue program: path and arguments."""
    socket: str
    """Where the service listens."""
    reply: str
    """Dialect of the answer (`contract.DIALECTS`)."""
    fallback: tuple[str, ...]
    """What takes the mail where no service is: path and arguments of a queue wrapper; none puts it off."""
    seconds: float
    """How long an answer is waited for."""
    envelope_bytes: int
    """Bound on the envelope."""
    idle_seconds: int = int(IDLE_SECONDS)
    whole_seconds: int = int(WHOLE_SECONDS)
    in_memory: int = IN_MEMORY
    """Bytes of a message, or of an envelope, that are held in memory."""

    def __post_init__(self) -> None:
        """Refuse what no front can work with. Raises ConfigError."""
        for program in (self.queue, self.fallback):
            if program and not os.path.isabs(program[0]):
                raise ConfigError(f"the front needs an absolute path, not {program[0]!r}")
        for text in (*self.queue, *self.fallback, self.socket):
            if any(char < " " or char == "\x7f" for char in text):
                raise ConfigError(f"the front takes no control characters, as in {text!r}")
        if not self.queue:
            raise ConfigError("the front hands over to a queue program; set deliver.qmail_queue")
        if not os.path.isabs(self.socket) or len(os.fsencode(self.socket)) > LONGEST_SOCKET:
            raise ConfigError(f"service.socket: takes an absolute path of at most {LONGEST_SOCKET} bytes")
        if self.reply not in DIALECTS:
            raise ConfigError(f"deliver.reply: unknown dialect {self.reply!r}; known are {', '.join(DIALECTS)}")
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise ConfigError(f"limits.seconds: the front waits at most {LONGEST_SECONDS:.0f} s")

    def lines(self) -> list[str]:
        """Return what the front prints when it is asked for its settings, in the same order."""
        dialect = DIALECTS[self.reply]
        with open(SOURCE, "rb") as file:
            source = hashlib.sha256(file.read()).hexdigest()[:16]
        return [
            f"protocol={VERSION}",
            f"source={source}",
            f"queue={json.dumps(self.queue)}",
            f"socket={json.dumps(self.socket)}",
            f"fallback={json.dumps(self.fallback)}",
            f"seconds={self.seconds}",
            f"envelope_bytes={self.envelope_bytes}",
            f"idle_seconds={self.idle_seconds}",
            f"whole_seconds={self.whole_seconds}",
            f"in_memory={self.in_memory}",
            f"reply={self.reply}",
            f"reply_code={dialect.code}",
            f"reply_descriptor={dialect.descriptor}",
            f"reply_longest={dialect.longest}",
            f"reply_from_environment={int(dialect.from_environment)}",
        ]

    def header(self) -> str:
        """Return the text of front_settings.h."""
        dialect = DIALECTS[self.reply]
        _, *printed = self.lines()  # the version of the protocol is the source's own
        values = {
            "QUEUE": "".join(f"{literal(text)}, " for text in self.queue),
            "FALLBACK": "".join(f"{literal(text)}, " for text in self.fallback),
            "SOCKET": literal(self.socket),
            "SECONDS": f"{self.seconds:.3f}",
            "ENVELOPE_BYTES": self.envelope_bytes,
            "IDLE_SECONDS": self.idle_seconds,
            "WHOLE_SECONDS": self.whole_seconds,
            "IN_MEMORY": self.in_memory,
            "REPLY_CODE": dialect.code,
            "REPLY_DESCRIPTOR": dialect.descriptor,
            "REPLY_LONGEST": dialect.longest,
            "REPLY_FROM_ENVIRONMENT": int(dialect.from_environment),
            "SETTINGS": literal("".join(f"{line}\n" for line in printed)),
        }
        return "".join(f"#define {name} {value}\n" for name, value in values.items())


def literal(text: str) -> str:
    """Write TEXT as a string of C, byte for byte; all but letters, digits and a few signs as an octal number."""
    plain = frozenset(b"/._- =,[]" + string.ascii_letters.encode() + string.digits.encode())
    octets = (chr(octet) if octet in plain else f"\\{octet:03o}" for octet in os.fsencode(text))
    return f'"{"".join(octets)}"'


def build(settings: Settings, to: str, cc: str = "") -> None:
    """Compile a front with SETTINGS and put it at the path TO, mode 0755, replacing what is there.

    CC is the compiler; else $CC names it, or it is the first of COMPILERS that is there. Raises ConfigError where there
    is none, or where it fails; what was at TO is still there then.
    """
    for program in (settings.queue, settings.fallback):
        if program and os.path.exists(to) and os.path.exists(program[0]) and os.path.samefile(to, program[0]):
            raise ConfigError(f"{to} is the program that the front would start; name another place for the front")
    compiler = _compiler(cc)
    # Beside its place, so that the rename is one step; the last name is a letter shorter than most allow.
    folder = os.path.dirname(os.path.abspath(to))
    with tempfile.TemporaryDirectory(prefix=".qsfilter-front-", dir=folder) as work:
        with open(os.path.join(work, "front_settings.h"), "w", encoding="ascii") as header:
            header.write(settings.header())
        made = os.path.join(work, "front")
        _compile(compiler, work, made)
        os.chmod(made, 0o755)  # noqa: S103 - everybody may send mail
        for problem in problems(made, settings):
            raise ConfigError(f"{compiler} made a program that does not work: {problem.text}")
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.replace(made, to)
    sync_directory(folder)


def _compiler(named: str) -> str:
    """Return the path of the compiler that is NAMED, or of the first that is there. Raises ConfigError."""
    wanted = named or os.environ.get("CC", "")
    for name in (wanted,) if wanted else COMPILERS:
        if found := shutil.which(name):
            return found
    if wanted:
        raise ConfigError(f"there is no C compiler {wanted!r}; {WITHOUT}")
    raise ConfigError(f"there is no C compiler ({', '.join(COMPILERS)}); name one with --cc; {WITHOUT}")


def _compile(compiler: str, work: str, made: str) -> None:
    """Run COMPILER on the source, with the settings in the folder WORK, for the file MADE. Raises ConfigError."""
    said = ""
    for link in LINKS:
        command: Sequence[str] = (compiler, *OPTIONS, link, f"-I{work}", "-o", made, SOURCE)
        try:
            done = subprocess.run(  # noqa: S603 - an argument list, and the site's own compiler
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMPILE_SECONDS, check=False
            )
        except OSError as error:
            raise ConfigError(f"can't start the compiler {compiler}: {error.strerror}; {WITHOUT}") from error
        except subprocess.TimeoutExpired as error:
            raise ConfigError(f"{compiler} was not done within {COMPILE_SECONDS:.0f} s; {WITHOUT}") from error
        if done.returncode == 0:
            return
        said = done.stderr.decode("utf-8", "backslashreplace").strip()
    raise ConfigError(f"{compiler} can't build the front; {WITHOUT}; it says:\n{said[-2000:]}")


def problems(path: str, wanted: Settings) -> Iterator[Problem]:
    """Yield what is wrong with the front at PATH, which should have the settings WANTED; nothing where all is right."""
    anew = f"qsfilter build-front --to {path}"
    try:
        done = subprocess.run(  # noqa: S603 - an argument list, and the front that the site uses
            (path, "--settings"), stdin=subprocess.DEVNULL, capture_output=True, timeout=SETTINGS_SECONDS, check=False
        )
    except FileNotFoundError:
        yield Problem(text=f"there is no front at {path}", mend=anew)
        return
    except (OSError, subprocess.TimeoutExpired) as error:
        yield Problem(text=f"the front {path} does not say its settings: {error}", mend=anew)
        return
    found = dict(line.partition("=")[::2] for line in done.stdout.decode("utf-8", "replace").splitlines())
    if done.returncode or "protocol" not in found:
        yield Problem(text=f"{path} is no front: it does not say its settings", mend=anew)
        return
    for name, value in (line.split("=", 1) for line in wanted.lines()):
        if (had := found.get(name)) != value:
            is_source = name == "source"
            text = "was built from the source of another release" if is_source else f"has {name}={had}, not {value}"
            yield Problem(text=f"the front {path} {text}", mend=anew, fatal=not is_source)
