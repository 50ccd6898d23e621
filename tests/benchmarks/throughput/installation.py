"""Puts up what is measured: wheels in a venv of their own, the programs in C, a clamd, and the configuration.

Guarantee: nothing is fetched; what the wheels depend on is taken from the environment that runs this.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from qsfilter.testing.clamd_server import ClamdServer

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
PROJECTS = ("qsfilter", "qsfilter-attachments", "qsfilter-clamav", "qsfilter-headers")
HASHES, BODIES = 200_000, 50_000
"""Signatures beside those of the test files, so that the engine has work as with a real database."""
RULES = 200
WORKERS = 8


@dataclass(frozen=True, slots=True)
class Site:
    """Where everything is; `scratch` is short, as it holds sockets."""

    scratch: str
    venv: str
    stub: tuple[str, ...]
    clamd: ClamdServer

    def folder(self, name: str) -> str:
        """Make a folder NAME in scratch and return its path."""
        path = os.path.join(self.scratch, name)
        os.makedirs(path, exist_ok=True)
        return path

    def log(self, name: str) -> str:
        """Return the path of the log NAME."""
        return os.path.join(self.folder("log"), name)


def install(place: str) -> str:
    """Build the wheels and install them, compiled, into a new venv below PLACE; return the venv."""
    wheels, target = os.path.join(place, "wheels"), os.path.join(place, "venv")
    shutil.rmtree(wheels, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    for name in PROJECTS:
        folder = ROOT if name == "qsfilter" else ROOT / "plugins" / name
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    venv.create(target, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", f"{target}/bin/python", "install", "--quiet"]
    found = [os.path.join(wheels, name) for name in os.listdir(wheels)]
    subprocess.run([*pip, "--no-deps", "--no-index", "--compile", *found], check=True)
    (packages,) = Path(target).glob("lib/python*/site-packages")
    for path in _dependencies():
        if not (packages / path.name).exists():
            (packages / path.name).symlink_to(path)
    # As the page on replacing qmail-queue says: installers drop the -I.
    script = Path(target, "bin/qsfilter-queue")
    first, rest = script.read_text(encoding="utf-8").split("\n", 1)
    script.write_text(f"{first} -I\n{rest}", encoding="utf-8")
    return target


def _dependencies() -> set[Path]:
    """Return the top-level files and folders of what PROJECTS depend on."""
    found: set[Path] = set()
    todo, seen = list(PROJECTS), set(PROJECTS)
    for name in todo:
        about = distribution(name)
        if name not in PROJECTS:
            tops = {path.parts[0] for path in about.files or () if path.parts[0] not in {"..", "__pycache__"}}
            found |= {Path(str(about.locate_file(top))) for top in tops}
        for text in about.requires or ():
            wanted = Requirement(text)
            if wanted.name not in seen and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
                seen.add(wanted.name)
                todo.append(wanted.name)
    return found


def compiled(name: str, place: str) -> str:
    """Compile the program NAME.c of this folder into PLACE and return its path."""
    path = os.path.join(place, name)
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", path, str(HERE / f"{name}.c")], check=True)
    return path


def clamd(directory: str) -> ClamdServer:
    """Return a clamd as large sites have it, but without the cache of contents; it is not started yet."""
    options = {"DisableCache": "yes", "MaxThreads": "12", "StreamMaxLength": "100M", "MaxFileSize": "100M"}
    quiet = {"LogVerbose": "no", "SelfCheck": "7200", "LocalSocketMode": "666"}
    server = ClamdServer(directory, options | quiet)
    chance = random.Random(20)  # noqa: S311 - the same in each run
    with open(os.path.join(directory, "db/random.hdb"), "w", encoding="ascii") as file:
        for number in range(HASHES):
            size = chance.randint(64, 4_000_000)
            file.write(f"{chance.getrandbits(128):032x}:{size}:Random.Hash-{number}\n")
    with open(os.path.join(directory, "db/random.ndb"), "w", encoding="ascii") as file:
        for number in range(BODIES):
            target = chance.choice((0, 0, 1, 1, 3, 4))
            octets = chance.randbytes(chance.randint(16, 48)).hex()
            file.write(f"Random.Body-{number}:{target}:*:{octets}\n")
    return server


def configuration(site: Site, name: str, *, clamd_socket: str, service: str = "") -> str:
    """Write the configuration under test, with a folder of its own called NAME, and return its path.

    SERVICE is more for it, as TOML.
    """
    folder = site.folder(name)
    fields = ("Subject", "X-Trace", "X-Mailer", "From")
    rules = "".join(
        f"  {{ field = '{fields[number % 4]}', pattern = '.*you have won {number}.*' }},\n" for number in range(RULES)
    )
    queue = ", ".join(f"'{word}'" for word in site.stub)
    text = f"""\
[deliver]
qmail_queue = [{queue}]
[quarantine]
path = "{folder}/quarantine"
[attempts]
path = "{folder}/attempts"
[actions]
malware = {{ action = "reject", keep = true }}
[plugins.attachments]
use = "qsfilter_attachments:Attachments"
[plugins.clamav]
use = "qsfilter_clamav:ClamAV"
servers = ["unix:{clamd_socket}"]
[plugins.headers]
use = "qsfilter_headers:Headers"
rules = [
{rules}]
{service}"""
    path = os.path.join(folder, "qsfilter.toml")
    Path(path).write_text(text, encoding="utf-8")
    return path
