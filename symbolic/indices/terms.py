"""What an index form is made of: sums over indices of products of entries, of conditions, and of sums in brackets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Union

from sympy import Expr, S

from symbolic.indices.affine import Affine, Index
from symbolic.indices.entries import At
from symbolic.nodes import Node


@dataclass(frozen=True)
class Term:
    """number · Σ over `sums` of [equal = 0] [least ≥ 0] · Π factors / Π divisors"""

    factors: tuple[Factor, ...] = ()
    divisors: tuple[Factor, ...] = ()
    sums: tuple[Index, ...] = ()
    equal: tuple[Affine, ...] = ()
    least: tuple[Affine, ...] = ()
    number: Expr = S.One

    @property
    def parts(self) -> tuple[Factor, ...]:
        return (*self.factors, *self.divisors)

    @property
    def conditions(self) -> tuple[Affine, ...]:
        return (*self.equal, *self.least)


@dataclass(frozen=True)
class Group:
    """A sum of terms; of none, zero."""

    terms: tuple[Term, ...]


Factor = Union[At, Group]


def changed(term: Term, change: Callable[[Affine], Affine]) -> Term:
    """With every place and condition of a term changed."""

    def factor(part: Factor) -> Factor:
        if isinstance(part, At):
            return At(part.matrix, change(part.row), change(part.col))
        return Group(tuple(changed(inner, change) for inner in part.terms))

    return replace(
        term,
        factors=tuple(map(factor, term.factors)),
        divisors=tuple(map(factor, term.divisors)),
        equal=tuple(map(change, term.equal)),
        least=tuple(map(change, term.least)),
    )


def entries_in(part: Factor) -> Iterator[At]:
    """Every entry in a factor, those in brackets too."""
    if isinstance(part, At):
        yield part
        return
    for term in part.terms:
        for inner in term.parts:
            yield from entries_in(inner)


def affines_in(part: Factor) -> Iterator[Affine]:
    """Every place and condition in a factor."""
    if isinstance(part, At):
        yield from (part.row, part.col)
        return
    for term in part.terms:
        yield from term.conditions
        for inner in term.parts:
            yield from affines_in(inner)


def moves(part: Factor, seeds: frozenset[Node]) -> bool:
    """Whether an entry of a seed is in a factor."""
    return any(at.matrix in seeds for at in entries_in(part))
