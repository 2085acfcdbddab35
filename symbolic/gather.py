"""Traces and scalars as a mathematician writes them: what moves stands last, tr(A'B δX) and not tr(δX'B'A).

tr(A B) = tr(B A) and tr(A) = tr(A') move the one factor that holds a differential to the end; terms that then
differ in one place only are put together, δx'B x + x'B δx = x'(B' + B) δx. A sum inside a trace is taken apart only
where its terms come together again; what stands around it may then be there twice, as P and P' in
tr(P (δX + δX')) = tr((P + P') δX).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby

from sympy import Expr, MatAdd, MatMul, MatrixSymbol, S, Transpose

from symbolic.language.names import split_mark
from symbolic.nodes import (
    Node,
    Operation,
    add,
    is_scalar,
    matrix_power,
    multiply,
    operate,
    scale,
    split_number,
    transpose,
)
from symbolic.structure import Structure
from symbolic.walks import subexpressions

Factors = tuple[Node, ...]
Piece = tuple[Expr, Factors, bool]
"""A number, factors, and whether they are inside a trace."""

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
    if not is_scalar(node) or (type(node) is Operation and node.name != "tr"):
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


def _distributed(term: Node) -> list[Piece]:
    """tr(A (B + C) D) as tr(A B D) + tr(A C D), where the sum is what moves."""
    number, matrix = split_number(term)
    traced = type(matrix) is Operation and matrix.name == "tr"
    if not traced and type(matrix) is not MatMul:
        return []
    level = highest_mark(term)
    inside = matrix.operands[0] if traced else matrix
    return [(value, factors, traced) for value, factors in _expanded(number, (inside,), level)]


def _expanded(number: Expr, factors: Factors, level: int) -> Iterator[tuple[Expr, Factors]]:
    """The products that a product is the sum of, as long as one factor moves: that one is taken apart."""
    moving = [k for k, factor in enumerate(factors) if _moves(factor, level)]
    if len(moving) != 1:
        yield number, factors
        return
    before, (inner, moved), after = factors[: moving[0]], split_number(factors[moving[0]]), factors[moving[0] + 1 :]
    if type(moved) is Transpose:
        sign, moved = split_number(_transposed_parts(moved.args[0]))
        inner = inner * sign
    parts = _parts(moved, level)
    if not parts:
        yield number, factors
    for part in parts:
        yield from _expanded(number * inner, (*before, *part, *after), level)


def _parts(node: Node, level: int) -> list[Factors]:
    """The terms of a sum, the factors of a product, A \\ B as A⁻¹, B where B moves; nothing for what is one factor."""
    if type(node) is MatAdd:
        return [(term,) for term in node.args]
    if type(node) is MatMul:
        return [node.args]
    if type(node) is Operation and node.name == "solve" and not _moves(node.operands[0], level):
        return [(operate("inv", node.operands[0]), node.operands[1])]
    return []


def _transposed_parts(node: Node) -> Node:
    """A' with the transpose inside a sum, a product or a solution; as it stands where there is nothing inside."""
    number, matrix = split_number(node)
    if type(matrix) is MatAdd:
        return scale(number, add(*map(transpose, matrix.args)))
    if type(matrix) is MatMul:
        return scale(number, multiply(*map(transpose, reversed(matrix.args))))
    if type(matrix) is Operation and matrix.name == "solve":
        below, above = matrix.operands
        return scale(number, multiply(transpose(above), transpose(operate("inv", below))))
    return transpose(node)


def _oriented(piece: Piece, structure: Structure) -> Term | None:
    """One piece with its moving factor not transposed and, in a trace, at the end; None where none or several move."""
    number, factors, traced = piece
    level = max(map(highest_mark, factors), default=0)
    moving = [k for k, factor in enumerate(factors) if level and _moves(factor, level)]
    if len(moving) != 1:
        return None
    before, moved, after = _flat(factors[: moving[0]]), factors[moving[0]], _flat(factors[moving[0] + 1 :])
    if type(moved) is Transpose:
        before, after = _flipped(after, structure), _flipped(before, structure)
        moved = moved.args[0]
    left, right = ((*after, *before), ()) if traced else (before, after)
    return Term(number, left, moved, right, traced)


def _flipped(factors: Factors, structure: Structure) -> Factors:
    """(A B)' = B' A'"""
    return tuple(_flipped_factor(factor, structure) for factor in reversed(factors))


def _flipped_factor(factor: Node, structure: Structure) -> Node:
    """A sum stays together, (A + B)', so that it is known again."""
    flipped = structure.flip(factor)
    return transpose(factor) if type(flipped) is MatAdd and flipped != structure.plain(factor) else flipped


def _flat(factors: Iterable[Node]) -> Factors:
    """Products and short powers as their factors: A B² as A, B, B."""
    return tuple(chain.from_iterable(map(_factors, factors)))


def _factors(node: Node) -> Factors:
    """A \\ B among the others is A⁻¹ B, whose two parts can be told apart."""
    if type(node) is MatMul:
        return _flat(node.args)
    if type(node) is Operation and node.name == "solve":
        return (operate("inv", node.operands[0]), *_factors(node.operands[1]))
    if type(node) is Operation and node.name == "matrix_power" and node.parameters[0] <= LONGEST_POWER:
        return tuple(node.operands) * int(node.parameters[0])
    return (node,)


def _with_powers(factors: Factors) -> list[Node]:
    """A, B, B as A, B²"""
    runs = ((factor, len(list(run))) for factor, run in groupby(factors))
    return [matrix_power(factor, length) for factor, length in runs]


def _together(terms: list[Term]) -> list[Term]:
    """Equal terms, then those that differ in what stands before, or behind, the same moving factor, become one."""
    totals: dict[Term, Expr] = {}
    for term in terms:
        alike = replace(term, number=S.One)
        totals[alike] = totals.get(alike, S.Zero) + term.number
    groups: dict[tuple[Node, bool], list[Term]] = {}
    for alike, number in totals.items():
        _put(replace(alike, number=number), groups.setdefault((alike.moving, alike.traced), []))
    return [term for group in groups.values() for term in group]


def _put(term: Term, group: list[Term]) -> None:
    """Into the first term that it can be joined with, or at the end."""
    for k, other in enumerate(group):
        joined = _joined(other, term)
        if joined is not None:
            group[k] = joined
            return
    group.append(term)


def _joined(one: Term, two: Term) -> Term | None:
    """The sum of two terms with the same moving factor as one term, or None."""
    if one.right == two.right:
        left = _sum_of(one.number, one.left, two.number, two.left)
        return left and replace(one, number=left[0], left=left[1])
    if one.left == two.left:
        right = _sum_of(one.number, one.right, two.number, two.right)
        return right and replace(one, number=right[0], right=right[1])
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
    common = a if b in (a, -a) else S.One
    inside = add(*(scale(c / common, multiply(*_with_powers(m))) for c, m in zip((a, b), middles, strict=True)))
    return common, (*one[:first], inside, *one[len(one) - last :])


def highest_mark(node: Node) -> int:
    """The highest mark of a differential in an expression: 1 for δX, 2 for δ₂X, 0 where nothing moves."""
    return max((split_mark(part.name)[0] for part in subexpressions(node) if type(part) is MatrixSymbol), default=0)


def _moves(node: Node, level: int) -> bool:
    return highest_mark(node) == level > 0
