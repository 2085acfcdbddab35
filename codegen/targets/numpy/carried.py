"""Which functions of `helpers/` a kernel carries with it: their text, and what they import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.targets.carried import reached

_CALL = re.compile(r"\b(_[a-z]\w*)\(")


@dataclass(frozen=True)
class Helper:
    """A function as it stands in its file, the names it imports by module, and the helpers it calls."""

    name: str
    source: str
    imports: Mapping[str, frozenset[str]]
    calls: frozenset[str]


def helpers_for(code: str) -> list[Helper]:
    """The helpers that a kernel's lines call, and those that these call, in the order of their file."""
    return reached(code, _CALL, HELPERS)


def _read(texts: Iterable[str]) -> dict[str, Helper]:
    """Every function of several files, by its name."""
    found = {}
    for text in texts:
        body, lines = ast.parse(text).body, text.splitlines()
        module_of = {a.name: str(node.module) for node in body if isinstance(node, ast.ImportFrom) for a in node.names}
        for node in body:
            if isinstance(node, ast.FunctionDef):
                used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
                modules = {module_of[name] for name in used & module_of.keys()}
                imports = {m: frozenset(n for n in used if module_of.get(n) == m) for m in sorted(modules - _OWN)}
                source = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                found[node.name] = Helper(node.name, source, imports, frozenset(used))
    return {name: replace(helper, calls=helper.calls & found.keys() - {name}) for name, helper in found.items()}


_FILES = (
    "blocks",
    "checks",
    "reductions",
    "products",
    "systems",
    "functions",
    "sines",
    "rectifiers",
    "second_derivatives",
    "spectra",
    "factorisations",
    "factors",
    "stacks",
)
"""In the order in which a kernel carries what it needs of them."""
_OWN = {f"codegen.targets.numpy.helpers.{name}" for name in _FILES}
_FOLDER = Path(__file__).with_name("helpers")
HELPERS = _read(_FOLDER.joinpath(f"{name}.py").read_text(encoding="utf-8") for name in _FILES)
HELPER_NAMES = frozenset(HELPERS) | {
    n for helper in HELPERS.values() for names in helper.imports.values() for n in names
}
"""Names that nothing of a program may take."""
