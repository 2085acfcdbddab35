"""From index notation back to matrix notation: series and parallel reduction of the graph of a product of entries.

The indices are the corners of the graph and A[i,k] is an edge from i to k. A summed k with two edges, A[i,k] B[k,j], is
the matrix product A B; two edges between the same corners are a Hadamard product; a summed k with one edge is a row
sum; A[k,k] is the diagonal. A sum over an index in which three matrices meet is no matrix expression, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Integer, S
from sympy.core.symbol import Str

from symbolic.closed_form import ClosedForm
from symbolic.errors import NotSupported
from symbolic.indices.affine import ONE, Affine, Index, is_nonnegative, number
from symbolic.indices.entries import At
from symbolic.indices.form import IndexForm
from symbolic.indices.printing import describe_affine, describe_condition
from symbolic.indices.terms import Factor, Group, Term, affines_in
from symbolic.nodes import (
    Node,
    add,
    expand_size,
    hadamard,
    identity,
    multiply,
    ones,
    operate,
    quotient,
    same_size,
    scale,
    transpose,
    zeros,
)  # fmt: skip

Corner = Index | None
"""An index; None is the only row or column of a matrix with one."""


def matrix_form(form: IndexForm) -> ClosedForm:
    """The matrix whose entries an index form gives. Raises NotSupported where matrix notation has no word for it."""
    if form.wrt is not None:
        raise NotSupported("an entry of a Jacobian has four indices, and a matrix two")
    matrix = _of_group(form.group, form.at.row.index, form.at.col.index, *form.at.matrix.shape)
    return ClosedForm(Str(form.name), matrix)


def _of_group(group: Group, row: Corner, col: Corner, rows: Expr, cols: Expr) -> Node:
    terms = [_Reduction(term, row, col, rows, cols).result() for term in group.terms]
    return add(*terms) if terms else zeros(rows, cols)


@dataclass(frozen=True)
class _Edge:
    matrix: Node
    row: Corner
    col: Corner

    def between(self, left: Corner, right: Corner) -> Node:
        """The matrix with rows at `left` and columns at `right`."""
        return self.matrix if (self.row, self.col) == (left, right) else transpose(self.matrix)

    def joins(self, corner: Corner) -> bool:
        return corner in (self.row, self.col)

    def other(self, corner: Corner) -> Corner:
        return self.col if self.row == corner else self.row


class _Reduction:
    """One product while its graph becomes smaller."""

    def __init__(self, term: Term, row: Corner, col: Corner, rows: Expr, cols: Expr) -> None:
        self.term, self.row, self.col, self.rows, self.cols = term, row, col, rows, cols
        self.number = term.number
        self.scalars: list[Node] = []
        self.weights: dict[Index, Node] = {}
        self.edges: list[_Edge] = []
        self.padded: set[Affine] = set()

    def result(self) -> Node:
        for factor in self.term.factors:
            self.add(self.edge(factor))
        for divisor in self.term.divisors:
            edge = self.edge(divisor)
            self.add(_Edge(quotient(ones(*edge.matrix.shape), edge.matrix), edge.row, edge.col))
        for edge in self.conditions():
            self.add(edge)
        waiting = list(self.term.sums)
        while waiting:
            index = min(waiting, key=self.degree)
            waiting.remove(index)
            self.eliminate(index)
        return self.put_together()

    # Edges

    def edge(self, factor: Factor) -> _Edge:
        if isinstance(factor, At):
            matrix, row = self.placed(factor.matrix, factor.row, 0)
            matrix, col = self.placed(matrix, factor.col, 1)
            return _Edge(matrix, row, col)
        corners = _free(factor)
        if len(corners) > 2:
            raise NotSupported(
                f"a sum in brackets has the indices {', '.join(k.name for k in corners)}, and a matrix two"
            )
        row, col = (*corners, None, None)[:2]
        return _Edge(_of_group(factor, row, col, _size(row), _size(col)), row, col)

    def placed(self, matrix: Node, place: Affine, axis: int) -> tuple[Node, Corner]:
        """The matrix with an index alone at an axis: of A[i + 1, j] rows are cut, before A[i, j - m] stand zeros."""
        length = matrix.shape[axis]
        if length == 1 and place == ONE:
            return matrix, None
        if place.is_constant:
            return _cut(matrix, place.constant, place.constant, axis), None
        if len(place.terms) != 1 or place.terms[0][1] != 1:
            raise NotSupported(
                f"{describe_affine(place)} is no place in a matrix expression: several indices in one place"
            )
        (index, _), shift = place.terms[0], place.constant
        first, last = expand_size(1 + shift), expand_size(index.size + shift)
        before, after = expand_size(-shift), expand_size(last - length)
        if not all(is_nonnegative(size) or is_nonnegative(-size) for size in (before, after)):
            raise NotSupported(f"{describe_affine(place)} may lie inside the matrix or outside")
        self.padded |= {place.plus(S.NegativeOne), number(length) - place}
        if is_nonnegative(before) and before != 0:
            matrix, first = _padded(matrix, before, axis, True), Integer(1)
            last = expand_size(last + before)
        if is_nonnegative(after) and after != 0:
            matrix = _padded(matrix, after, axis, False)
        return _cut(matrix, first, last, axis), index

    def conditions(self) -> Iterator[_Edge]:
        """[i = k] as the identity, [i + k ≥ j] as a triangle of ones."""
        for equation in self.term.equal:
            left, right = _pair(equation)
            if left is None or right is None or equation.constant != 0 or not same_size(left.size, right.size):
                raise NotSupported(f"{describe_condition(equation, '=')} is no part of a matrix expression")
            yield _Edge(identity(left.size), left, right)
        for condition in self.term.least:
            if condition in self.padded:
                continue
            if len(condition.terms) == 1:
                yield _ones_where(condition)
                continue
            left, right = _pair(condition)
            if left is None or right is None or not condition.constant.is_Integer:
                raise NotSupported(f"{describe_condition(condition, '≥')} is no part of a matrix expression")
            filled = ones(left.size, right.size)
            yield _Edge(operate("tril", filled, parameters=(condition.constant,)), left, right)

    def add(self, edge: _Edge) -> None:
        """A new edge: a number, a weight of a corner, a diagonal, or beside another one."""
        if edge.row is None and edge.col is None:
            self.scalars.append(edge.matrix)
        elif edge.row is None or edge.col is None:
            corner = edge.row or edge.col
            assert corner is not None
            self.weigh(corner, edge.between(corner, None))
        elif edge.row == edge.col:
            self.weigh(edge.row, operate("diagonal", edge.matrix))
        else:
            self.beside(edge)

    def beside(self, edge: _Edge) -> None:
        for known in self.edges:
            if {known.row, known.col} == {edge.row, edge.col}:
                self.edges.remove(known)
                both = hadamard(known.matrix, edge.between(known.row, known.col))
                self.edges.append(_Edge(both, known.row, known.col))
                return
        self.edges.append(edge)

    def weigh(self, corner: Index, column: Node) -> None:
        known = self.weights.get(corner)
        self.weights[corner] = column if known is None else hadamard(known, column)

    # Corners

    def degree(self, index: Index) -> int:
        return sum(edge.joins(index) for edge in self.edges)

    def eliminate(self, index: Index) -> None:
        meeting = [edge for edge in self.edges if edge.joins(index)]
        if len(meeting) > 2:
            raise NotSupported(
                f"{len(meeting)} matrices meet in the sum over {index.name}, and a matrix product joins two",
                hint="it stays in index notation",
            )
        self.edges = [edge for edge in self.edges if not edge.joins(index)]
        weight = self.weights.pop(index, None)
        if not meeting:
            if weight is None:
                self.number *= index.size
            else:
                self.scalars.append(operate("sum", weight))
        elif len(meeting) == 1:
            corner = meeting[0].other(index)
            column = ones(index.size, S.One) if weight is None else weight
            self.add(_Edge(multiply(meeting[0].between(corner, index), column), corner, None))
        else:
            left, right = sorted(meeting, key=lambda edge: edge.col != index)
            ends = left.other(index), right.other(index)
            middle = [] if weight is None else [operate("diag", weight)]
            product = multiply(left.between(ends[0], index), *middle, right.between(index, ends[1]))
            self.add(_Edge(product, *ends))

    def put_together(self) -> Node:
        matrix = self.unweighted()
        if self.row == self.col and self.row is not None:
            raise NotSupported("both indices of the result are one")
        for scalar in reversed(self.scalars):
            matrix = scale(scalar, matrix)
        return scale(self.number, matrix)

    def unweighted(self) -> Node:
        """What is left: at most one edge, and a weight of each corner of the result."""
        row = self.weights.get(self.row) if self.row else None
        col = self.weights.get(self.col) if self.col else None
        if self.edges:
            factors = [self.edges[0].between(self.row, self.col)]
            if row is not None:
                factors.insert(0, operate("diag", row))
            if col is not None:
                factors.append(operate("diag", col))
            return multiply(*factors)
        if row is None and col is None:
            return ones(self.rows, self.cols)
        left = ones(self.rows, S.One) if row is None else row
        right = ones(self.cols, S.One) if col is None else col
        if self.col is None:
            return left
        return transpose(right) if self.row is None else multiply(left, transpose(right))


def _free(group: Group) -> list[Index]:
    """The indices of a sum that it does not sum over itself."""
    bound = set(_bound(group))
    found = (index for place in affines_in(group) for index in place.indices if index not in bound)
    return list(dict.fromkeys(found))


def _bound(group: Group) -> Iterator[Index]:
    for term in group.terms:
        yield from term.sums
        for part in term.parts:
            if isinstance(part, Group):
                yield from _bound(part)


def _size(corner: Corner) -> Expr:
    return S.One if corner is None else corner.size


def _pair(condition: Affine) -> tuple[Corner, Corner]:
    """(i, j) of i - j + c"""
    signs = {factor: index for index, factor in condition.terms}
    if len(condition.terms) == 2 and signs.keys() == {S.One, S.NegativeOne}:
        return signs[S.One], signs[S.NegativeOne]
    return None, None


def _ones_where(condition: Affine) -> _Edge:
    """i ≥ c or i ≤ c as a column of zeros and ones."""
    (index, factor), constant = condition.terms[0], condition.constant
    if factor not in (S.One, S.NegativeOne):
        raise NotSupported(f"{describe_condition(condition, '≥')} is no part of a matrix expression")
    first = expand_size(-constant - 1) if factor == 1 else constant
    parts = [first, expand_size(index.size - first)]
    if not all(map(is_nonnegative, parts)):
        raise NotSupported(f"{describe_condition(condition, '≥')} may hold for all {index.name} or for none")
    filled = (zeros, ones) if factor == 1 else (ones, zeros)
    columns = [fill(count, S.One) for fill, count in zip(filled, parts, strict=True)]
    return _Edge(operate("vstack", *columns), index, None)


def _cut(matrix: Node, first: Expr, last: Expr, axis: int) -> Node:
    if first == 1 and same_size(last, matrix.shape[axis]):
        return matrix
    whole = (Integer(1), matrix.shape[1 - axis])
    return operate("slice", matrix, parameters=(first, last, *whole) if axis == 0 else (*whole, first, last))


def _padded(matrix: Node, count: Expr, axis: int, before: bool) -> Node:
    filled = zeros(count, matrix.shape[1]) if axis == 0 else zeros(matrix.shape[0], count)
    parts = (filled, matrix) if before else (matrix, filled)
    return operate("vstack" if axis == 0 else "hstack", *parts)
