"""What is known of every operation, from the tables that the engine itself runs on: for the terminal and the page."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import HadamardPower, HadamardProduct, MatAdd, MatMul, Transpose

from pushforward.sources import work_cited
from symbolic.errors import NameError_
from symbolic.functions import CATALOGUE, ElementaryFunction
from symbolic.language.calls import result_form
from symbolic.language.words import INSTEAD
from symbolic.nodes import Elementwise, Quotient, Scale
from symbolic.operations import ALIASES, CALLS, FAMILIES, OPERATIONS, RESULTS, Definition, MatrixOperation
from symbolic.reverse.transposition import TRANSPOSITIONS
from symbolic.rules import RULES

Record = MatrixOperation | Definition


@dataclass(frozen=True)
class Form:
    """One way to write an operation, such as sum(A, 1).

    `formula`: its differential, d(sum(A, 1)) = …, or, of a composition, what it stands for; `where` names parts of it.
    `needs`: what has to be known of the operands. `domain`: the arguments of a function that has not all numbers.
    `no_derivative`: where it has none. `example`: a program of one use. `transpose`: of what is linear, how a cotangent
    Y of the result comes back to the operands, <Y, tr(dA)> = <Y*eye(n), dA>. `lines`: what else its record says, each
    with its label: its entries over indices, its matrix of vec.
    """

    name: str
    written: str
    shapes: str
    formula: str
    source: str
    example: str
    where: tuple[str, ...] = ()
    needs: str = ""
    domain: str = ""
    no_derivative: str = ""
    composed: bool = False
    transpose: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Entry:
    """An operation under the name by which it is asked for; `also`: other names of it."""

    name: str
    family: str
    meaning: str
    forms: tuple[Form, ...]
    also: tuple[str, ...] = ()


def stated_source(form: Form) -> str:
    """The work that a formula is taken from, or the reason for it where none is needed; nothing of a definition."""
    if form.source == "definition":
        return ""
    return f"source: {form.source}" if work_cited(form.source) else form.source


# The operations of the table


def _form(record: Record) -> Form:
    composed = isinstance(record, Definition)
    left = record.expression if composed else f"d({record.expression})"
    right = record.body if isinstance(record, Definition) else record.differential
    symmetric = isinstance(record, MatrixOperation) and record.symmetric
    return Form(
        record.name, _written(record), record.signature, f"{left} = {right}" if right else record.formula, record.cite,
        record.example, record.where, "A that is known to be symmetric" if symmetric else "",
        no_derivative=f"where {record.singular}" if record.singular else "", composed=composed,
        transpose=_transpose(record.name), lines=() if isinstance(record, Definition) else tuple(_lines(record)),
    )  # fmt: skip


def _lines(record: MatrixOperation) -> Iterator[tuple[str, str]]:
    """What a record says of a linear operation besides, in the words of its operands and of i and j."""
    if record.entries:
        yield "entry [i, j]", record.entries
    operands = list(record.shapes.operands)
    for place, text in zip(record.linear_in, record.vec, strict=False):
        yield f"vec, of {operands[place]}" if len(record.vec) > 1 else "vec", text


def _transpose(operation: type | str) -> str:
    found = TRANSPOSITIONS.get(operation)
    return found.formula if found else ""


def _written(record: Record) -> str:
    """As a call where it has one: solve(A, B), although A \\ B is shorter."""
    called = record.expression.startswith(f"{record.written}(")
    if called or record.written not in CALLS:
        return record.expression
    return f"{record.written}({', '.join(record.shapes.operands)})"


def _records(family: str) -> dict[str, list[Record]]:
    """The operations of a family by the name that they are called by; sum(A), sum(A, 1) and sum(A, 2) are one."""
    grouped: dict[str, list[Record]] = {}
    for record in (*FAMILIES[family].OPERATIONS, *FAMILIES[family].DEFINITIONS):
        grouped.setdefault(record.written, []).append(record)
    return grouped


def _named_operations(family: str) -> list[Entry]:
    other_names = {name: [alias for alias, meant in ALIASES.items() if meant == name] for name in _records(family)}
    return [
        Entry(name, family, records[0].meaning, tuple(map(_form, records)), tuple(other_names[name]))
        for name, records in _records(family).items()
    ]


def _calls_with_several_results(family: str) -> list[Entry]:
    """Q, R = qr(A), in the family of qr_q and qr_r."""
    return [
        Entry(name, family, f"{meaning}: {written}", tuple(_of_all(name, part, written) for part in parts))
        for name, parts in RESULTS.items()
        for written in [result_form(name).removeprefix("write ")]
        for meaning in [f"{len(parts)} factors at once"]
        if OPERATIONS[parts[0]] in FAMILIES[family].OPERATIONS
    ]


def _of_all(name: str, part: str, written: str) -> Form:
    """One of several results, in the example that computes them all."""
    names, declared = written.partition(" = ")[0], OPERATIONS[part].example.splitlines()[0]
    return replace(_form(OPERATIONS[part]), example=f"{declared}\n{written}\nreturn {names}")


# Operators and functions


def _operator(symbol: str, node: type, written: str, shapes: str, meaning: str) -> Entry:
    rule = RULES[node, ""]
    operands = shapes.partition(" -> ")[0].split(", ")
    example = "\n".join((*operands, f"Y = {written}"))
    also = () if rule.name in OPERATIONS else (rule.name,)
    form = Form(symbol, written, shapes, rule.formula, rule.cite, example, transpose=_transpose(node))
    return Entry(symbol, "operators", meaning, (form,), also)


_SAME = "A : n x m, B : n x m -> n x m"

OPERATORS = (
    _operator("+", MatAdd, "A + B", _SAME, "the sum; a number or a 1×1 matrix is added to each entry"),
    _operator("*", MatMul, "A*B", "A : n x m, B : m x k -> n x k", "the matrix product, also A·B and A B"),
    _operator("multiple", Scale, "a*A", "a : 1 x 1, A : n x m -> n x m", "a number or a 1×1 matrix times a matrix"),
    _operator(".*", HadamardProduct, "A .* B", _SAME, "the Hadamard product, entry by entry, also A ⊙ B and A ∘ B"),
    _operator("./", Quotient, "A ./ B", _SAME, "the quotient, entry by entry, also A ⊘ B"),
    _operator(".^", HadamardPower, "A.^3", "A : n x m -> n x m", "each entry to the power of a number"),
    _operator("'", Transpose, "A'", "A : n x m -> m x n", "the transpose, also A.T and A^T"),
    _operator("f", Elementwise, "f(A)", "A : n x m -> n x m", "any function of each entry; f' is its derivative"),
)
_SIGNS = {
    "\\": "solve", "^": "matrix_power", "⊗": "kron", "@": "*", "·": "*", "⊙": ".*", "∘": ".*", "⊘": "./", "-": "+",
    "ᵀ": "'", "transpose": "'", "[]": "slice",
}  # fmt: skip
"""Signs and words that stand for an operation."""


def _function(function: ElementaryFunction) -> Entry:
    rule = RULES[Elementwise, function.name]
    low, high = function.domain
    form = Form(
        function.name, f"{function.name}(A)", "A : n x m -> n x m", rule.formula, function.cite,
        f"A : n x m\nY = {function.name}(A)",
        domain="" if math.isinf(low) and math.isinf(high) else f"({low:g}, {high:g})",
        no_derivative=", ".join(f"at {place:g}" for place in function.singular),
    )  # fmt: skip
    return Entry(function.name, "functions of each entry", f"f'(X) = {function.derivative}", (form,), function.aliases)


ENTRIES: tuple[Entry, ...] = (
    *OPERATORS,
    *map(_function, CATALOGUE.values()),
    *(entry for family in FAMILIES for entry in (*_calls_with_several_results(family), *_named_operations(family))),
)


# Looking up


def families() -> dict[str, list[Entry]]:
    """The entries by family, in the order of the tables."""
    grouped: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        grouped.setdefault(entry.family, []).append(entry)
    return grouped


def find(name: str) -> tuple[Entry, Form]:
    """The entry of a name, a sign or another name, and the form that is meant. Raises NameError_ with the nearest."""
    wanted = _SIGNS.get(name, name)
    for entry in ENTRIES:
        for form in entry.forms:
            if wanted == form.name and entry.name not in RESULTS:
                return entry, form
    for entry in ENTRIES:
        if wanted in (entry.name, *entry.also):
            return entry, entry.forms[0]
    raise NameError_(f"there is no operation {name!r}", hint=_hint(name))


def _hint(name: str) -> str:
    if name in INSTEAD:
        return INSTEAD[name]
    near = nearest(name)
    return f"the nearest are {', '.join(near)}" if near else "pushforward operations lists them all"


def nearest(name: str) -> list[str]:
    """The names that look like one, then those whose meaning has the word in it."""
    known = {word: entry.name for entry in ENTRIES for word in (entry.name, *entry.also)}
    alike = [known[word] for word in difflib.get_close_matches(name, known, n=4, cutoff=0.6)]
    word = re.compile(rf"\b{re.escape(name)}", re.IGNORECASE)
    about = [entry.name for entry in ENTRIES if len(name) > 2 and word.search(entry.meaning)]
    return list(dict.fromkeys((*alike, *about)))[:6]
