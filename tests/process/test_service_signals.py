"""The master's signals, where the pipe that wakes it fails; and what it says when an error ends it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from qsfilter.cli import main
from qsfilter.service.master import Master

BROKEN_PIPE = """\
import os, signal
from qsfilter.service.signals import Signals

signals = Signals()
wake = signal.set_wakeup_fd(-1)
signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
os.close(wake)
os.kill(os.getpid(), signal.SIGTERM)
assert signals.wait(0.05) == {signal.SIGTERM}
assert signals.wait(0.05) == set()
"""


def test_a_signal_is_heeded_although_the_pipe_fails() -> None:
    done = subprocess.run([sys.executable, "-c", BROKEN_PIPE], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EMFILE])
def test_an_error_that_ends_the_master_is_told(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Master) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Master, "run", fail)
    assert main(["serve"]) == 71
    assert capsys.readouterr().err == f"qsfilter: the service ends: {os.strerror(number)}\n"
