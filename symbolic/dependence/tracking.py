"""The relations of all names of a tangent program to the entries of one input, statement by statement.

Each differential δX has a relation between its indices i, j and those of the input, a, b: δX0[i,j] goes with δX0[a,b]
where i = a and j = b, and (A δX B)[i,j] = Σ A[i,k] δX[k,l] B[l,j] with whatever δX[k,l] goes with, for some k and l
where A[i,k] and B[l,j] are not known to be zero. So the cost is linear in the number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from sympy import Expr, HadamardPower, MatrixSymbol

from symbolic.dependence.elimination import simplified
from symbolic.dependence.relations import FULL, NOWHERE, Piece, Pieces, intersections, union
from symbolic.differential import Differential
from symbolic.functions import CATALOGUE
from symbolic.indices.affine import Affine, Index, affine
from symbolic.indices.entries import At, Entries, entry
from symbolic.nodes import Elementwise, Node, Operation, Shape, operands
from symbolic.statements import Let
from symbolic.structure import structure_of
from symbolic.walks import bottom_up

KEEPS_ZERO = {"sin", "tan", "asin", "atan", "sinh", "tanh", "expm1", "log1p", "sqrt", "square", "abs", "sign", "relu",
              "leaky_relu", "silu", "gelu", "erf"}  # fmt: skip
"""Functions with f(0) = 0."""


class Tracking:
    """The relations of all names of a tangent program to the entries of one input."""

    def __init__(self, differential: Differential, wrt: str) -> None:
        tangent = differential.tangent
        self.structure = structure_of(tangent.inputs, tangent.lets)
        self.seed = tangent.symbols[dict(differential.seeds)[wrt]]
        self.in_rows, self.in_cols = Index("a", self.seed.shape[0]), Index("b", self.seed.shape[1])
        self.moving: dict[Node, Pieces] = {self.seed: self._of_seed()}
        self.supports: dict[Node, Pieces] = {}
        self.values: dict[Node, Node] = {}
        self.names = (f"k{number}" for number in count())

    def take(self, let: Let) -> None:
        """The relation of one statement."""
        self.moving[let.symbol] = self.relation(let.expr)
        self.values[let.symbol] = let.expr
        self.support(let.expr)

    def of_name(self, symbol: Node) -> Pieces:
        """The relation of a name that is known by now."""
        return self.moving.get(symbol, NOWHERE)

    def _of_seed(self) -> Pieces:
        """δX[i,j] moves with itself; in a symmetric one also with its mirror image, in a triangular one where it is."""
        rows, cols = map(affine, free_indices(self.seed.shape))
        a, b = affine(self.in_rows), affine(self.in_cols)
        places = [(a, b)]
        if self.structure.has(self.seed, "symmetric"):
            places.append((b, a))
        least = [e for fact, e in _triangles(rows, cols) if self.structure.has(self.seed, fact)]
        return _simplified(Piece(frozenset({rows - r, cols - c}), frozenset(least)) for r, c in places)

    # What moves

    def relation(self, node: Node) -> Pieces:
        """How entry i, j of a node that is linear in the perturbation goes with its entries a, b."""
        return bottom_up(node, self.moving, self._relation)

    def _relation(self, node: Node) -> Pieces:
        if not any(self.moving[operand] for operand in operands(node)):
            return NOWHERE
        if type(node) in (Elementwise, HadamardPower):
            return self.moving[operands(node)[0]]
        rows, cols = map(affine, free_indices(node.shape))
        terms = entry(node, rows, cols, self.fresh)
        if terms is None:
            return self._of_anything(node)
        return union(piece for term in terms for piece in self._of_term(term))

    def _of_anything(self, node: Node) -> Pieces:
        """Of an operation whose entries are unknown: each depends on all that any entry of an operand depends on."""
        return union(
            piece
            for operand in operands(node)
            for piece in self._of_term(Entries((At(operand, *self._anywhere(operand.shape)),)))
        )

    def _anywhere(self, shape: Shape) -> tuple[Affine, Affine]:
        return affine(self.fresh(shape[0])), affine(self.fresh(shape[1]))

    def _of_term(self, term: Entries) -> Pieces:
        """One factor moves at a time; the others are where they are not known to be zero."""
        found: list[Piece] = []
        for at in (*term.factors, *term.divisors):
            self.support(at.matrix)
            moving = self.relation(at.matrix)
            if moving:
                others = [self._placed(self.support(other.matrix), other) for other in term.factors if other is not at]
                conditions = Piece(frozenset(term.equal), frozenset(term.least))
                found += _simplified(intersections([(conditions,), self._placed(moving, at), *others]))
        return union(found)

    def _placed(self, pieces: Pieces, at: At) -> Pieces:
        if pieces is FULL:
            return FULL
        rows, cols = free_indices(at.matrix.shape)
        return tuple(piece.put({rows: at.row, cols: at.col}, self.names) for piece in pieces)

    # What is zero of itself

    def support(self, node: Node) -> Pieces:
        """Where a matrix can have entries that are not zero."""
        return bottom_up(node, self.supports, self._support)

    def _support(self, node: Node) -> Pieces:
        operation = type(node)
        rows, cols = map(affine, free_indices(node.shape))
        if operation is MatrixSymbol or operation is Operation:
            known = [e for fact, e in _triangles(rows, cols) if self.structure.has(node, fact)]
            within = Piece(frozenset(), frozenset(known)) if known else None
            value = self.values.get(node)
            pieces = self.supports[value] if value is not None else self._support_of_entries(node, rows, cols)
            return _simplified(intersections([pieces, (within,)])) if within else pieces
        if operation is Elementwise:
            keeps = node.order == 0 and node.function in KEEPS_ZERO and node.function in CATALOGUE
            return self.supports[node.argument] if keeps else FULL
        if operation is HadamardPower:
            return self.supports[node.args[0]] if node.args[1].is_positive else FULL
        return self._support_of_entries(node, rows, cols)

    def _support_of_entries(self, node: Node, rows: Affine, cols: Affine) -> Pieces:
        parts = operands(node)
        if parts and type(node) is not Operation and all(self.supports[part] is FULL for part in parts):
            return FULL
        terms = entry(node, rows, cols, self.fresh)
        if terms is None:
            return FULL
        found: list[Piece] = []
        for term in terms:
            for at in term.factors:
                self.support(at.matrix)
            factors = [self._placed(self.support(at.matrix), at) for at in term.factors]
            found += _simplified(intersections([(Piece(frozenset(term.equal), frozenset(term.least)),), *factors]))
        pieces = union(found)
        return FULL if pieces == FULL else pieces

    def fresh(self, size: Expr, letter: str = "") -> Index:
        return Index(next(self.names), size, True)


def free_indices(shape: Shape) -> tuple[Index, Index]:
    return Index("i", shape[0]), Index("j", shape[1])


def _triangles(rows: Affine, cols: Affine) -> tuple[tuple[str, Affine], ...]:
    return (("lower", rows - cols), ("upper", cols - rows))


def _simplified(pieces: Iterable[Piece]) -> Pieces:
    return union(piece for piece in map(simplified, pieces) if piece is not None)
