"""Finding plugins through the entry-point group, and importing those that a configuration names."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from qsfilter import discovery
from qsfilter.builtin.zip_unpacker import ZipUnpacker
from qsfilter.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "qsfilter.toml: plugins.mine"


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install plugins of these names only."""
    found = [
        metadata.EntryPoint("zip", "qsfilter.builtin.zip_unpacker:ZipUnpacker", "qsfilter"),
        metadata.EntryPoint("attic", "no_such_module_anywhere:Attic", "qsfilter"),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: found if group == "qsfilter" else [])


def refused(use: str) -> str:
    """Return the error for USE."""
    with pytest.raises(ConfigError) as caught:
        discovery.plugin_class(use, WHERE)
    return str(caught.value)


def test_installed_plugins_are_listed_by_name(points: None) -> None:
    """In the order of their names, and none is imported."""
    assert list(discovery.installed()) == ["attic", "zip"]


def test_a_plugin_is_found_by_its_entry_point(points: None) -> None:
    """The name that the configuration uses for its table."""
    assert discovery.plugin_class("zip", WHERE) is ZipUnpacker


def test_a_plugin_is_found_by_module_and_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a look at what is installed, which takes milliseconds."""
    monkeypatch.setattr(metadata, "entry_points", None)
    assert discovery.plugin_class("qsfilter.builtin.zip_unpacker:ZipUnpacker", WHERE) is ZipUnpacker


def test_a_plugin_that_is_not_installed_is_refused(points: None) -> None:
    """With those that are, and what to do."""
    assert refused("rar") == (
        f"{WHERE}: no plugin 'rar' is installed; installed are attic, zip; try \"pip install qsfilter-rar\""
    )


def test_a_plugin_whose_module_is_gone_is_refused(points: None) -> None:
    """With the module's name."""
    text = refused("attic")
    assert text.startswith(f"{WHERE}: can't import no_such_module_anywhere:Attic: ")


@pytest.mark.parametrize(
    "use",
    ["qsfilter.builtin.zip_unpacker:Nothing", "no.such:Thing", ":Thing", ".relative:Thing", "a b:c", "os:path.join"],
)
def test_what_can_not_be_imported_is_refused(use: str) -> None:
    """Whatever the import system says about it."""
    assert refused(use).startswith(f"{WHERE}: can't import {use}: ")


@pytest.mark.parametrize("source", ["def", "1 / 0", "raise SystemExit(0)", "import no_such_module_anywhere"])
def test_a_module_that_fails_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """A plugin that is broken, or that would end whoever imports it."""
    name = f"broken_module_of_{len(source)}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert refused(f"{name}:Plugin").startswith(f"{WHERE}: can't import {name}:Plugin: ")


def test_what_is_no_class_is_refused() -> None:
    """An object has no options to set."""
    assert refused("qsfilter.discovery:installed") == f"{WHERE}: qsfilter.discovery:installed is no class"


@pytest.mark.parametrize("use", ["", "zip:"])
def test_half_a_name_is_refused(points: None, use: str) -> None:
    """As a plugin that is not installed."""
    assert refused(use).startswith(f"{WHERE}: no plugin {use!r} is installed")
