"""Cuts out of a module what belongs to hooks that nobody asked for, and the imports that nobody needs then.

Guarantee: every line that stays is a line of the template, but for imports of which some names go.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def without(source: str, hooks: Collection[str]) -> str:
    """Return the module SOURCE without the methods called as one of HOOKS, and without tests `test_HOOK_…`."""
    text = _Lines(source)
    for node in _functions(ast.parse(source)):
        if node.name in hooks or any(node.name.startswith(f"test_{hook}_") for hook in hooks):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            text.cut(first, node.end_lineno or node.lineno)
    return _without_unused_imports(str(text))


def _functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        for one in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(one, ast.FunctionDef):
                yield one


def _without_unused_imports(source: str) -> str:
    """Take names that are not used out of the imports in SOURCE, those for type checkers first."""
    text, module = _Lines(source), ast.parse(source)
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    for block in module.body:
        if isinstance(block, ast.If):
            imports = [one for one in block.body if isinstance(one, ast.ImportFrom)]
            if not any(one.name in used for node in imports for one in node.names):
                text.cut(block.lineno, block.end_lineno or block.lineno)
                used.discard("TYPE_CHECKING")
                continue
            _shorten(text, imports, used)
    imports = [one for one in module.body if isinstance(one, ast.ImportFrom) and one.module != "__future__"]
    _shorten(text, imports, used)
    return str(text)


def _shorten(text: _Lines, imports: list[ast.ImportFrom], used: Collection[str]) -> None:
    """Take the names that are not USED out of IMPORTS."""
    for node in imports:
        last = node.end_lineno or node.lineno
        kept = [one for one in node.names if one.name in used]
        if not kept:
            text.cut_import(node.lineno, last)
        elif len(kept) < len(node.names):
            node.names = kept
            text.replace(node.lineno, last, " " * node.col_offset + ast.unparse(node))


class _Lines:
    """The lines of a module by number, from 1; those that are cut out leave no gap behind."""

    def __init__(self, source: str) -> None:
        self._lines = dict(enumerate(source.splitlines(), 1))

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines.values())

    def cut(self, first: int, last: int) -> None:
        """Cut the lines FIRST to LAST out, and blank ones in front of them."""
        while not self._lines.get(first - 1, "no line"):
            first -= 1
        self._drop(first, last)

    def cut_import(self, first: int, last: int) -> None:
        """Cut an import out; where it was a group of its own, the blank line behind it too."""
        begins = not self._lines.get(first - 1, "") or self._lines[first - 1].startswith("if ")
        self._drop(first, last + (begins and not self._lines.get(last + 1, "no line")))

    def replace(self, first: int, last: int, line: str) -> None:
        """Put LINE in the place of the lines FIRST to LAST."""
        self._drop(first + 1, last)
        self._lines[first] = line

    def _drop(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            self._lines.pop(number, None)
