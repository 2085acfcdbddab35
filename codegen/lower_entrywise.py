"""Entry by entry: sums, Hadamard products, quotients, powers and functions to instructions.

A constant that only fills a shape, the 1 in 1 - X∘X, becomes a literal operand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import Protocol

from sympy import Expr, HadamardPower, HadamardProduct, Identity, Integer, OneMatrix, S

from codegen.lower_operations import Emitter
from codegen.operations import EXPANSIONS
from codegen.schedule import Arg, Literal
from symbolic.errors import LimitError
from symbolic.functions import CATALOGUE
from symbolic.language.elaborate import Elaboration
from symbolic.language.formulas import formula
from symbolic.language.syntax import Syntax
from symbolic.nodes import SCALAR, Elementwise, Node, Quotient, Scale, Shape, is_number, ones, scale, split_number
from symbolic.scalars import has_minus
from symbolic.walks import subexpressions

MAX_MULTIPLIED_POWER = 16


class EntrywiseEmitter(Emitter, Protocol):
    """What of the lowering is needed here."""

    values: dict[Node, Arg]
    saturating: set[Node]
    """Parts of a sigmoid written out, which may overflow and are right all the same."""


def fills_a_shape(node: Node) -> bool:
    """c 1: a number in every entry."""
    if type(node) not in (OneMatrix, Scale):
        return False
    return type(split_number(node)[1]) is OneMatrix


def lower_constant(to: Emitter, node: Node) -> str:
    """What fills a shape, written out in full."""
    number, matrix = split_number(node)
    filled = to.emit("ones", (), matrix.shape)
    return filled if number == 1 else to.emit("multiply", (filled, _literal(number)), matrix.shape)


def lower_sum(to: Emitter, node: Node, name: str | None) -> str:
    """Start with a positive term where there is one, so that -A + B costs one subtraction.

    All the constants together are one number, added last, or what negative terms are subtracted from.
    """
    constants = [split_number(term)[0] for term in node.args if fills_a_shape(term)]
    terms = [term for term in node.args if not fills_a_shape(term)]
    number = sum(constants, S.Zero)
    if not terms:
        return lower_constant(to, scale(number, ones(*node.shape)))
    start = next((k for k, term in enumerate(terms) if not _is_negative(term)), None)
    if start is None and number != 0 and not has_minus(number):
        value: Arg = _literal(number)
        number = S.Zero
    else:
        value = to.value(terms.pop(start or 0))
    remaining = [*terms, *([number] if number else [])]
    for index, term in enumerate(remaining, start=1):
        negative = has_minus(number) if term is number else _is_negative(term)
        plain = -number if negative else number
        arg: Arg = _literal(plain) if term is number else to.value(_without_sign(term))
        into = name if index == len(remaining) else None
        value = to.emit("subtract" if negative else "add", (value, arg), node.shape, into)
    assert isinstance(value, str)
    return value


def _hadamard(to: EntrywiseEmitter, node: Node, name: str | None) -> str:
    """a∘b∘c as (a∘b)∘c, matrices first."""
    value, *factors = sorted(_operands(to, node.args), key=lambda arg: isinstance(arg, Literal))
    for index, factor in enumerate(factors, start=1):
        value = to.emit("multiply", (value, factor), node.shape, name if index == len(factors) else None)
    assert isinstance(value, str)
    return value


def _quotient(to: EntrywiseEmitter, node: Node, name: str | None) -> str:
    return to.emit("divide", tuple(_operands(to, node.args)), node.shape, name, **_saturates(to, node))


def _scale(to: Emitter, node: Node, name: str | None) -> str:
    coefficient, matrix = node.args
    if not is_number(coefficient):
        if type(matrix) is OneMatrix and matrix.shape != SCALAR:
            return to.emit("broadcast", (to.matrix(coefficient),), matrix.shape, name)
        if name is not None and type(matrix) is Identity and matrix.shape != SCALAR:
            repeated = to.emit("broadcast", (to.matrix(coefficient),), (matrix.shape[0], S.One))
            return to.emit("diag", (repeated,), matrix.shape, name)
        return to.emit("multiply", (to.matrix(matrix), to.matrix(coefficient)), matrix.shape, name)
    if type(matrix) is Quotient and type(matrix.numerator) is OneMatrix:
        return to.emit("divide", (_literal(coefficient), to.matrix(matrix.denominator)), matrix.shape, name)
    if coefficient == -1:
        return to.emit("negative", (to.matrix(matrix),), matrix.shape, name)
    return to.emit("multiply", (to.matrix(matrix), _literal(coefficient)), matrix.shape, name)


def _power(to: Emitter, node: Node, name: str | None) -> str:
    return _raised(to, to.matrix(node.args[0]), node.args[1], node.shape, name)


def _raised(to: Emitter, base: str, exponent: Expr, shape: Shape, name: str | None) -> str:
    """Small whole powers by multiplication, roots by sqrt: both far faster than pow."""
    if exponent == S.Half:
        return to.emit("sqrt", (base,), shape, name)
    if exponent == -1:
        return to.emit("divide", (Literal(S.One), base), shape, name)
    if exponent == 0:
        return to.emit("ones", (), shape, name)
    if exponent.is_Integer and abs(exponent) <= MAX_MULTIPLIED_POWER:
        if exponent < 0:
            return to.emit("divide", (Literal(S.One), _raised(to, base, -exponent, shape, None)), shape, name)
        half = int(exponent) // 2
        root = base if half == 1 else _raised(to, base, Integer(half), shape, None)
        squared = to.emit("multiply", (root, root), shape, None if exponent % 2 else name)
        return to.emit("multiply", (squared, base), shape, name) if exponent % 2 else squared
    return to.emit("power", (base, Literal(exponent)), shape, name)


def _function(to: EntrywiseEmitter, node: Node, name: str | None) -> str:
    """A function of each entry: one instruction, or what it is written out as."""
    if node.function in EXPANSIONS:
        expanded = Elaboration({"X": node.argument}).matrix(_expansion(node.function))
        if node.function == "sigmoid":
            to.saturating |= set(subexpressions(expanded)) - to.values.keys()
        return to.value(expanded, name)
    argument = to.matrix(node.argument)
    if node.function in CATALOGUE:
        return to.emit(node.function, (argument,), node.shape, name, **_saturates(to, node))
    return to.emit("call", (argument,), node.shape, name, function=node.function, order=node.order)


def _saturates(to: EntrywiseEmitter, node: Node) -> dict[str, bool]:
    return {"saturates": True} if node in to.saturating else {}


def _operands(to: Emitter, nodes: Iterable[Node]) -> list[Arg]:
    """The operands of an instruction: constants stay numbers, and one at least is a matrix and gives the shape."""
    first, *rest = nodes
    args = [_operand(to, first), *(_operand(to, node) for node in rest)]
    return args if any(isinstance(arg, str) for arg in args) else [to.matrix(first), *args[1:]]


def _operand(to: Emitter, node: Node) -> Arg:
    return _literal(split_number(node)[0]) if fills_a_shape(node) else to.matrix(node)


def _literal(value: Expr) -> Literal:
    """Raises LimitError for a number that double precision does not reach."""
    if value.free_symbols:
        return Literal(value)
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise LimitError("a coefficient is beyond the range of double precision")
    return Literal(value)


def _is_negative(term: Node) -> bool:
    return has_minus(split_number(term)[0])


def _without_sign(term: Node) -> Node:
    number, matrix = split_number(term)
    return scale(-number if has_minus(number) else number, matrix)


@cache
def _expansion(function: str) -> Syntax:
    return formula(EXPANSIONS[function], f"the expansion of {function}")


ENTRYWISE: dict[type, Callable[[EntrywiseEmitter, Node, str | None], str]] = {
    HadamardProduct: _hadamard,
    Scale: _scale,
    Quotient: _quotient,
    HadamardPower: _power,
    Elementwise: _function,
}
"""How the other operations of entries are lowered; a sum may also be one of matrices with a structure."""
