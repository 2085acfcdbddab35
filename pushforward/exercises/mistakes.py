"""Mistakes as people make them, put into an expression one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sympy import HadamardPower, HadamardProduct, Identity, Integer, MatAdd, MatMul, MatrixSymbol, OneMatrix, Rational
from sympy import Transpose as Transposed

from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.language.names import differential_of, split_mark
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number
from symbolic.program import Program

Wrong = tuple[str, Node]
TINY = Rational(1, 10**12)


def mistakes(node: Node, program: Program) -> Iterator[Wrong]:
    """Every expression that differs from `node` by one mistake. Shapes need not fit afterwards."""
    yield "sign", nodes.negative(node)
    yield "transposed as a whole", nodes.transpose(node)
    for label, factor in _FACTORS:
        yield label, nodes.scale(factor, node)
    for part, put in places(node):
        for label, wrong in _at(part, program):
            if wrong != part and (changed := _put(put, wrong)) is not None:
                yield label, changed


def places(node: Node) -> Iterator[tuple[Node, Callable[[Node], Node]]]:
    """Every part of an expression, with what puts another one in its place and in no other."""
    yield node, lambda new: new
    inside = list(nodes.operands(node))
    for k, operand in enumerate(inside):
        for part, put in places(operand):
            yield part, partial(_rebuilt, node, inside, k, put)


def _rebuilt(node: Node, inside: list[Node], k: int, put: Callable[[Node], Node], new: Node) -> Node:
    return nodes.rebuild(node, [*inside[:k], put(new), *inside[k + 1 :]])


def _put(put: Callable[[Node], Node], wrong: Node) -> Node | None:
    """The expression with the mistake in it; None where a named operation refuses the shapes."""
    try:
        return put(wrong)
    except ShapeError:
        return None


_FACTORS = (
    ("factor 2", Integer(2)),
    ("factor 1/2", Rational(1, 2)),
    ("factor 1 + 1e-12", 1 + TINY),
    ("factor 1 - 1e-12", 1 - TINY),
)


def _at(part: Node, program: Program) -> Iterator[Wrong]:
    yield from _OF.get(type(part), _none)(part, program)
    if type(part) in (MatMul, HadamardProduct, MatAdd) and part.shape != nodes.SCALAR:
        yield "product transposed", nodes.transpose(part)


def _none(part: Node, program: Program) -> Iterator[Wrong]:
    return iter(())


def _of_symbol(part: Node, program: Program) -> Iterator[Wrong]:
    level, plain = split_mark(part.name)
    if part.shape != nodes.SCALAR:
        yield "transpose added", nodes.transpose(part)
    others = [symbol for name, symbol in program.symbols.items() if name != plain]
    if level:
        yield "δ lost", program.symbols[plain]
        yield from (("δ of another", _marked(other)) for other in others)
    else:
        yield "δ added", _marked(part)
        yield from (("another name", other) for other in others)
        if part.shape[0] == part.shape[1] != 1:
            yield "inverse added", nodes.operate("inv", part)


def _marked(symbol: Node) -> Node:
    return nodes.symbol(differential_of(symbol.name), *symbol.shape)


def _of_sum(part: Node, program: Program) -> Iterator[Wrong]:
    terms = list(part.args)
    for k, term in enumerate(terms):
        rest = terms[:k] + terms[k + 1 :]
        yield "sign of a term", nodes.add(*terms[:k], nodes.negative(term), *terms[k + 1 :])
        yield "term lost", nodes.add(*rest)
        yield "term twice", nodes.add(*terms, term)
    yield "term added", nodes.add(*terms, nodes.ones(*part.shape))


def _of_product(part: Node, program: Program) -> Iterator[Wrong]:
    factors = list(part.args)
    for k in range(len(factors)):
        rest = factors[:k] + factors[k + 1 :]
        yield "factor lost from a product", nodes.multiply(*rest)
        yield "factor twice", nodes.multiply(*factors[: k + 1], *factors[k:])
        if k + 1 < len(factors):
            swapped = [*factors[:k], factors[k + 1], factors[k], *factors[k + 2 :]]
            yield "factors swapped", nodes.multiply(*swapped)
    if len(factors) == 2:
        yield "⊙ for product", nodes.hadamard(*factors)
        if type(factors[0]) is HadamardProduct:
            *others, last = factors[0].args
            yield "brackets", nodes.hadamard(*others, nodes.multiply(last, factors[1]))


def _of_hadamard(part: Node, program: Program) -> Iterator[Wrong]:
    factors = list(part.args)
    for k in range(len(factors)):
        yield "factor lost from ⊙", nodes.hadamard(*factors[:k], *factors[k + 1 :])
    if len(factors) == 2:
        yield "product for ⊙", nodes.multiply(*factors)
        yield "+ for ⊙", nodes.add(*factors)
        yield "quotient for a product", nodes.quotient(*factors)


def _of_function(part: Node, program: Program) -> Iterator[Wrong]:
    function, order, argument = part.function, part.order, part.argument
    if function in program.unknown_functions:
        yield "f' for f" if not order else "f'' for f'", nodes.apply(function, argument, order + 1)
        if order:
            yield "f for f'", nodes.apply(function, argument, order - 1)
        yield from (("another function", nodes.apply(g, argument, order)) for g in program.unknown_functions)
    for name, symbol in program.symbols.items():
        if symbol != argument and symbol.shape == argument.shape and name:
            yield "another argument of f", nodes.apply(function, symbol, order)
    if function in ("sin", "cos"):
        yield "sin for cos", nodes.apply("cos" if function == "sin" else "sin", argument)


def _of_scale(part: Node, program: Program) -> Iterator[Wrong]:
    if is_number(part.coefficient):
        yield "coefficient lost", part.matrix


def _of_transpose(part: Node, program: Program) -> Iterator[Wrong]:
    yield "transpose lost", part.args[0]


def _of_operation(part: Node, program: Program) -> Iterator[Wrong]:
    if part.name == "inv":
        yield "inverse lost", part.operands[0]
    elif part.name == "solve":
        yield "inverse lost", nodes.multiply(*part.operands)


def _of_quotient(part: Node, program: Program) -> Iterator[Wrong]:
    yield "quotient upside down", nodes.quotient(part.denominator, part.numerator)
    yield "product for a quotient", nodes.hadamard(part.numerator, part.denominator)


def _of_power(part: Node, program: Program) -> Iterator[Wrong]:
    if part.args[1].is_Integer:
        yield "exponent off by one", nodes.power(part.args[0], part.args[1] + 1)


def _of_ones(part: Node, program: Program) -> Iterator[Wrong]:
    if part.shape[0] == part.shape[1] != 1:
        yield "eye for ones", nodes.identity(part.shape[0])


def _of_identity(part: Node, program: Program) -> Iterator[Wrong]:
    yield "eye for ones", nodes.ones(*part.shape)


_OF = {
    MatrixSymbol: _of_symbol,
    MatAdd: _of_sum,
    MatMul: _of_product,
    HadamardProduct: _of_hadamard,
    Elementwise: _of_function,
    Scale: _of_scale,
    Transposed: _of_transpose,
    Operation: _of_operation,
    Quotient: _of_quotient,
    HadamardPower: _of_power,
    OneMatrix: _of_ones,
    Identity: _of_identity,
}
