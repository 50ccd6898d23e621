"""The sample files that others wrote."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the sample files of tnefparse's own tests, and return their folder."""
    source = os.environ.get("QSFILTER_CORPORA")
    if not source:
        pytest.skip("QSFILTER_CORPORA names no folder with sample files")
    folder = tmp_path_factory.mktemp("tnef")
    # The filter came with 3.11.4, and 3.14 asks for it.
    guarded = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(Path(source, "tnef.tar.xz")) as archive:
        archive.extractall(folder, **guarded)  # noqa: S202 - an archive that the site named
    return folder / "tnefparse"
