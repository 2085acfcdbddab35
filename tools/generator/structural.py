"""The operations that are nodes of their own: sums, products, quotients, powers, transposes, multiples."""

from __future__ import annotations

from itertools import pairwise

import sympy
from sympy import Expr, Integer, Rational, S

from symbolic import nodes
from symbolic.nodes import Node
from tools.generator.requests import (
    ANY,
    DISTINCT,
    ONE,
    POSITIVE,
    REGULAR,
    SPD,
    SPECTRUM,
    SYMMETRIC,
    UNIT,
    Chooser,
    Need,
    Plan,
    Production,
    Request,
    ask,
)  # fmt: skip

_TERMWISE = {
    ANY: ANY,
    DISTINCT: DISTINCT,
    REGULAR: DISTINCT,
    POSITIVE: POSITIVE,
    SPECTRUM: SPD,
    SYMMETRIC: SYMMETRIC,
    SPD: SPD,
}
"""What sums and Hadamard products of two such matrices have too."""


def add(chooser: Chooser, request: Request) -> Plan | None:
    """A + B, A - B, A + B + C; X + X' is symmetric, and c + A has an entry added to each."""
    need = _given(chooser, _TERMWISE, request)
    if need is None:
        return None
    if need is SYMMETRIC and chooser.chance(0.5):
        return Plan((request.but(DISTINCT),), lambda X: nodes.add(X, nodes.transpose(X)))
    if need is ANY and chooser.chance(0.15):
        ones = nodes.ones(*request.shape)
        return Plan((ask(ONE, ONE), request), lambda c, X: nodes.add(nodes.scale(c, ones), X))
    if need is ANY and chooser.chance(0.15):
        constant = nodes.scale(chooser.pick(_NUMBERS), nodes.ones(*request.shape))
        return Plan((request,), lambda X: nodes.add(constant, X))
    signs = [S.One, chooser.pick((S.One, S.NegativeOne)) if need is ANY else S.One]
    signs += [S.One] * chooser.chance(0.15)
    return Plan((request.but(need),) * len(signs), lambda *terms: nodes.add(*map(nodes.scale, signs, terms)))


def multiply(chooser: Chooser, request: Request) -> Plan | None:
    """A chain of two or three factors; X X' is symmetric and, where X has full rank, positive definite."""
    if request.need in (SYMMETRIC, SPD) and not request.is_scalar:
        count = 2 if request.need is SPD and chooser.chance(0.3) else 1
        return Plan((request.but(DISTINCT),) * count, _gram)
    need = _given(chooser, {ANY: ANY, DISTINCT: DISTINCT, REGULAR: REGULAR, POSITIVE: POSITIVE, SPECTRUM: SPD}, request)
    if need is None:
        return None
    generic = need is not ANY and need is not POSITIVE
    sizes = [request.rows if generic else chooser.size() for _ in range(1 + chooser.chance(0.2))]
    if request.is_scalar:
        sizes = [size if size != 1 else next((s for s in chooser.sizes if s != 1), Integer(2)) for size in sizes]
    if need is SPD and chooser.chance(0.7):
        sizes = sizes[:1]
    links = pairwise([request.rows, *sizes, request.cols])
    return Plan(tuple(ask(rows, cols, need) for rows, cols in links), nodes.multiply)


def _gram(*terms: Node) -> Node:
    """X X' of a sum X"""
    X = nodes.add(*terms)
    return nodes.multiply(X, nodes.transpose(X))


def hadamard(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_TERMWISE, UNIT: UNIT}, request)
    if need is None or request.is_scalar:
        return None
    return Plan((request.but(need),) * (2 + chooser.chance(0.15)), nodes.hadamard)


def quotient(chooser: Chooser, request: Request) -> Plan | None:
    """A ./ B; 1 ./ B"""
    gives = {ANY: ANY, DISTINCT: DISTINCT, REGULAR: DISTINCT, POSITIVE: POSITIVE}
    if request.need in (SYMMETRIC, SPD):
        need: Need | None = request.need if chooser.hopeful else None
    else:
        need = _given(chooser, gives, request)
    if need is None:
        return None
    below = need if need in (SYMMETRIC, SPD) else POSITIVE
    if need is ANY:
        below = chooser.pick((POSITIVE, POSITIVE, DISTINCT))
        if chooser.chance(0.2):
            return Plan((request.but(below),), lambda B: nodes.quotient(nodes.ones(*request.shape), B))
    return Plan((request.but(need), request.but(below)), nodes.quotient)


def power(chooser: Chooser, request: Request) -> Plan | None:
    """A.^k, whole and negative powers, roots"""
    gives = {
        ANY: ANY,
        DISTINCT: POSITIVE,
        REGULAR: POSITIVE,
        POSITIVE: POSITIVE,
        UNIT: UNIT,
        SPD: SPD,
        SPECTRUM: SPD,
        SYMMETRIC: SYMMETRIC,
    }
    need = _given(chooser, gives, request)
    if need is None:
        return None
    exponents: tuple[Expr, ...] = _POWERS if need in (UNIT, SPD, SYMMETRIC) else (*_POWERS, *_OTHER_POWERS)
    exponent = chooser.pick(exponents)
    base = POSITIVE if exponent in _OTHER_POWERS else need
    return Plan((request.but(base),), lambda X: nodes.power(X, exponent))


def transpose(chooser: Chooser, request: Request) -> Plan | None:
    if request.is_scalar:
        return None
    return Plan((ask(*request.flipped, request.need),), nodes.transpose)


def multiple(chooser: Chooser, request: Request) -> Plan | None:
    """A number times a matrix; the number may have sizes in it."""
    numbers: tuple[Expr, ...] = _FRACTIONS if request.need is UNIT else _POSITIVE_NUMBERS
    if request.need not in (POSITIVE, SPD, SPECTRUM, UNIT):
        numbers = _NUMBERS
    symbols = [size for size in chooser.sizes if size.is_Symbol]
    if symbols and chooser.chance(0.3):
        size = chooser.pick(symbols)
        numbers = (1 / size, 1 / sympy.sqrt(size), *([2 * size] if request.need is not UNIT else []))
    number = chooser.pick(numbers)
    return Plan((request,), lambda X: nodes.scale(number, X))


def scale(chooser: Chooser, request: Request) -> Plan | None:
    """A 1×1 matrix times a matrix"""
    need = _given(chooser, {need: need for need in Need}, request)
    coefficient = need if need in (UNIT, ANY) else POSITIVE
    assert need is not None
    return Plan((ask(ONE, ONE, coefficient), request.but(need)), nodes.scale)


def _given(chooser: Chooser, gives: dict[Need, Need], request: Request) -> Need | None:
    """What is needed of the operands; where nothing makes sure, the same, and hope."""
    found = gives.get(request.need)
    return request.need if found is None and chooser.hopeful else found


_FRACTIONS = (Rational(1, 2), Rational(1, 3), Rational(3, 4))
_POSITIVE_NUMBERS: tuple[Expr, ...] = (*_FRACTIONS, Integer(2), Integer(3), sympy.sqrt(2), S.Pi)
_NUMBERS: tuple[Expr, ...] = (*_POSITIVE_NUMBERS, Integer(-1), Integer(-2), Rational(-1, 3), -sympy.sqrt(2) / 3)
_POWERS = (Integer(2), Integer(3))
_OTHER_POWERS = (Integer(-1), Integer(-2), Rational(1, 2), Rational(-1, 2), Rational(1, 3), Rational(3, 2), S.Pi)

STRUCTURAL: dict[str, Production] = {
    "add": add,
    "matmul": multiply,
    "hadamard": hadamard,
    "quotient": quotient,
    "power": power,
    "transpose": transpose,
    "multiple": multiple,
    "scale": scale,
}
