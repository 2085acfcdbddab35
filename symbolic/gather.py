"""Traces and scalars as a mathematician writes them: what moves stands last, tr(A'B δX) and not tr(δX'B'A).

tr(A B) = tr(B A) and tr(A) = tr(A') move the one factor that holds a differential to the end; terms that then
differ in one place only are put together, δx'B x + x'B δx = x'(B' + B) δx. A sum inside a trace is taken apart only
where its terms come together again; what stands around it may then be there twice, as P and P' in
tr(P (δX + δX')) = tr((P + P') δX).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, groupby

from sympy import Expr, MatAdd, MatMul, MatrixSymbol, Transpose

from symbolic.language.names import split_mark
from symbolic.nodes import (
    SCALAR,
    Node,
    Operation,
    add,
    matrix_power,
    multiply,
    operate,
    scale,
    split_number,
    subexpressions,
)  # fmt: skip
from symbolic.structure import Structure

Factors = tuple[Node, ...]

LONGEST_POWER = 8


@dataclass(frozen=True)
class Term:
    """number · left · moving · right, inside a trace or, where it is 1×1, as it stands."""

    number: Expr
    left: Factors
    moving: Node
    right: Factors
    traced: bool

    def node(self) -> Node:
        number, product = split_number(multiply(*_with_powers(self.left), self.moving, *_with_powers(self.right)))
        return scale(self.number * number, operate("tr", product) if self.traced else product)


def gather(node: Node, structure: Structure) -> Node | None:
    """A trace, a 1×1 product, or a sum of these, with what moves last and like terms together; None: it is so."""
    if node.shape != SCALAR or (type(node) is Operation and node.name != "tr"):
        return None
    terms, rest = _terms(node, structure)
    if not terms:
        return None
    gathered = _together(terms)
    distributed = len(terms) > len(node.args if type(node) is MatAdd else (node,)) - len(rest)
    if distributed and len(gathered) == len(terms):
        return None
    after = add(*(term.node() for term in gathered), *rest)
    return None if after == node else after


def _terms(node: Node, structure: Structure) -> tuple[list[Term], list[Node]]:
    """The terms in which exactly one factor moves, and the others as they are."""
    found: list[Term] = []
    rest: list[Node] = []
    for term in node.args if type(node) is MatAdd else (node,):
        parts = [_oriented(part, structure) for part in _distributed(term)]
        if parts and all(part is not None for part in parts):
            found += [part for part in parts if part is not None]
        else:
            rest.append(term)
    return found, rest


def _distributed(term: Node) -> list[tuple[Expr, Factors, bool]]:
    """tr(A (B + C) D) as tr(A B D) + tr(A C D), where the sum is what moves; number, factors, whether traced."""
    number, matrix = split_number(term)
    traced = type(matrix) is Operation and matrix.name == "tr"
    inside = matrix.operands[0] if traced else matrix
    if not traced and type(matrix) is not MatMul:
        return []
    pieces = []
    for summand in inside.args if type(inside) is MatAdd else (inside,):
        inner, product = split_number(summand)
        factors = product.args if type(product) is MatMul else (product,)
        sums = [k for k, factor in enumerate(factors) if type(factor) is MatAdd and _moves(factor, _level(term))]
        for choice in factors[sums[0]].args if len(sums) == 1 else (None,):
            if choice is None:
                pieces.append((number * inner, factors, traced))
                continue
            coefficient, chosen = split_number(choice)
            links = chosen.args if type(chosen) is MatMul else (chosen,)
            pieces.append(
                (number * inner * coefficient, (*factors[: sums[0]], *links, *factors[sums[0] + 1 :]), traced)
            )
    return pieces


def _oriented(piece: tuple[Expr, Factors, bool], structure: Structure) -> Term | None:
    """One piece with its moving factor not transposed and, in a trace, at the end; None where none or several move."""
    number, factors, traced = piece
    level = max(map(_level, factors), default=0)
    moving = [k for k, factor in enumerate(factors) if level and _moves(factor, level)]
    if len(moving) != 1:
        return None
    before, moved, after = factors[: moving[0]], factors[moving[0]], factors[moving[0] + 1 :]
    if type(moved) is Transpose:
        before, after = _flipped(after, structure), _flipped(before, structure)
        moved = moved.args[0]
    left, right = ((*after, *before), ()) if traced else (before, after)
    return Term(number, _flat(left), moved, _flat(right), traced)


def _flipped(factors: Factors, structure: Structure) -> Factors:
    """(A B)' = B' A'"""
    return tuple(structure.flip(factor) for factor in reversed(factors))


def _flat(factors: Iterable[Node]) -> Factors:
    """Products and short powers as their factors: A B² as A, B, B."""
    return tuple(chain.from_iterable(map(_factors, factors)))


def _factors(node: Node) -> Factors:
    if type(node) is MatMul:
        return _flat(node.args)
    if type(node) is Operation and node.name == "matrix_power" and node.parameters[0] <= LONGEST_POWER:
        return tuple(node.operands) * int(node.parameters[0])
    return (node,)


def _with_powers(factors: Factors) -> list[Node]:
    """A, B, B as A, B²"""
    runs = ((factor, len(list(run))) for factor, run in groupby(factors))
    return [matrix_power(factor, length) for factor, length in runs]


def _together(terms: list[Term]) -> list[Term]:
    """Terms that differ in what stands before, or behind, the same moving factor become one."""
    groups: dict[tuple[Node, bool], list[Term]] = {}
    for term in terms:
        alike = groups.setdefault((term.moving, term.traced), [])
        for k, other in enumerate(alike):
            joined = _joined(other, term)
            if joined is not None:
                alike[k] = joined
                break
        else:
            alike.append(term)
    return [term for alike in groups.values() for term in alike]


def _joined(one: Term, two: Term) -> Term | None:
    """The sum of two terms with the same moving factor as one term, or None."""
    if one.left == two.left and one.right == two.right:
        return Term(one.number + two.number, one.left, one.moving, one.right, one.traced)
    if one.right == two.right:
        left = _sum_of(one.number, one.left, two.number, two.left)
        return left and Term(left[0], left[1], one.moving, one.right, one.traced)
    if one.left == two.left:
        right = _sum_of(one.number, one.right, two.number, two.right)
        return right and Term(right[0], one.left, one.moving, right[1], one.traced)
    return None


def _sum_of(a: Expr, one: Factors, b: Expr, two: Factors) -> tuple[Expr, Factors] | None:
    """a P + b Q with common first and last factors put outside; None where nothing would be left of one."""
    first = 0
    while first < min(len(one), len(two)) - 1 and one[first] == two[first]:
        first += 1
    last = 0
    while last < min(len(one), len(two)) - 1 - first and one[-1 - last] == two[-1 - last]:
        last += 1
    middles = [factors[first : len(factors) - last] for factors in (one, two)]
    if not all(middles):
        return None
    common = a if a == b else a / a
    inside = add(*(scale(c / common, multiply(*_with_powers(m))) for c, m in zip((a, b), middles, strict=True)))
    return common, (*one[:first], inside, *one[len(one) - last :])


def _level(node: Node) -> int:
    """The highest mark of a differential in an expression: 1 for δX, 2 for δ₂X, 0 where nothing moves."""
    return max((split_mark(part.name)[0] for part in subexpressions(node) if type(part) is MatrixSymbol), default=0)


def _moves(node: Node, level: int) -> bool:
    return _level(node) == level > 0
