"""Syntax to nodes, once every shape is known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, TypeAlias

from sympy import Expr, Rational, S

from symbolic import nodes, scalars, shapes
from symbolic.errors import LimitError, NotSupported, ReadError, Span
from symbolic.functions import CATALOGUE
from symbolic.language.syntax import Call, Filled, Name, Number, Power, Product, Sum, Syntax, Transposed
from symbolic.nodes import SCALAR, Node, is_number

MAX_SCALARS = 200

Value: TypeAlias = Any
"""A number (a SymPy expression without symbols) or a matrix."""


class Elaboration:
    """`names`: the matrix each name stands for."""

    def __init__(self, names: Mapping[str, Node]) -> None:
        self.names = names

    def matrix(self, syntax: Syntax) -> Node:
        """The node of an expression; a number is a 1×1 matrix."""
        return as_matrix(self.value(syntax))

    def value(self, syntax: Syntax) -> Value:
        match syntax:
            case Number(value):
                return Rational(value.numerator, value.denominator)
            case Name("pi"):
                return S.Pi
            case Name(name):
                return self.names[name]
            case Filled():
                return _filled(syntax)
            case Call():
                return self._call(syntax)
            case Transposed(argument):
                inner = self.value(argument)
                return inner if is_number(inner) else nodes.transpose(inner)
            case Power():
                return self._power(syntax)
            case Sum(terms):
                return _sum([(sign, self.value(term)) for sign, term in terms], syntax.span)
            case Product():
                return self._product(syntax)

    def _call(self, syntax: Call) -> Value:
        argument = self.value(syntax.argument)
        if syntax.function in CATALOGUE:
            if is_number(argument):
                return scalars.call(syntax.function, syntax.order, argument, syntax.span)
            if syntax.order:
                return scalars.spread(scalars.derivative_at(syntax.function, syntax.order, scalars.ARGUMENT), argument)
        return nodes.apply(syntax.function, as_matrix(argument), syntax.order)

    def _power(self, syntax: Power) -> Value:
        base, exponent = self.value(syntax.base), self.value(syntax.exponent)
        if not is_number(exponent):
            raise NotSupported("the exponent must be a number", syntax.exponent.span)
        if is_number(base):
            return scalars.raise_to(base, exponent, syntax.span)
        scalars.check_exponent(exponent, syntax.exponent.span)
        if syntax.elementwise or base.shape == SCALAR:
            return nodes.power(base, exponent)
        raise NotSupported(
            "powers of a matrix are not supported yet", syntax.span, hint="the elementwise power is written X.^2"
        )

    def _product(self, syntax: Product) -> Value:
        """Left to right; a run of matrix products is built at once, so that a long chain costs linear time."""
        value = self.value(syntax.first)
        for operator, run in groupby(syntax.rest, key=lambda pair: pair[0]):
            factors = [(self.value(factor), factor) for _, factor in run]
            if operator == "*":
                value = _times([value, *(factor for factor, _ in factors)], syntax.span)
                continue
            for factor, written in factors:
                if operator == ".*":
                    value = _hadamard(value, factor, written)
                else:
                    value = _divide(operator, value, factor, written)
        return value


def as_matrix(value: Value) -> Node:
    return nodes.constant(value) if is_number(value) else value


def _is_scalar(value: Value) -> bool:
    return is_number(value) or value.shape == SCALAR


def _filled(syntax: Filled) -> Node:
    sizes = [shapes.as_size(size) for size in syntax.sizes]
    match syntax.function:
        case "ones":
            return nodes.ones(*sizes)
        case "zeros":
            return nodes.zeros(*sizes)
    return nodes.identity(*sizes)


def _sum(terms: list[tuple[int, Value]], span: Span) -> Value:
    """Numbers and 1×1 matrices are added to every entry."""
    values = [value if sign > 0 else _negative(value) for sign, value in terms]
    if all(map(is_number, values)):
        return scalars.total(values, span)
    shape = next((v.shape for v in values if not _is_scalar(v)), SCALAR)
    return nodes.add(*(_spread_to(value, shape) for value in values))


def _spread_to(value: Value, shape: nodes.Shape) -> Node:
    if not is_number(value) and value.shape == shape:
        return value
    return nodes.scale(value, nodes.ones(*shape))


def _negative(value: Value) -> Value:
    return -value if is_number(value) else nodes.negative(value)


def _times(values: list[Value], span: Span) -> Value:
    """The matrix product; where one side is a number or 1×1, the multiple."""
    number = scalars.product([value for value in values if is_number(value)], span)
    scalar = [value for value in values if not is_number(value) and value.shape == SCALAR]
    chain = [value for value in values if not is_number(value) and value.shape != SCALAR]
    if len(scalar) > MAX_SCALARS:
        raise LimitError(f"more than {MAX_SCALARS} scalar factors", span, hint="name a part of the product")
    if not chain and not scalar:
        return number
    matrix = nodes.multiply(*chain) if chain else scalar.pop()
    for coefficient in reversed(scalar):
        matrix = nodes.scale(coefficient, matrix)
    return _multiple(number, matrix, span)


def _multiple(number: Expr, matrix: Node, span: Span) -> Node:
    """c X, where the coefficients already in X must not grow beyond the limits either."""
    inner, matrix = nodes.split_number(matrix)
    return nodes.scale(scalars.product([number, inner], span), matrix)


def _hadamard(left: Value, right: Value, written: Syntax) -> Value:
    if _is_scalar(left) or _is_scalar(right):
        return _times([left, right], written.span)
    return nodes.hadamard(left, right)


def _divide(operator: str, above: Value, below: Value, written: Syntax) -> Value:
    if is_number(below):
        if is_number(above):
            return scalars.divide(above, below, written.span)
        return _multiple(scalars.divide(S.One, below, written.span), above, written.span)
    if nodes.split_number(below)[0] == 0:
        raise ReadError("division by zero", written.span)
    if below.shape == SCALAR:
        if _is_scalar(above):
            return nodes.quotient(as_matrix(above), below)
        return nodes.scale(nodes.quotient(nodes.ones(*SCALAR), below), above)
    if operator == "/":
        raise NotSupported(
            "division by a matrix is not supported yet", written.span, hint="the elementwise quotient is written A ./ B"
        )
    if _is_scalar(above):
        return nodes.scale(above, nodes.quotient(nodes.ones(*below.shape), below))
    return nodes.quotient(above, below)
