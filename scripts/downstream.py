"""Runs the tests of plugins that were built before against this core: `make downstream`.

    downstream.py [--wheels FOLDER] [PYTEST OPTION …]

FOLDER holds wheels and sdists of plugins, of a release or of somebody else. Without it they are built: from the last
tag that begins with v, or from the present tree where there is none. Tests marked `servers` are left out, unless an
option -m says otherwise.

Guarantees: core and plugins are tested as installed from wheels, in a scratch venv that is gone afterwards; the tests
are those of the sdists; nothing is written in the checkout. What the plugins need beside the core is taken from our own
venv, and asked of the package index only where it is not there.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
CONFTEST = """\
from hypothesis import settings

settings.register_profile("downstream", deadline=None)
settings.load_profile("downstream")
"""
"""A machine that is busy with something else is no defect of what is tested."""


def main() -> int:
    """Build what is not given, install all of it, and return pytest's exit code."""
    parser = argparse.ArgumentParser(description="run plugins' tests against this core", allow_abbrev=False)
    parser.add_argument("--wheels", metavar="FOLDER", type=Path, help="wheels and sdists of plugins (default: build)")
    arguments, for_pytest = parser.parse_known_args()
    with tempfile.TemporaryDirectory(prefix="qsfilter-downstream-") as name:
        scratch = Path(name)
        folder = arguments.wheels or built(released(scratch), scratch / "plugins")
        plugins = sorted(path for path in folder.glob("*.whl") if path.name.startswith("qsfilter_"))
        tests = [unpacked(sdist, scratch / "tests") for sdist in sorted(folder.glob("qsfilter_*.tar.gz"))]
        if not plugins or not tests:
            parser.error(f"{folder} has no wheels and sdists of plugins")
        core = one_of(built_one(ROOT, scratch / "core").glob("qsfilter-*.whl"), "no wheel of the core was built")
        python = environment(scratch / "venv")
        run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", core, *plugins])
        print(f"{len(plugins)} plugins against {core.name}:", *(path.name for path in plugins), flush=True)
        (scratch / "tests/conftest.py").write_text(CONFTEST)
        settings = ["-c", ROOT / "pyproject.toml", "--rootdir", scratch / "tests", "-p", "no:cacheprovider"]
        command = [python, "-m", "pytest", *settings, "-m", "not servers", *for_pytest, *tests]
        return subprocess.run(command, check=False, cwd=scratch).returncode  # noqa: S603 - what we have just installed


def released(scratch: Path) -> Path:
    """Return the tree of the last release, unpacked below SCRATCH; the present one if there was none."""
    described = ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"]
    tag = subprocess.run(described, check=False, cwd=ROOT, capture_output=True, text=True).stdout.strip()  # noqa: S603 - no argument from outside
    print(f"plugins of {tag or 'the present tree, as there is no release yet'}", flush=True)
    if not tag:
        return ROOT
    packed = subprocess.run(["git", "archive", tag], check=True, cwd=ROOT, capture_output=True).stdout  # noqa: S603, S607 - our own tag
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        extract(archive, scratch / "release")
    return scratch / "release"


def extract(archive: tarfile.TarFile, folder: Path, members: list[tarfile.TarInfo] | None = None) -> None:
    """Extract ARCHIVE, which we have made, or MEMBERS of it below FOLDER."""
    # Python before 3.11.4 has no filters, and from 3.12 on wants one.
    if hasattr(tarfile, "data_filter"):
        archive.extraction_filter = tarfile.data_filter
    archive.extractall(folder, members)  # noqa: S202 - as said above


def built(tree: Path, out: Path) -> Path:
    """Build sdists and wheels of all plugins in TREE, and return the folder OUT that they are in."""
    for project in sorted(tree.glob("plugins/*/pyproject.toml")):
        built_one(project.parent, out)
    return out


def built_one(project: Path, out: Path) -> Path:
    """Build sdist and wheel of PROJECT, and return the folder OUT that they are in."""
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, project])
    return out


def unpacked(sdist: Path, folder: Path) -> Path:
    """Unpack SDIST below FOLDER and return its tests. Without its sources, so that what is installed is tested."""
    with tarfile.open(sdist) as archive:
        members = [one for one in archive.getmembers() if one.name.split("/")[1:2] == ["tests"]]
        extract(archive, folder, members)
    return one_of(folder.glob(f"{sdist.name.removesuffix('.tar.gz')}/tests"), f"{sdist} holds no tests")


def environment(folder: Path) -> Path:
    """Make a venv in FOLDER with packages and programs of ours, but none of qsfilter's; return its Python."""
    venv.create(folder, symlinks=True)
    packages = one_of(folder.glob("lib/python*/site-packages"), "a venv has no site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "qsfilter" not in path.name and path.suffix != ".pth" and path.name != "__pycache__":
            (packages / path.name).symlink_to(path)
    for path in Path(sys.prefix, "bin").iterdir():
        program = folder / "bin" / path.name
        if "qsfilter" not in path.name and os.access(path, os.X_OK) and not program.exists():
            # A script that started with our Python would find the checkout.
            content = path.read_bytes().replace(os.fsencode(f"{sys.prefix}/bin/"), os.fsencode(f"{folder}/bin/"))
            program.write_bytes(content)
            program.chmod(0o755)
    return folder / "bin/python"


def run(command: list[str | Path]) -> None:
    """Run COMMAND, and end with what it said if it fails."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 - built here
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}")


def one_of(found: Iterable[Path], otherwise: str) -> Path:
    """Return the one path that was FOUND, or end with the text OTHERWISE."""
    paths = list(found)
    if len(paths) != 1:
        raise SystemExit(otherwise)
    return paths[0]


if __name__ == "__main__":
    raise SystemExit(main())
