"""Index forms in numbers: each sum added up, over whatever numbers the entries are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from sympy import Expr, S

from symbolic.indices.affine import Affine, Index
from symbolic.indices.entries import At
from symbolic.indices.form import IndexForm
from symbolic.indices.nesting import Inner, Nest, nested
from symbolic.indices.terms import Factor, Group, Term, entries_in
from symbolic.nodes import Node
from symbolic.shapes import length

Number = Any
"""What can be added, multiplied and divided: a float, an element of a field."""
Places = dict[Index, int]


def matrices_in(form: IndexForm) -> tuple[Node, ...]:
    """The matrices whose entries an index form is made of."""
    return tuple(dict.fromkeys(at.matrix for at in entries_in(form.group)))


class IndexValues:
    """`values`: a matrix, read by [i, j] from 0, for each of `matrices_in`. `number`: of a number without sizes."""

    def __init__(
        self,
        form: IndexForm,
        values: Mapping[Node, Any],
        lengths: Mapping[str, int],
        number: Callable[[Expr], Number] = float,
    ) -> None:
        self.form = form
        self.values = values
        self.lengths = lengths
        self.number = number
        self.nests: dict[Term, Nest] = {}

    def entry(self, *places: int) -> Number:
        """The entry at i, j, of a Jacobian at i, j, a, b, counted from 1."""
        named = (self.form.at.row, self.form.at.col, *((self.form.wrt.row, self.form.wrt.col) if self.form.wrt else ()))
        at = {place.index: k for place, k in zip(named, places, strict=True) if place.index is not None}
        return self.sum(self.form.group, at)

    def matrix(self) -> list[list[Number]]:
        """All entries of a form with two indices, row by row."""
        rows, cols = (length(size, self.lengths) for size in self.form.at.matrix.shape)
        return [[self.entry(i, j) for j in range(1, cols + 1)] for i in range(1, rows + 1)]

    def sum(self, group: Group, at: Places) -> Number:
        total = self.number(S.Zero)
        for term in group.terms:
            if term not in self.nests:
                self.nests[term] = nested(term, self.form.seeds)
            total = total + self.nest(self.nests[term], at)
        return total

    def nest(self, nest: Nest, at: Places) -> Number:
        zero = self.number(S.Zero)
        if any(self.place(e, at) != 0 for e in nest.equal) or any(self.place(e, at) < 0 for e in nest.least):
            return zero
        value = self.number(self.sized(nest.number))
        for factor in nest.factors:
            value = value * self.factor(factor, at)
        for divisor in nest.divisors:
            value = value / self.factor(divisor, at)
        for inner in nest.inner:
            total = zero
            for places in self.places(inner):
                total = total + self.nest(inner.body, {**at, **places})
            value = value * total
        return value

    def places(self, inner: Inner) -> Iterator[Places]:
        ranges = [range(1, length(index.size, self.lengths) + 1) for index in inner.sums]
        for chosen in product(*ranges):
            yield dict(zip(inner.sums, chosen, strict=True))

    def factor(self, factor: Factor, at: Places) -> Number:
        if isinstance(factor, At):
            return self.values[factor.matrix][self.place(factor.row, at) - 1, self.place(factor.col, at) - 1]
        return self.sum(factor, at)

    def place(self, place: Affine, at: Places) -> int:
        return int(self.sized(place.constant)) + sum(int(self.sized(factor)) * at[k] for k, factor in place.terms)

    def sized(self, value: Expr) -> Expr:
        return value.xreplace({size: S(self.lengths[size.name]) for size in value.free_symbols})
