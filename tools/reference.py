"""Write docs/rules.md from the rules themselves; `--check` only compares."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from codegen.files import write_text
from symbolic.functions import CATALOGUE, ElementaryFunction
from symbolic.nodes import Elementwise
from symbolic.rules import RULES
from symbolic.simplify import KNOWN_VALUE, REWRITES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
HEAD = """# Rules

<!-- Made by `make docs` from symbolic/rules, symbolic/functions.py and symbolic/simplify.py. Do not edit. -->
"""


def page() -> str:
    general = [rule for (operation, name), rule in RULES.items() if not (operation is Elementwise and name)]
    return "\n".join(
        [
            HEAD,
            "## The differential of each operation\n",
            *_table(("operation", "rule", "source"), [(r.name, f"`{r.formula}`", r.cite) for r in general]),
            "\n## The functions known by name\n",
            "`d(f(A)) = f'(A) .* dA`, with f' as below; X is the argument, Y the value f(X), which is used again.\n",
            *_table(
                ("function", "f'", "domain", "no derivative at", "also written", "source"),
                [_function_row(function) for function in CATALOGUE.values()],
            ),
            "\n## Simplification\n",
            *_table(("rewrite", "identity"), [(r.name, f"`{r.formula}`") for r in (*REWRITES, KNOWN_VALUE)]),
            "",
        ]
    )


def _function_row(function: ElementaryFunction) -> tuple[str, ...]:
    low, high = function.domain
    everywhere = math.isinf(low) and math.isinf(high)
    return (
        function.name,
        f"`{function.derivative}`",
        "" if everywhere else f"({low:g}, {high:g})",
        ", ".join(f"{place:g}" for place in function.singular),
        ", ".join(function.aliases),
        function.cite,
    )


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def main() -> int:
    if "--check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print(f"{PAGE.name} is {'up to date' if same else 'out of date: run make docs'}")
        return 0 if same else 1
    print(f"{PAGE.name}: {'written' if write_text(PAGE, page()) else 'unchanged'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
