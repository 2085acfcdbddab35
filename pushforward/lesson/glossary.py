"""The signs of a lesson in words, for a first reading: those alone that it uses."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import HadamardProduct, MatMul, Transpose, ZeroMatrix

from pushforward.lesson.model import Formula, Prose
from symbolic.differential import Differential
from symbolic.nodes import (
    Elementwise,
    Node,
    Quotient,
    dimension,
    hadamard,
    multiply,
    quotient,
    symbol,
    transpose,
    zeros,
)
from symbolic.walks import subexpressions


def signs(differential: Differential) -> Iterator[Prose]:
    first, seed = differential.seeds[0]
    symbols = differential.tangent.symbols
    yield (
        Formula.of(symbols[seed]), " is a small change of ", Formula.of(symbols[first]),
        ": a matrix of the same shape, in which every entry says how far that entry moves.",
    )  # fmt: skip
    yield (
        "n×m is a shape: n rows and m columns. A product needs the inner numbers to be the same, and a sum needs both "
        "to be.",
    )
    used = {type(part) for part in _nodes(differential)} | {
        type(part) for step in differential.steps for part in subexpressions(step.after)
    }
    for node_type, example, words in _SIGNS:
        if node_type in used:
            yield (Formula.of(example), words)
    primed = next((part for part in _nodes(differential) if type(part) is Elementwise and part.order == 1), None)
    if primed is not None:
        yield (Formula.of(primed), " is the derivative of the function, taken at each entry of its argument.")


def _nodes(differential: Differential) -> Iterator[Node]:
    for let in differential.tangent.lets:
        yield from subexpressions(let.expr)


_N, _M, _K = map(dimension, "nmk")
_A, _B, _C = symbol("A", _N, _M), symbol("B", _M, _K), symbol("B", _N, _M)
_SIGNS = (
    (
        MatMul,
        multiply(_A, _B),
        ": the matrix product, rows of the first times columns of the second, in this order.",
    ),
    (HadamardProduct, hadamard(_A, _C), ": the Hadamard product, each entry times the entry at the same place."),
    (Quotient, quotient(_A, _C), ": each entry divided by the entry at the same place."),
    (Transpose, transpose(_A), ": the transpose, rows become columns."),
    (ZeroMatrix, zeros(_N, _M), ": all entries are 0."),
)
