"""Relations between indices: which i, j go with which a, b. A relation is a union of pieces, each a conjunction.

A piece says e = 0 and e ≥ 0 of affine expressions in the indices; an index that is bound stands for "some k". Of a
union that grows too long, conditions are left out: a relation can be larger than it has to be, and never smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from sympy import S

from symbolic.indices.affine import Affine, Index, affine

MAX_PIECES = 12


@dataclass(frozen=True)
class Piece:
    """All of `equal` are 0 and all of `least` are ≥ 0, for some values of the bound indices."""

    equal: frozenset[Affine] = frozenset()
    least: frozenset[Affine] = frozenset()

    @property
    def bound(self) -> tuple[Index, ...]:
        found = {index for condition in (*self.equal, *self.least) for index in condition.indices if index.bound}
        return tuple(sorted(found, key=lambda index: index.name))

    def put(self, values: Mapping[Index, Affine], names: Iterator[str]) -> Piece:
        """With expressions in the place of indices; its own bound indices get fresh names."""
        fresh = {index: affine(Index(next(names), index.size, True)) for index in self.bound}
        everything = {**values, **fresh}
        return Piece(
            frozenset(condition.put(everything) for condition in self.equal),
            frozenset(condition.put(everything) for condition in self.least),
        )

    def reduced(self, condition: Affine) -> Affine:
        """A condition in which the indices that this piece determines are replaced."""
        return condition.put(self.solutions)

    @property
    def solutions(self) -> dict[Index, Affine]:
        """The indices that the equations determine, each in terms of the others."""
        return _solutions(self)

    def implies(self, condition: Affine, equality: bool) -> bool:
        """Whether a condition follows from this piece, as far as is seen."""
        reduced = self.reduced(condition)
        if equality:
            return (reduced.is_constant and reduced.constant == 0) or condition in self.equal
        if reduced.is_nonnegative() or condition in self.least or reduced in self.least:
            return True
        return any((reduced - known).is_nonnegative() for known in self.least)

    def is_within(self, other: Piece) -> bool:
        return all(self.implies(e, True) for e in other.equal) and all(self.implies(e, False) for e in other.least)


EVERYWHERE = Piece()
Pieces = tuple[Piece, ...]
FULL: Pieces = (EVERYWHERE,)
NOWHERE: Pieces = ()


@lru_cache(maxsize=65536)
def _solutions(piece: Piece) -> dict[Index, Affine]:
    """The indices that the equations of a piece determine, each in terms of the others."""
    return {pivot: solved_for(e, pivot) for e in piece.equal if (pivot := pivot_of(e)) is not None}


def pivot_of(equation: Affine) -> Index | None:
    """The index that an equation is solved for: a bound one, else the first in the alphabet, so that a = i, b = j."""
    found = [index for index, factor in equation.terms if factor in (S.One, S.NegativeOne)]
    return min(found, key=lambda index: (not index.bound, index.name), default=None)


def solved_for(equation: Affine, pivot: Index) -> Affine:
    """An index in terms of the others of an equation in which its coefficient is 1 or -1."""
    factor = equation.coefficient(pivot)
    rest = equation - Affine(((pivot, factor),), S.Zero)
    return -rest if factor == 1 else rest


def union(pieces: Iterable[Piece]) -> Pieces:
    """Those pieces that lie in no other; where they are too many, one piece with what all have in common."""
    kept: list[Piece] = []
    for piece in dict.fromkeys(pieces):
        if any(piece.is_within(other) for other in kept):
            continue
        kept = [other for other in kept if not other.is_within(piece)]
        kept.append(piece)
    return tuple(kept) if len(kept) <= MAX_PIECES else (_common(kept),)


def _common(pieces: list[Piece]) -> Piece:
    first, *rest = pieces
    equal = frozenset(e for e in first.equal if all(piece.implies(e, True) for piece in rest))
    least = frozenset(e for e in first.least if all(piece.implies(e, False) for piece in rest))
    return Piece(equal, least)


def intersections(parts: Iterable[Pieces]) -> Iterator[Piece]:
    """Every conjunction of one piece of each, not yet simplified."""
    for chosen in product(*parts):
        yield Piece(
            frozenset().union(*(piece.equal for piece in chosen)), frozenset().union(*(piece.least for piece in chosen))
        )
