"""Indices of matrices, counted from 1, and affine expressions in them: i + p (a - 1), with sizes as coefficients.

What is said of all indices is said for sizes of at least 1: a matrix without entries has no indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sympy import Dummy, Expr, Integer, Min, S

from symbolic.nodes import Dim, expand_size


@dataclass(frozen=True)
class Index:
    """A whole number from 1 to `size`. `bound`: it is summed over, or "for some k"."""

    name: str
    size: Dim
    bound: bool = False


@dataclass(frozen=True)
class Affine:
    """Σ c k + constant, in order of the names of the indices; no coefficient is zero."""

    terms: tuple[tuple[Index, Expr], ...]
    constant: Expr

    @property
    def indices(self) -> tuple[Index, ...]:
        return tuple(index for index, _ in self.terms)

    @property
    def is_constant(self) -> bool:
        return not self.terms

    @property
    def index(self) -> Index | None:
        """The index that this is, if it is one alone."""
        if len(self.terms) == 1 and self.constant == 0 and self.terms[0][1] == 1:
            return self.terms[0][0]
        return None

    def coefficient(self, index: Index) -> Expr:
        return next((factor for other, factor in self.terms if other == index), S.Zero)

    def __add__(self, other: Affine) -> Affine:
        return combined(((S.One, self), (S.One, other)))

    def __sub__(self, other: Affine) -> Affine:
        return combined(((S.One, self), (S.NegativeOne, other)))

    def __neg__(self) -> Affine:
        return Affine(tuple((index, -factor) for index, factor in self.terms), -self.constant)

    def plus(self, number: Expr) -> Affine:
        return Affine(self.terms, expand_size(self.constant + number))

    def put(self, values: Mapping[Index, Affine]) -> Affine:
        """With expressions in the place of indices."""
        if not any(index in values for index, _ in self.terms):
            return self
        parts = [(factor, values.get(index) or affine(index)) for index, factor in self.terms]
        return combined([*parts, (S.One, number(self.constant))])

    def least(self) -> Expr | None:
        """The smallest value over the ranges of the indices; None where it depends on unknown signs."""
        total = self.constant
        for index, factor in self.terms:
            if is_nonnegative(factor):
                total += factor
            elif is_nonnegative(-factor):
                total += factor * index.size
            else:
                return None
        return expand_size(total)

    def is_nonnegative(self) -> bool:
        """Whether it is ≥ 0 for all values of its indices."""
        least = self.least()
        return least is not None and is_nonnegative(least)

    def is_positive(self) -> bool:
        return self.plus(S.NegativeOne).is_nonnegative()


def affine(index: Index) -> Affine:
    """An index as an expression; the only index of a row or column of one entry is the number 1."""
    return ONE if index.size == 1 else Affine(((index, S.One),), S.Zero)


def number(value: Expr | int) -> Affine:
    return Affine((), expand_size(Integer(value) if isinstance(value, int) else value))


def combined(parts: Iterable[tuple[Expr, Affine]]) -> Affine:
    """Σ c e of numbers c and expressions e."""
    constant: Expr = S.Zero
    totals: dict[Index, Expr] = {}
    for multiple, part in parts:
        constant += multiple * part.constant
        for index, factor in part.terms:
            totals[index] = totals.get(index, S.Zero) + multiple * factor
    expanded = ((index, expand_size(factor)) for index, factor in totals.items())
    terms = sorted(((index, factor) for index, factor in expanded if factor != 0), key=_by_name)
    return Affine(tuple(terms), expand_size(constant))


def _by_name(term: tuple[Index, Expr]) -> tuple[str, str]:
    return term[0].name, str(term[0].size)


ONE = number(1)


@lru_cache(maxsize=65536)
def is_nonnegative(size: Expr) -> bool:
    """Whether an expression in sizes is ≥ 0 whenever all sizes are at least 1, as far as its terms show it.

    With n = 1 + n', no term of the expanded expression has a minus sign.
    """
    if size.is_Integer:
        return bool(size >= 0)
    if size.has(Min):
        return _is_nonnegative_with_minima(size)
    shifted = expand_size(size.xreplace({symbol: symbol + 1 for symbol in size.free_symbols}))
    return all(bool(term.as_coeff_Mul()[0] >= 0) for term in shifted.as_ordered_terms())


def _is_nonnegative_with_minima(size: Expr) -> bool:
    """n - min(n, m) ≥ 0: a minimum is each of its arguments less something, or simply at least 1."""
    (least, *_) = sorted(size.atoms(Min), key=str)
    less = Dummy(integer=True, nonnegative=True)
    as_one = Dummy("least", integer=True, nonnegative=True)
    bounds = [size.xreplace({least: argument - (less - 1)}) for argument in least.args]
    return any(map(is_nonnegative, map(expand_size, [*bounds, size.xreplace({least: as_one})])))
