"""Products in index form made short: sums of one term joined with what they stand in, deltas put to use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import S

from symbolic.indices.affine import Affine, Index, number
from symbolic.indices.terms import Factor, Group, Term, changed


def joined(group: Group) -> Group:
    """Sums of one term joined with the product they stand in, deltas put to use, common conditions outside."""
    terms = [_joined_term(term) for term in group.terms]
    flat = [inner for term in terms if term is not None for inner in _opened(term)]
    return Group(tuple(flat))


def _opened(term: Term) -> tuple[Term, ...]:
    """The terms of a sum that stands alone."""
    alone = len(term.factors) == 1 and not (term.divisors or term.sums or term.equal or term.least) and term.number == 1
    inner = term.factors[0] if alone else None
    return inner.terms if isinstance(inner, Group) else (term,)


def _joined_term(term: Term) -> Term | None:
    """None where a factor is zero."""
    flat = Term((), (), term.sums, term.equal, term.least, term.number)
    for factor in term.factors:
        inside = joined(factor) if isinstance(factor, Group) else Group((Term((factor,)),))
        if not inside.terms:
            return None
        flat = times(flat, inside)
    for divisor in term.divisors:
        inside = joined(divisor) if isinstance(divisor, Group) else Group((Term((divisor,)),))
        flat = _over(flat, inside)
    return _with_deltas_used(_with_common_outside(flat))


def times(term: Term, group: Group) -> Term:
    """A product with a sum, which stays in brackets unless it has one term."""
    if len(group.terms) != 1:
        return replace(term, factors=(*term.factors, group))
    (inner,) = group.terms
    return Term(
        (*term.factors, *inner.factors),
        (*term.divisors, *inner.divisors),
        (*term.sums, *inner.sums),
        (*term.equal, *inner.equal),
        (*term.least, *inner.least),
        term.number * inner.number,
    )


def _over(term: Term, group: Group) -> Term:
    """Divided by a product without sums and conditions, or by a group as it is."""
    inner = group.terms[0] if len(group.terms) == 1 else None
    if inner is None or inner.sums or inner.equal or inner.least:
        return replace(term, divisors=(*term.divisors, group))
    above, below = (*term.factors, *inner.divisors), (*term.divisors, *inner.factors)
    return replace(term, factors=above, divisors=below, number=term.number / inner.number)


def _with_common_outside(term: Term) -> Term:
    """Conditions that all terms of a group have stand before it: [i = a] ([j = b] - Y[i,b])."""
    factors: list[Factor] = []
    for factor in term.factors:
        if isinstance(factor, Group) and len(factor.terms) > 1:
            first, *rest = factor.terms
            equal = [e for e in first.equal if all(e in other.equal or -e in other.equal for other in rest)]
            least = [e for e in first.least if all(e in other.least for other in rest)]
            term = replace(term, equal=(*term.equal, *equal), least=(*term.least, *least))
            out = {*equal, *(-e for e in equal)}
            factor = Group(
                tuple(
                    replace(
                        inner,
                        equal=tuple(e for e in inner.equal if e not in out),
                        least=tuple(e for e in inner.least if e not in least),
                    )
                    for inner in factor.terms
                )
            )
        factors.append(factor)
    return replace(term, factors=tuple(factors))


def _with_deltas_used(term: Term) -> Term | None:
    """[k = e] of a summed k puts e in its place, where e is in the range of k; what always holds is left out."""
    while True:
        equal = tuple(e for e in dict.fromkeys(term.equal) if e.terms or e.constant != 0)
        if any(e.is_positive() or (-e).is_positive() for e in equal):
            return None
        least = tuple(e for e in dict.fromkeys(term.least) if not e.is_nonnegative())
        if any((-e).is_positive() for e in least):
            return None
        term = replace(term, equal=equal, least=least)
        found = next(_usable(term), None)
        if found is None:
            return term
        index, value = found
        rest = replace(term, sums=tuple(k for k in term.sums if k != index))
        term = _put(rest, index, value)


def _usable(term: Term) -> Iterator[tuple[Index, Affine]]:
    for equation in term.equal:
        for index, factor in equation.terms:
            if index in term.sums and factor in (S.One, S.NegativeOne):
                rest = equation - Affine(((index, factor),), S.Zero)
                value = -rest if factor == 1 else rest
                if value.plus(S.NegativeOne).is_nonnegative() and (number(index.size) - value).is_nonnegative():
                    yield index, value


def _put(term: Term, index: Index, value: Affine) -> Term:
    """With an expression in the place of an index, everywhere in a term."""
    return changed(term, lambda place: place.put({index: value}))
