"""The C functions that a file carries with it: of `helpers/`, those that it calls, and those that these call."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from codegen.targets.carried import reached

_NAME = re.compile(r"^static .*?(\w+_@)\(", re.MULTILINE)
_CALL = re.compile(r"\b(\w+_@)\(")
_FILES = ("functions", "movements", "reductions", "products", "halves", "systems", "blocks")


@dataclass(frozen=True)
class Helper:
    """A C function, for both precisions, with the others of its kind that it calls."""

    name: str
    source: str
    calls: frozenset[str]


def helpers_for(code: str) -> list[Helper]:
    """The helpers that some code calls, and those that these call, in the order of their files."""
    return reached(code, _CALL, HELPERS)


def _read(texts: Iterable[str]) -> dict[str, Helper]:
    """The functions of several files, which stand apart by an empty line."""
    sources = {}
    for text in texts:
        for part in re.split(r"\n\n(?=/\*|static )", text.strip()):
            found = _NAME.search(part)
            assert found is not None, part
            sources[found[1]] = part
    return {
        name: Helper(name, source, frozenset(_CALL.findall(source)) & sources.keys() - {name})
        for name, source in sources.items()
    }


_FOLDER = Path(__file__).with_name("helpers")
HELPERS = _read(_FOLDER.joinpath(f"{name}.c").read_text(encoding="utf-8") for name in _FILES)
