"""Sizes in expressions: ones(2*n, 1), X[1:n-1, :], reshape(X, n*m, 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Add, Integer, Min, Mul, Pow

from symbolic.errors import LimitError, ReadError, Span
from symbolic.language.syntax import Least, Name, Number, Power, Product, Sum, Syntax
from symbolic.nodes import Shape, expand_size
from symbolic.unification import may_be_positive

MAX_SIZE = 10**12
_RANGE = "a size is a whole number from 1 to 10^12"
MAX_COUNT = 10**18
MAX_PARTS = 20
MAX_TERMS = 100
MAX_DEGREE = 100

Known = Callable[[str], Any]
"""The size of a name."""


def length(syntax: Syntax, known: Known) -> Any:
    """How many rows or columns are written: at least one, as far as is known. Raises ReadError for what is no size."""
    value = place(syntax, known)
    if not may_be_positive(value) or (value.is_Integer and value > MAX_SIZE):
        raise ReadError(_RANGE, syntax.span)
    return value


def place(syntax: Syntax, known: Known) -> Any:
    """The number of a row or column that is written."""
    if _parts(syntax) > MAX_PARTS:
        raise LimitError(f"a size with more than {MAX_PARTS} parts", syntax.span)
    return checked(_value(syntax, known), syntax.span)


def checked(size: Any, span: Span) -> Any:
    """The size in the one form of equal sizes. Raises LimitError for one that has grown beyond use."""
    if size.is_Symbol:
        return size
    terms, degree = _growth(size)
    if terms > MAX_TERMS or degree > MAX_DEGREE:
        raise LimitError("this gives a matrix whose size is too long to write", span)
    size = size if _is_written_out(size) else expand_size(size)
    if any(abs(term.as_coeff_Mul()[0]) > MAX_COUNT for term in Add.make_args(size)):
        raise LimitError("this gives a matrix of more than 10^18 rows or columns", span)
    return size


def checked_shape(shape: Shape, span: Span) -> Shape:
    return checked(shape[0], span), checked(shape[1], span)


def _parts(syntax: Syntax) -> int:
    match syntax:
        case Sum(terms):
            return sum(_parts(term) for _, term in terms)
        case Product(first, rest):
            return _parts(first) + sum(_parts(factor) for _, factor in rest)
        case Least(sizes):
            return sum(map(_parts, sizes))
        case Power(base, Number(exponent)):
            return max(1, int(_parts(base) * exponent))
    return 1


def _value(syntax: Syntax, known: Known) -> Any:
    match syntax:
        case Number(value) if value.denominator == 1 and value <= MAX_SIZE:
            return Integer(value.numerator)
        case Number(value) if value.denominator == 1:
            raise ReadError(_RANGE, syntax.span)
        case Name(name) if name != "pi":
            return known(name)
        case Sum(terms):
            return Add(*(sign * _value(term, known) for sign, term in terms))
        case Product(first, rest) if all(operator == "*" for operator, _ in rest):
            return Mul(_value(first, known), *(_value(factor, known) for _, factor in rest))
        case Power(base, Number(exponent), False) if exponent.denominator == 1:
            return _value(base, known) ** int(exponent)
        case Least(sizes):
            return Min(*(_value(size, known) for size in sizes))
    raise ReadError("a size is expected here: a whole number, a name, or a sum or product of these", syntax.span)


def _is_written_out(size: Any) -> bool:
    """Whether a size is a sum of products of names and numbers."""
    return all(factor.is_Atom for term in Add.make_args(size) for factor in Mul.make_args(term))


def _growth(size: Any) -> tuple[int, int]:
    """How many terms a size has when it is written out, and its degree."""
    if size.is_Symbol:
        return 1, 1
    parts = [_growth(part) for part in size.args if not part.is_Integer]
    if isinstance(size, Pow):
        (terms, degree), exponent = parts[0], min(int(size.exp), MAX_DEGREE + 1)
        return terms**exponent, degree * exponent
    if isinstance(size, Mul):
        terms, degree = 1, 0
        for more, higher in parts:
            terms, degree = min(terms * more, MAX_TERMS + 1), degree + higher
        return terms, degree
    return max(1, sum(terms for terms, _ in parts)), max((degree for _, degree in parts), default=0)
