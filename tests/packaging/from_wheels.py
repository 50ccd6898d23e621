"""Runs the tests against wheels: `make test-wheels`.

    from_wheels.py [PYTEST OPTION …]

Guarantees: core and plugins come from wheels built of the present tree, in a scratch venv that is gone afterwards; the
tests run in a copy of the tree in which no source of them is left, so none can be imported by chance, and every pytest
process ends the run if one was; nothing is written in the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from downstream import ROOT, built, built_one, environment, run

MADE_BY_TOOLS = (".git", ".venv*", ".*_cache", ".hypothesis", ".coverage*", "__pycache__", "build", "dist")
SOURCES = ("qsfilter", "qsfilter_pytest.py", "plugins/*/src")
"""What is left out of the copy; wheels have it."""
ONLY_IN_A_CHECKOUT = {
    "tests/benchmarks": "they measure, with a core and plugins that they build themselves",
    "tests/packaging/test_hooks_between_versions.py": "it builds a wheel from the sources of a plugin",
    "tests/packaging/test_wheels.py": "it builds all of them",
    "tests/test_plugins_shape.py": "it looks at the folders that wheels are built from, and builds some",
}
"""Tests that are left out, and why. `make lint` and `make docs` read the checkout too; they are no tests."""


def main() -> int:
    """Build, install, copy, and return pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="wheels-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)  # tests run the wrapper as other users
        wheels = sorted(built_one(ROOT, built(ROOT, scratch / "wheels")).glob("*.whl"))
        copy = scratch / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE_BY_TOOLS), symlinks=True)
        remove_sources(copy)
        python = environment(copy / ".venv")
        pip = [sys.executable, "-m", "pip", "--python", python]
        run([*pip, "install", "-q", "--no-deps", "--no-index", *wheels])
        run([*pip, "check"])
        put_isolation_back(copy / ".venv/bin/qsfilter-queue")
        print(f"{len(wheels)} wheels in {copy}", flush=True)  # noqa: T201 - a script
        plugins = ["-p", "no:cacheprovider", "-p", "tests.packaging.only_wheels"]
        left_out = [f"--ignore={path}" for path in ONLY_IN_A_CHECKOUT]
        # Without the path to our own scripts: the tests start what they would in a checkout.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [python, "-m", "pytest", *plugins, *left_out, *sys.argv[1:]]
        return subprocess.run(command, check=False, cwd=copy, env=env).returncode


def remove_sources(tree: Path) -> None:
    """Remove from TREE all that the wheels hold."""
    for pattern in SOURCES:
        for path in tree.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def put_isolation_back(script: Path) -> None:
    """Give the SCRIPT the -I that pip has dropped from its first line, as `make venv` does."""
    first, rest = script.read_text().split("\n", 1)
    script.write_text(f"{first} -I\n{rest}")


if __name__ == "__main__":
    raise SystemExit(main())
