"""Fuzzes one target with atheris: `fuzz.py NAME [options of libFuzzer] FOLDER`; docs/how-to/fuzz.md says how to run it.

A target is a module `fuzz_NAME` with `seeds()`, inputs that its reader knows, and `read(data)`, which raises where the
reader breaks a promise. The seeds are written to FOLDER, where inputs are kept that reach something new.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile

import atheris

INSTRUMENTED = ["qsfilter", "qsfilter_archive", "qsfilter_tnef", "compressed_rtf", "tomllib"]
FIRST = 200
"""Seeds that are read before anything is changed."""


def main() -> None:
    """Fuzz the target that is named first."""
    name = sys.argv.pop(1)
    tempfile.tempdir = os.path.abspath("build")  # the fuzzer ends without cleaning up
    os.makedirs(tempfile.tempdir, exist_ok=True)
    with atheris.instrument_imports(include=INSTRUMENTED):
        target = importlib.import_module(f"tests.fuzz.fuzz_{name}")
        seeds = target.seeds()
        for data in list(seeds.values())[:FIRST]:
            target.read(data)  # here, as much is imported late
    for folder in [one for one in sys.argv[1:] if not one.startswith("-") and not os.path.isfile(one)][:1]:
        os.makedirs(folder, exist_ok=True)
        for seed, data in seeds.items():
            with open(os.path.join(folder, seed), "wb") as file:
                file.write(data)
    atheris.Setup(sys.argv, target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
