"""Write docs/operations.md from the tables that the engine runs on; `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from codegen.files import write_text
from pushforward import catalogue
from pushforward.catalogue import Entry, Form, stated_source
from pushforward.sources import SOURCES
from pushforward.worked import work_out
from symbolic.functions import CATALOGUE
from symbolic.operations import RESULTS
from symbolic.simplify import KNOWN_VALUE, REWRITES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operations.md"
OPERATORS, FUNCTIONS = "operators", "functions of each entry"
HEAD = """# Operations

<!-- Made by `make docs` from symbolic/operations, symbolic/rules, symbolic/functions.py and symbolic/simplify.py. -->

Everything that a program can do, with its differential. Everything is a matrix: a column is n×1, a scalar 1×1. `dA`
is the differential of `A`; `A : n x m -> m x n` states the shapes of the operands and of the result. The *transpose*
of what is linear takes a cotangent `Y` of the result back, `<Y, dA> = sum(Y .* dA)`; that of everything else follows.
Its *entry* [i, j] is a sum over indices, in which [i = j] is 1 where i = j and else 0, and *vec* the matrix M of
vec(result) = M vec(operand). Behind each *example* are a program, its differential and its pullback as the system
derives them, and the lines of its NumPy kernel; what begins with `_` there is a function that the kernel carries with
it. `pushforward operations NAME` shows the same in the terminal, with every step. [The language](language.md) says how
programs are written, [Adding an operation](add-an-operation.md) how this page grows.
"""
FUNCTIONS_NOTE = """`d(f(A)) = f'(A) .* dA`, with f' as below: X is the argument and Y the value f(X), which is used
again. Any other name, `f(A)`, is an unknown function with derivatives f', f'', …
"""
REWRITES_NOTE = "After each rule the result is simplified; every rewrite is recorded as a step.\n"


def page() -> str:
    families = catalogue.families()
    return "\n".join(
        [
            HEAD,
            *_index(families),
            *_operators(families.pop(OPERATORS)),
            *_functions(families.pop(FUNCTIONS)),
            *(line for family, entries in families.items() for line in _family(family, entries)),
            "## Simplification\n",
            REWRITES_NOTE,
            *_table(("rewrite", "identity"), ((r.name, _code(r.formula)) for r in (*REWRITES, KNOWN_VALUE))),
            "\n## Sources\n",
            *(f"- **{words}**: {work}" for words, work in SOURCES.items()),
            "",
        ]
    )


def _index(families: dict[str, list[Entry]]) -> Iterator[str]:
    """One line a family, with a link to each operation."""
    for family, entries in families.items():
        links = (_link(entry) for entry in entries)
        yield f"- [{_title(family)}](#{family.replace(' ', '-')}): {', '.join(links)}"
    yield "- [Simplification](#simplification)\n- [Sources](#sources)\n"


def _link(entry: Entry) -> str:
    if entry.family in (OPERATORS, FUNCTIONS):
        return _code(entry.forms[0].written) if entry.family == OPERATORS else entry.name
    return f"[{entry.name}](#{entry.name})"


def _title(family: str) -> str:
    return family[0].upper() + family[1:]


def _operators(entries: list[Entry]) -> list[str]:
    columns = ("written", "meaning", "shapes", "differential", "transpose", "source")
    rows = (
        (
            _code(form.written),
            _plain(entry.meaning),
            _code(form.shapes),
            _code(form.formula),
            _code(form.transpose) if form.transpose else "",
            form.source,
        )
        for entry in entries
        for form in entry.forms
    )
    return [f"## {_title(OPERATORS)}\n", *_table(columns, rows), ""]


def _functions(entries: list[Entry]) -> list[str]:
    columns = ("function", "f'", "domain", "no derivative", "also written", "source")
    rows = (
        (name, _code(CATALOGUE[name].derivative), form.domain, form.no_derivative, ", ".join(entry.also), form.source)
        for entry in entries
        for name, form in ((entry.name, entry.forms[0]),)
    )
    return [f"## {_title(FUNCTIONS)}\n", FUNCTIONS_NOTE, *_table(columns, rows), ""]


def _family(family: str, entries: list[Entry]) -> list[str]:
    return [f"## {_title(family)}\n", *(line for entry in entries for line in _operation(entry))]


def _operation(entry: Entry) -> list[str]:
    also = f"; also written {', '.join(map(_code, entry.also))}" if entry.also else ""
    facts = [_parts(entry)] if entry.name in RESULTS else [line for form in entry.forms for line in _facts(form)]
    return [f"### {entry.name}\n", f"{_plain(entry.meaning)}{also}\n", *facts, "", *_examples(entry)]


def _parts(entry: Entry) -> str:
    """Of a call that gives several matrices, the operations that give one each."""
    links = (f"[{form.name}](#{form.name})" for form in entry.forms)
    return f"- its results one by one: {', '.join(links)}"


def _facts(form: Form) -> list[str]:
    """One form in a list of facts; what it stands for, if it is a composition of others."""
    where = f" with {', '.join(map(_code, form.where))}" if form.where else ""
    what = "stands for" if form.composed else "differential"
    facts = [
        f"- {_code(form.written)}: {_code(form.shapes)}",
        f"  - {what}: {_code(form.formula)}{where}",
        f"  - transpose: {_code(form.transpose)}" if form.transpose else "",
        *(f"  - {label}: {_code(text)}" for label, text in form.lines),
        f"  - needs {form.needs}" if form.needs else "",
        f"  - no derivative {form.no_derivative}" if form.no_derivative else "",
        f"  - {stated_source(form)}" if stated_source(form) else "",
    ]
    return [fact for fact in facts if fact]


def _examples(entry: Entry) -> Iterator[str]:
    """Closed until it is asked for: the example of each form, once each."""
    yield "<details><summary>example</summary>\n"
    for text in dict.fromkeys(form.example for form in entry.forms):
        worked = work_out(text)
        yield from ("```", text, "", *worked.closed_forms(), *worked.pullbacks(), "```\n")
        yield from ("```python", worked.code, "```\n")
    yield "</details>\n"


def _code(text: str) -> str:
    return f"`{text}`"


def _plain(text: str) -> str:
    """Words that Markdown leaves as they are: A*B is no emphasis."""
    return text.replace("*", "\\*").replace("_", "\\_")


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [columns, tuple("---" for _ in columns), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]


def main() -> int:
    if "--check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print(f"{PAGE.name} is {'up to date' if same else 'out of date: run make docs'}")
        return 0 if same else 1
    print(f"{PAGE.name}: {'written' if write_text(PAGE, page()) else 'unchanged'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
