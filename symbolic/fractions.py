"""Scalars as one fraction: (1/y) a as a/y, and what stands above and below cancelled, det(X) (1/det(X)) = 1.

The factors of a 1×1 expression, and the 1×1 coefficients of a matrix, are counted by their bases: c.^2 c (1/c) is c.^2.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, HadamardPower, OneMatrix, S

from symbolic.nodes import (
    SCALAR,
    Node,
    Quotient,
    Scale,
    is_number,
    is_scalar,
    multiply,
    ones,
    power,
    quotient,
    scale,
    split_number,
)

Factor = tuple[Node, Expr]
"""A 1×1 base and its exponent."""
ONE = ones(*SCALAR)


def as_fraction(node: Node) -> Node | None:
    """A scalar, or a multiple by one, as a single fraction in lowest terms; None where nothing comes together."""
    number, matrix = split_number(node)
    if (type(matrix) is not Scale or is_number(matrix.coefficient)) and not is_scalar(matrix):
        return None
    found = list(_factors(matrix, S.One))
    scalars = [(base, exponent) for base, exponent in found if base.shape == SCALAR]
    rest = [base for base, _ in found if base.shape != SCALAR]
    if not _comes_together(scalars, is_multiple=bool(rest)):
        return None
    after = _built(scalars)
    if rest:
        after = scale(after, rest[0])
    after = scale(number, after)
    return None if after == node else after


def _factors(node: Node, exponent: Expr) -> Iterator[Factor]:
    """The factors of a product of scalars, those below a line with negative exponents; then what is no scalar."""
    if type(node) is Scale:
        if not is_number(node.coefficient):
            yield from _factors(node.coefficient, exponent)
            yield from _factors(node.matrix, exponent)
            return
    elif node.shape == SCALAR and type(node) is Quotient:
        yield from _factors(node.numerator, exponent)
        yield from _factors(node.denominator, -exponent)
        return
    elif node.shape == SCALAR and type(node) is HadamardPower:
        yield node.args[0], exponent * node.args[1]
        return
    if type(node) is not OneMatrix or node.shape != SCALAR:
        yield node, exponent


def _comes_together(scalars: list[Factor], is_multiple: bool) -> bool:
    """Whether a base occurs twice, or a scalar stands beside a fraction of which it could be the numerator."""
    bases = [base for base, _ in scalars]
    above = sum(1 for _, exponent in scalars if exponent.is_positive)
    below = len(scalars) - above
    return len(set(bases)) < len(bases) or (not is_multiple and above > 0 and below > 0) or below > 1


def _built(scalars: list[Factor]) -> Node:
    totals: dict[Node, Expr] = {}
    for base, exponent in scalars:
        totals[base] = totals.get(base, S.Zero) + exponent
    above = [power(base, exponent) for base, exponent in totals.items() if exponent.is_positive]
    below = [power(base, -exponent) for base, exponent in totals.items() if exponent.is_negative]
    numerator = multiply(*above) if above else ONE
    return quotient(numerator, multiply(*below)) if below else numerator
