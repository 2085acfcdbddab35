"""Which functions of `helpers.py` a kernel carries with it: their text, and what they import."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

from codegen.targets.numpy import helpers

_HELPER = re.compile(r"\b(_[a-z]\w*)\(")


@dataclass(frozen=True)
class Helper:
    """A function as it stands in `helpers.py`, the names it imports by module, and the helpers it calls."""

    name: str
    source: str
    imports: Mapping[str, frozenset[str]]
    calls: tuple[str, ...]


def helpers_for(code: str) -> list[Helper]:
    """The helpers that a kernel's lines call, and those that these call, in the order of their file."""
    needed: set[str] = set()
    waiting = [name for name in _HELPER.findall(code) if name in _HELPERS]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _HELPERS[name].calls
    return [helper for name, helper in _HELPERS.items() if name in needed]


def _read() -> dict[str, Helper]:
    text = inspect.getsource(helpers)
    tree = ast.parse(text)
    lines = text.splitlines()
    module_of = {
        alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            imports: dict[str, set[str]] = {}
            for name in sorted(used & module_of.keys()):
                imports.setdefault(str(module_of[name]), set()).add(name)
            source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            calls = tuple(sorted(name for name in used if name.startswith("_")))
            frozen = {module: frozenset(names) for module, names in imports.items()}
            found[node.name] = Helper(node.name, source, frozen, calls)
    return found


_HELPERS = _read()
HELPER_NAMES = frozenset(_HELPERS) | {name for helper in _HELPERS.values() for names in helper.imports.values() for name in names}
"""Names that nothing of a program may take."""
