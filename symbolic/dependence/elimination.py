"""Pieces of relations made simple: bound indices are eliminated exactly where that is easy, and else kept.

Equations by Gauss and Jordan, inequalities by Fourier and Motzkin where coefficients are ±1, and what occurs where
matrices are reshaped: low + n high = 0 with |low| < n is two equations, and k = t/c rounded up is always there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from sympy import Expr, S

from symbolic.dependence.relations import Piece, pivot_of, solved_for
from symbolic.indices.affine import Affine, Index, affine, combined, is_nonnegative, number
from symbolic.nodes import expand_size

MAX_BOUND = 3
"""So many bound indices are kept; conditions on more are left out."""
MAX_CONDITIONS = 12


@lru_cache(maxsize=65536)
def simplified(piece: Piece) -> Piece | None:
    """The same piece with fewer bound indices and conditions; None where nothing satisfies it."""
    if not piece.equal and not piece.least:
        return piece
    return _Simplification(piece).result()


class _Empty(Exception):
    """No indices satisfy the conditions."""


class _Simplification:
    def __init__(self, piece: Piece) -> None:
        self.equal = list(piece.equal)
        self.least = list(piece.least)

    def result(self) -> Piece | None:
        try:
            while self._solve() or self._eliminate() or self._pair():
                pass
            self._tidy()
        except _Empty:
            return None
        self.least = [e for e in self.least if not self._holds_by_ranges(e)]
        self._forget()
        return _renamed(Piece(frozenset(self.equal), frozenset(self.least)))

    # Equations

    def _solve(self) -> bool:
        """Gauss and Jordan: every equation is solved for an index that occurs in no other; bound indices disappear."""
        solved: list[tuple[Index, Affine]] = []
        waiting, rest, changed = self._split(self.equal), [], False
        while waiting:
            equation = min(waiting, key=_solved_first)
            waiting.remove(equation)
            pivot = pivot_of(equation)
            if pivot is None:
                rest.append(equation)
                continue
            value = {pivot: solved_for(equation, pivot)}
            waiting = self._split(e.put(value) for e in (*waiting, *rest))
            rest = []
            solved = [(known, e.put(value)) for known, e in solved]
            self.least = [e.put(value) for e in self.least]
            if pivot.bound:
                self.least += [value[pivot].plus(S.NegativeOne), number(pivot.size) - value[pivot]]
                changed = True
            else:
                solved.append((pivot, value[pivot]))
        self.equal = [*rest, *(_signed(affine(pivot) - value) for pivot, value in solved)]
        self._tidy()
        return changed

    def _split(self, equations: Iterable[Affine]) -> list[Affine]:
        """Equations that say something, low + n high = 0 as low = 0 and high = 0 where |low| < n."""
        found: dict[Affine, None] = {}
        for equation in equations:
            for part in _digits(equation):
                if part.is_constant and part.constant == 0:
                    continue
                if part.is_positive() or (-part).is_positive():
                    raise _Empty
                found[_signed(part)] = None
        return list(found)

    # Inequalities

    def _tidy(self) -> None:
        """Leave out what always holds, or follows from another; raise _Empty for what never does."""
        kept: list[Affine] = []
        for condition in dict.fromkeys(self.least):
            if condition.is_nonnegative():
                continue
            if (-condition).is_positive():
                raise _Empty
            kept.append(condition)
        for condition in list(kept):
            others = [other for other in kept if other is not condition]
            if any((-(condition + other)).is_positive() for other in others):
                raise _Empty
            if any((condition - other).is_nonnegative() for other in others):
                kept = others
        self.least = kept

    def _holds_by_ranges(self, condition: Affine) -> bool:
        """j ≤ m follows from b = j, because b is at most m."""
        return any(
            condition.put({index: solved_for(equation, index)}).is_nonnegative()
            for equation in self.equal
            for index, factor in equation.terms
            if condition.coefficient(index) != 0 and factor in (S.One, S.NegativeOne)
        )

    def _pair(self) -> bool:
        """e ≥ 0 and -e ≥ 0 are e = 0."""
        for condition in self.least:
            if -condition in self.least and condition.terms:
                self.equal.append(_signed(condition))
                self.least = [e for e in self.least if e not in (condition, -condition)]
                return True
        return False

    def _eliminate(self) -> bool:
        """A bound index that stands in inequalities alone: each lower bound is at most each upper bound."""
        in_equations = {index for e in self.equal for index in e.indices}
        for index in dict.fromkeys(index for e in self.least for index in e.indices if index.bound):
            if index in in_equations:
                continue
            having = [e for e in self.least if e.coefficient(index) != 0]
            rest = [e for e in self.least if e.coefficient(index) == 0]
            between = _between(index, having) if len(having) <= MAX_CONDITIONS else None
            if between is not None:
                self.least = [*rest, *between]
                return True
        return False

    def _forget(self) -> None:
        """Leave out conditions on bound indices where there are too many of these."""
        while len(bound := Piece(frozenset(self.equal), frozenset(self.least)).bound) > MAX_BOUND:
            last = bound[-1]
            self.equal = [e for e in self.equal if e.coefficient(last) == 0]
            self.least = [e for e in self.least if e.coefficient(last) == 0]


def _solved_first(equation: Affine) -> tuple[bool, bool, int, str]:
    """Equations with a bound index first, then the short ones."""
    pivot = pivot_of(equation)
    return pivot is None, not (pivot and pivot.bound), len(equation.terms), str(equation)


def _signed(equation: Affine) -> Affine:
    """One of e = 0 and -e = 0."""
    if not equation.terms:
        return equation
    return -equation if equation.terms[0][1].as_coeff_Mul()[0] < 0 else equation


def _between(index: Index, having: list[Affine]) -> list[Affine] | None:
    """What is left of conditions on an index when it is eliminated; None where that is not exact.

    Exact with coefficients ±1, and for t - c k + c - 1 ≥ 0, c k - t ≥ 0: k is t/c rounded up, so there is one.
    """
    itself = affine(index)
    lower = [itself.plus(S.NegativeOne)]
    upper = [number(index.size) - itself]
    coefficients = set()
    for condition in having:
        factor = condition.coefficient(index)
        coefficients.add(factor)
        if is_nonnegative(factor):
            lower.append(condition)
        elif is_nonnegative(-factor):
            upper.append(condition)
        else:
            return None
    if coefficients <= {S.One, S.NegativeOne}:
        return [low + high for low, high in product(lower, upper)]
    if len(having) == 2 and len(lower) == len(upper) == 2 and sum(coefficients) == 0:
        return _rounded_up(index, lower[1], upper[1])
    return None


def _rounded_up(index: Index, lower: Affine, upper: Affine) -> list[Affine] | None:
    """t ≤ c k ≤ t + c - 1, and so 1 ≤ t ≤ c n."""
    step = lower.coefficient(index)
    gap = lower + upper
    if not gap.is_constant or expand_size(gap.constant - step + 1) != 0:
        return None
    t = Affine(((index, step),), S.Zero) - lower
    return [t.plus(S.NegativeOne), number(expand_size(step * index.size)) - t]


def _digits(equation: Affine) -> list[Affine]:
    """low + n high = 0 split in two where low is between -n and n, whatever the indices are."""
    for modulus in dict.fromkeys(factor for _, factor in equation.terms):
        modulus = -modulus if is_nonnegative(-modulus) else modulus
        if modulus == 1 or not is_nonnegative(modulus - 1):
            continue
        low, high = _divided(equation, modulus)
        if (
            low.terms
            and high.terms
            and low.plus(modulus - 1).is_nonnegative()
            and (-low).plus(modulus - 1).is_nonnegative()
        ):
            return [*_digits(low), *_digits(high)]
    return [equation]


def _divided(equation: Affine, modulus: Expr) -> tuple[Affine, Affine]:
    """e = low + modulus · high, term by term."""
    low: list[tuple[Expr, Affine]] = []
    high: list[tuple[Expr, Affine]] = []
    parts = [(factor, affine(index)) for index, factor in equation.terms]
    parts += [(term, number(1)) for term in equation.constant.as_ordered_terms()]
    for factor, part in parts:
        quotient = _exact_quotient(factor, modulus)
        if quotient is None:
            low.append((factor, part))
        else:
            high.append((quotient, part))
    return combined(low), combined(high)


@lru_cache(maxsize=4096)
def _exact_quotient(size: Expr, divisor: Expr) -> Expr | None:
    """size / divisor where that is a polynomial with whole coefficients."""
    quotient = expand_size((size / divisor).cancel())
    whole = quotient.is_polynomial(*quotient.free_symbols) and all(
        term.as_coeff_Mul()[0].is_Integer for term in quotient.as_ordered_terms()
    )
    return quotient if whole else None


def _renamed(piece: Piece) -> Piece:
    """Bound indices named k1, k2, … in order, so that equal pieces are recognised."""
    bound = piece.bound
    if not bound:
        return piece
    return piece.put({}, iter([f"k{number}" for number in range(1, len(bound) + 1)]))
