"""A product of entries as sums inside sums, from the output to the seed: Σ_h W2[h,o] f'(X1)[i,h] Σ_a W1[a,h] δX0[i,a].

A factor stands as far out as its indices let it. What falls apart into products that share no summed index becomes a
product of sums, so that evaluating it costs no more than the matrix products it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, S

from symbolic.indices.affine import Affine, Index
from symbolic.indices.terms import Factor, Term, affines_in, moves
from symbolic.nodes import Node


@dataclass(frozen=True)
class Nest:
    """number · [equal = 0] [least ≥ 0] · Π factors / Π divisors · Π of `inner` sums; that with the seed comes last."""

    number: Expr
    equal: tuple[Affine, ...]
    least: tuple[Affine, ...]
    factors: tuple[Factor, ...]
    divisors: tuple[Factor, ...]
    inner: tuple[Inner, ...]


@dataclass(frozen=True)
class Inner:
    """Σ over `sums` of a nest."""

    sums: tuple[Index, ...]
    body: Nest


@dataclass(frozen=True)
class _Item:
    """A factor, a divisor or a condition with the summed indices in it."""

    kind: str
    value: Factor | Affine
    indices: frozenset[Index]
    moves: bool


def nested(term: Term, seeds: frozenset[Node]) -> Nest:
    """A term as sums inside sums."""
    items = [
        *(_Item("equal", e, frozenset(e.indices), False) for e in term.equal),
        *(_Item("least", e, frozenset(e.indices), False) for e in term.least),
        *(_Item("factors", f, _indices(f), moves(f, seeds)) for f in term.factors),
        *(_Item("divisors", f, _indices(f), moves(f, seeds)) for f in term.divisors),
    ]
    used = {index for item in items for index in item.indices}
    number = term.number
    for index in term.sums:
        if index not in used:
            number *= index.size
    return _nest(number, [index for index in term.sums if index in used], items)


def _indices(part: Factor) -> frozenset[Index]:
    return frozenset(index for place in affines_in(part) for index in place.indices)


def _nest(number: Expr, sums: list[Index], items: list[_Item]) -> Nest:
    summed = frozenset(sums)
    here = [item for item in items if not item.indices & summed]
    inside = [item for item in items if item.indices & summed]
    parts = sorted(_apart(sums, inside), key=lambda part: any(item.moves for item in part[1]))
    here.sort(key=lambda item: item.moves)

    def of_kind(kind: str) -> tuple[Any, ...]:
        return tuple(item.value for item in here if item.kind == kind)

    inner = tuple(_inner(indices, part) for indices, part in parts)
    return Nest(number, of_kind("equal"), of_kind("least"), of_kind("factors"), of_kind("divisors"), inner)


def _inner(sums: list[Index], items: list[_Item]) -> Inner:
    """The sum that is farthest from the seed is outermost, of those that meet what stands outside already."""
    meeting, distances = _meeting(sums, items), _distances(items)
    farthest = max(distances.values(), default=0)
    outermost = max(sums, key=lambda index: (index in meeting, distances.get(index, farthest)))
    rest = [index for index in sums if index != outermost]
    body = _nest(S.One, rest, items)
    bare = not (body.equal or body.least or body.factors or body.divisors) and len(body.inner) == 1
    if bare:
        (only,) = body.inner
        return Inner((outermost, *only.sums), only.body)
    return Inner((outermost,), body)


def _meeting(sums: list[Index], items: Iterable[_Item]) -> set[Index]:
    """The indices that stand beside one that is not summed here."""
    summed = frozenset(sums)
    return {index for item in items if item.indices - summed for index in item.indices}


def _distances(items: list[_Item]) -> dict[Index, int]:
    """How many factors there are from an index to the seed; what no factors join to it is as far as the farthest."""
    reached = {index for item in items if item.moves for index in item.indices}
    found = dict.fromkeys(reached, 0)
    steps = 0
    while reached:
        steps += 1
        reached = {index for item in items if item.indices & reached for index in item.indices} - found.keys()
        found.update(dict.fromkeys(reached, steps))
    return found


def _apart(sums: list[Index], items: list[_Item]) -> list[tuple[list[Index], list[_Item]]]:
    """Items that share summed indices, with these, in their order."""
    parts: list[tuple[set[Index], list[_Item]]] = []
    summed = frozenset(sums)
    for item in items:
        own = set(item.indices & summed)
        joined = [part for part in parts if part[0] & own]
        parts = [part for part in parts if not part[0] & own]
        merged = [*(other for _, others in joined for other in others), item]
        parts.append((own.union(*(indices for indices, _ in joined)), merged))
    return [([index for index in sums if index in indices], part) for indices, part in parts]
