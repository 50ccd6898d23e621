"""Fuzzes the reader of the configuration: any bytes stand in the file.

The target holds it to what `config` promises: what is wrong is a ConfigError that names the file first. Tables are left
out that name files to be read, or plugins to be imported.
"""

from __future__ import annotations

from pathlib import Path

from qsfilter.config import from_table
from qsfilter.edge import edge, parsed
from qsfilter.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "examples" / "qsfilter.toml"
WHERE = "qsfilter.toml"
OPENED = ("plugins", "rules", "settings_per_domain")


def read(data: bytes) -> None:
    """Read DATA as a configuration; raise what is no ConfigError, or AssertionError where it does not name the file."""
    try:
        source = parsed(data, WHERE)
        edge(source.table, WHERE)
        table = {key: value for key, value in source.table.items() if key not in OPENED}
        if isinstance(table.get("quarantine"), dict):
            table["quarantine"].pop("allow", None)
        from_table(table, WHERE, source.digest)
    except ConfigError as error:
        told = str(error)
    else:
        return
    assert told.startswith(f"{WHERE}: "), told


def seeds() -> dict[str, bytes]:
    """Return the example's tables, each by itself, and without the signs that keep them from being in force."""
    tables: dict[str, list[str]] = {"top": []}
    current = "top"
    for line in EXAMPLE.read_text().splitlines():
        text = line.removeprefix("# ").removeprefix("#")
        if text.startswith("["):
            current = f"{text.strip('[]').partition(']')[0].replace('.', '-')}-{len(tables)}"
            tables[current] = []
        tables[current].append(text)
    small = '[deliver]\nmaildir = "/m"\n[limits]\nseconds = 9.5\n[actions]\nspam = { action = "reject", keep = true }\n'
    return {
        "small": small.encode(),
        "deep": b"relays = " + b"[" * 1500,
        **{name: "\n".join(lines).encode() for name, lines in tables.items()},
    }
