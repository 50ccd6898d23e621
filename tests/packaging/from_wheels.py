"""Runs the tests against wheels: `make test-wheels`.

    from_wheels.py [PYTEST OPTION …]

Guarantees: core and plugins come from wheels built of the present tree, in a scratch venv that is gone afterwards; the
tests run in a copy of the tree in which no source of them is left, so none can be imported by chance; nothing is
written in the checkout.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from downstream import ROOT, built, built_one, environment, run

MADE_BY_TOOLS = (".git", ".venv*", ".*_cache", ".hypothesis", ".coverage*", "__pycache__", "build", "dist")
SOURCES = ("qsfilter", "qsfilter_pytest.py", "plugins/*/src")
"""What is left out of the copy; wheels have it."""
ABOUT_SOURCES = {
    "tests/benchmarks": "they measure, with a core and plugins that they build themselves",
    "tests/fuzz": "they run on the sources with an interpreter of their own",
    "tests/packaging/test_hooks_between_versions.py": "it builds a wheel",
    "tests/packaging/test_wheels.py": "as test_hooks_between_versions",
    "tests/test_docs.py": "it looks for the modules that pages name",
    "tests/test_docs_reference.py": "as test_docs, and it reads them",
    "tests/test_plugins_shape.py": "it looks at folders with sources",
    "tests/test_scaffold.py": "as test_plugins_shape",
}
"""Tests that are left out, and why: what they look at is no wheel."""


def main() -> int:
    """Build, install, copy, and return pytest's exit code."""
    with tempfile.TemporaryDirectory(prefix="qsfilter-wheels-") as name:
        scratch = Path(name)
        scratch.chmod(0o755)  # tests run the wrapper as other users
        wheels = sorted(built_one(ROOT, built(ROOT, scratch / "wheels")).glob("*.whl"))
        copy = scratch / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*MADE_BY_TOOLS), symlinks=True)
        remove_sources(copy)
        python = environment(copy / ".venv")
        run([sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", *wheels])
        put_isolation_back(copy / ".venv/bin/qsfilter-queue")
        print(f"{len(wheels)} wheels in {copy}", flush=True)  # noqa: T201 - a script
        left_out = [f"--ignore={path}" for path in ABOUT_SOURCES]
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", *left_out, *sys.argv[1:]]
        return subprocess.run(command, check=False, cwd=copy).returncode


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
