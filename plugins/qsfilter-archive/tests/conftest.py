"""Where the tests archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Return the path of an archive that does not exist yet."""
    return tmp_path / "archive"
