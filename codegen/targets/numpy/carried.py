"""Which functions of `helpers.py` a kernel carries with it: their text, and what they import."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_CALL = re.compile(r"\b(_[a-z]\w*)\(")


@dataclass(frozen=True)
class Helper:
    """A function as it stands in `helpers.py`, the names it imports by module, and the helpers it calls."""

    name: str
    source: str
    imports: Mapping[str, frozenset[str]]
    calls: frozenset[str]


def helpers_for(code: str) -> list[Helper]:
    """The helpers that a kernel's lines call, and those that these call, in the order of their file."""
    needed: set[str] = set()
    waiting = [name for name in _CALL.findall(code) if name in HELPERS]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += HELPERS[name].calls
    return [helper for name, helper in HELPERS.items() if name in needed]


def _read(text: str) -> dict[str, Helper]:
    """Every function of a file, by its name."""
    body = ast.parse(text).body
    lines = text.splitlines()
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    module_of = {a.name: str(node.module) for node in body if isinstance(node, ast.ImportFrom) for a in node.names}
    found = {}
    for name, node in functions.items():
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        modules = {module_of[imported] for imported in used & module_of.keys()}
        imports = {module: frozenset(n for n in used if module_of.get(n) == module) for module in modules}
        source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        found[name] = Helper(name, source, imports, frozenset(used & functions.keys() - {name}))
    return found


HELPERS = _read(Path(__file__).with_name("helpers.py").read_text(encoding="utf-8"))
HELPER_NAMES = frozenset(HELPERS) | {
    n for helper in HELPERS.values() for names in helper.imports.values() for n in names
}
"""Names that nothing of a program may take."""
