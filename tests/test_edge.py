"""What the process edge reads of a configuration, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from qsfilter.edge import Service, edge, parsed, read
from qsfilter.errors import ConfigError
from qsfilter.limits import Limits
from qsfilter.transport import Maildir, QmailQueue

if TYPE_CHECKING:
    from pathlib import Path


def found(text: str) -> Any:  # noqa: ANN401 - shorter than its name
    return edge(parsed(text.encode(), "c.toml").table, "c.toml")


def test_nothing_is_needed() -> None:
    told = found("")
    assert (told.transport, told.reply, told.service, told.limits) == (None, "plain", None, Limits())


def test_everything_is_read() -> None:
    told = found(
        '[deliver]\nqmail_queue = ["/bin/queue", "-x"]\nreply = "curti"\n[limits]\nseconds = 5\nparts = 7\n'
        '[service]\nsocket = "/run/s"\nworkers = 3\nwaiting = 4\nfallback = "in-process"\ntrusted_callers = ["me"]\n'
        "messages = 5\ngrown_bytes = 6\nheld_bytes = 7\n"
    )
    assert told.transport == QmailQueue(program=("/bin/queue", "-x"))
    assert told.reply == "curti"
    assert told.limits == Limits(seconds=5, parts=7)
    assert told.service == Service(
        socket="/run/s", workers=3, waiting=4, fallback="in-process", trusted_callers=("me",), messages=5,
        grown_bytes=6, held_bytes=7,
    )  # fmt: skip
    assert found('[deliver]\nmaildir = "/m"\n[service]\n').transport == Maildir(path="/m")
    assert found("[service]\n").service == Service()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("service = 1\n", "service"),
        ("[service]\nsocket = 1\n", "service.socket"),
        ('[service]\nsocket = "s"\n', "absolute path"),
        (f'[service]\nsocket = "/{"s" * 100}"\n', "100 bytes"),
        ("[service]\nworkers = 0\n", "service.workers"),
        ("[service]\nworkers = -1\n", "from 1 up"),
        ("[service]\nworkers = 1.5\n", "service.workers"),
        ("[service]\nworkers = true\n", "service.workers"),
        ('[service]\nwaiting = "8"\n', "service.waiting"),
        ('[service]\nfallback = "pass"\n', "defer, in-process"),
        ('[service]\ntrusted_callers = "root"\n', "service.trusted_callers"),
        ("[service]\nworker = 1\n", "workers"),
        ("[deliver]\nqmail_quee = 1\n", "qmail_queue"),
        ('[deliver]\nqmail_queue = "queue"\n', "absolute path"),
        ("[deliver]\nqmail_queue = []\n", "absolute path"),
        ('[deliver]\nqmail_queue = "/q"\nmaildir = "/m"\n', "not both"),
        ('[deliver]\nreply = "exim"\n', "plain, notqmail"),
        ("[limits]\nsecond = 1\n", "seconds"),
        ("[limits]\nseconds = nan\n", "from 1 up"),
        ("[limits]\nseconds = inf\n", "from 1 up"),
        ("[limits]\nparts = 0\n", "limits.parts"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"c\.toml") as raised:
        found(text)
    assert said in str(raised.value)


@pytest.mark.parametrize("content", [b"a = [", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"c\.toml"):
        read(str(path))


def test_the_environment_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[service]\n")
    monkeypatch.setenv("QSFILTER_CONFIG", str(path))
    assert read().path == str(path)
    assert read().text == b"[service]\n"
    with pytest.raises(ConfigError, match="nowhere"):
        read(str(tmp_path / "nowhere"))


def test_who_only_asks_pays_for_no_plugin() -> None:
    text = "import sys; from qsfilter import edge; from qsfilter.queue import asking; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-I", "-c", text], check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()
    assert not {"qsfilter.config", "qsfilter.discovery", "socket", "logging", "subprocess"} & set(modules)
    assert not [name for name in modules if name.startswith("qsfilter_")]
