"""Adds an action below a command, such as `qsfilter quarantine list`, with an example in its help."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    Actions = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it


def add_action(actions: Actions, name: str, text: str, example: str) -> argparse.ArgumentParser:
    """Add the action NAME to ACTIONS and return its parser; TEXT is its help, EXAMPLE what one would type."""
    return actions.add_parser(name, help=text, description=text, epilog=f"example: {example}")
