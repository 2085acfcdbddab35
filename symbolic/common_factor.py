"""Sums with a common factor become one: sum(A∘dX) - sum(B∘dX) = sum((A - B)∘dX), where the same moves in both.

What is summed up is looked at term by term, as in sum(A∘dX + C); its terms that find no other stay together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from operator import and_, attrgetter

from sympy import Expr, HadamardProduct, MatAdd

from symbolic.gather import highest_mark
from symbolic.nodes import Node, add, hadamard, ones, operate, scale, split_number
from symbolic.structure import Structure
from symbolic.sums import is_sum


@dataclass(frozen=True)
class Part:
    """number · sum(matrix), a part of the term at `place`; `level`: the mark of what moves."""

    place: int
    name: str
    number: Expr
    matrix: Node
    level: int

    @cached_property
    def factors(self) -> Counter[Node]:
        """Of the matrix, entry by entry."""
        matrix = split_number(self.matrix)[1]
        return Counter(matrix.args if type(matrix) is HadamardProduct else (matrix,))

    @cached_property
    def moving(self) -> Hashable:
        """Those of the factors that move, or the part itself: it is like no other."""
        moving = frozenset(each for each in self.factors.items() if highest_mark(each[0]) == self.level)
        return (self.name, moving) if moving else self


def common_factor(node: Node, structure: Structure) -> Node | None:
    """sum(A∘dX) + sum(B∘dX) = sum((A + B)∘dX)"""
    sums = {place: term for place, term in enumerate(node.args) if is_sum(split_number(term)[1])}
    level = max(map(highest_mark, sums.values())) if len(sums) > 1 else 0
    if level == 0:
        return None
    parts = [part for place, term in sums.items() for part in _parts(place, term, level)]
    groups: defaultdict[Hashable, list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.moving].append(part)
    terms = {place: [term] for place, term in enumerate(node.args)}
    gone: set[Part] = set()
    for group in groups.values():
        joined = _joined(group)
        if joined is not None:
            terms[group[0].place].append(joined)
            gone.update(group)
    for place, own in groupby(parts, attrgetter("place")):
        number, summed = split_number(node.args[place])
        left = [part.matrix for part in own if part not in gone]
        terms[place][:1] = [scale(number, operate(summed.name, add(*left)))] if left else []
    return add(*(term for found in terms.values() for term in found)) if gone else None


def _parts(place: int, term: Node, level: int) -> Iterator[Part]:
    """c sum(A + B) as c sum(A), c sum(B)"""
    number, summed = split_number(term)
    inside = summed.operands[0]
    for matrix in inside.args if type(inside) is MatAdd else (inside,):
        yield Part(place, summed.name, number * split_number(matrix)[0], matrix, level)


def _joined(parts: list[Part]) -> Node | None:
    """c sum(A∘D) - c sum(B∘D) as c sum((A - B)∘D); other numbers would be multiplied with all entries of A and B."""
    first = parts[0]
    alike = all(part.number in (first.number, -first.number) for part in parts)
    if not alike or all(part.place == first.place for part in parts):
        return None
    shared = reduce(and_, (part.factors for part in parts))
    rests = [(part.factors - shared).elements() for part in parts]
    filled = ones(*first.matrix.shape)
    terms = (
        scale(part.number / first.number, hadamard(*(tuple(rest) or (filled,))))
        for part, rest in zip(parts, rests, strict=True)
    )
    return scale(first.number, operate(first.name, hadamard(add(*terms), *shared.elements())))
