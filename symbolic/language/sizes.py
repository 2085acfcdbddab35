"""Sizes in expressions: ones(2*n, 1), X[1:n-1, :], reshape(X, n*m, 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Integer, Min

from symbolic.errors import ReadError
from symbolic.language.syntax import Call, Name, Number, Product, Sum, Syntax
from symbolic.nodes import expand_size

Known = Callable[[str], Any]
"""The size of a name."""


def size(syntax: Syntax, known: Known) -> Any:
    """The size that is written. Raises ReadError for what is no size."""
    return expand_size(_value(syntax, known))


def _value(syntax: Syntax, known: Known) -> Any:
    match syntax:
        case Number(value) if value.denominator == 1:
            return Integer(value.numerator)
        case Name(name):
            return known(name)
        case Sum(terms):
            return sum((sign * _value(term, known) for sign, term in terms), Integer(0))
        case Product(first, rest) if all(operator == "*" for operator, _ in rest):
            product = _value(first, known)
            for _, factor in rest:
                product *= _value(factor, known)
            return product
        case Call("min", 0, arguments):
            return Min(*(_value(argument, known) for argument in arguments))
    raise ReadError("a size is expected here: a whole number, a name, or a sum or product of these", syntax.span)
