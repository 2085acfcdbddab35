"""Which entries of an output depend on which entries of an input, for symbolic sizes, and why.

What is not in the relation is zero for all inputs. What is in it can still be zero, because terms cancel: the relation
is an upper bound until an evaluation at a random point finds all of it different from zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import MatAdd, MatrixSymbol

from symbolic.choice import chosen_input, chosen_name
from symbolic.dependence.patterns import coordinates, mask
from symbolic.dependence.reasons import explanation
from symbolic.dependence.relations import NOWHERE, Piece, Pieces
from symbolic.dependence.tracking import Tracking, free_indices
from symbolic.differential import Differential
from symbolic.indices.affine import Affine, Index, affine, number
from symbolic.nodes import Node, operands, same_size
from symbolic.shapes import length
from symbolic.statements import Let
from symbolic.walks import subexpressions

PATTERNS = ("dense", "identity", "shifted identity", "lower triangular", "upper triangular", "other")


@dataclass(frozen=True)
class Tracked:
    """A statement of the program, that of its differential, and how the latter's entries i, j go with the input's."""

    primal: Let
    tangent: Let
    pieces: Pieces
    in_rows: Index
    in_cols: Index

    def source(self, kind: str) -> Affine | None:
        """The one of the input's `rows` or `columns` that a row or column of this statement comes from."""
        return common_source(self.pieces, self.in_rows if kind == "rows" else self.in_cols)


@dataclass(frozen=True)
class Dependence:
    """Entry i, j of an output depends on entry a, b of an input only where one of `pieces` holds.

    `rows`, `cols`, `in_rows`, `in_cols`: these four indices. `statements`: those that the output comes from, in order.
    `varies_with`: the inputs that the Jacobian may depend on. `confirmed`: lengths of the sizes for which everything in
    the relation was found different from zero at a random point; `cancels`: an entry (i, j, a, b) that is zero although
    it is in the relation. `seed`: the perturbation. Of a symmetric input, entries a, b and b, a move together
    (`moves_in_pairs`); of a triangular one, those that it has.
    """

    of: str
    wrt: str
    rows: Index
    cols: Index
    in_rows: Index
    in_cols: Index
    pieces: Pieces
    statements: tuple[Tracked, ...] = ()
    varies_with: tuple[str, ...] = ()
    confirmed: tuple[tuple[tuple[str, int], ...], ...] = ()
    cancels: tuple[int, int, int, int] | None = None
    seed: tuple[Node, ...] = ()
    moves_in_pairs: bool = False

    def __str__(self) -> str:
        return explanation(self)

    # What it says

    @property
    def is_zero(self) -> bool:
        """Whether the output does not depend on the input at all."""
        return not self.pieces

    @cached_property
    def source_row(self) -> Affine | None:
        """The one row of the input that row i of the output depends on, as an expression in i (or in j)."""
        return common_source(self.pieces, self.in_rows)

    @cached_property
    def source_column(self) -> Affine | None:
        """The one column of the input that column j of the output depends on, as an expression in j (or in i)."""
        return common_source(self.pieces, self.in_cols)

    @property
    def rows_independent(self) -> bool:
        """Whether row i of the output depends on row i of the input alone."""
        return self._always_same(self.rows, self.in_rows)

    @property
    def columns_independent(self) -> bool:
        """Whether column j of the output depends on column j of the input alone."""
        return self._always_same(self.cols, self.in_cols)

    @property
    def is_diagonal(self) -> bool:
        """Whether each entry depends on the same entry of the input alone."""
        return self.rows_independent and self.columns_independent

    @property
    def is_transposed(self) -> bool:
        """Whether entry i, j depends on entry j, i alone."""
        return self._rows_from_columns and self._columns_from_rows

    @property
    def is_block_diagonal(self) -> bool:
        """Whether the Jacobian falls apart into one block for each row, or each column."""
        return any((self.rows_independent, self.columns_independent, self._rows_from_columns, self._columns_from_rows))

    @property
    def is_dense(self) -> bool:
        """Whether any entry may depend on any other."""
        return any(not piece.equal and not piece.least for piece in self.pieces)

    @property
    def is_constant(self) -> bool:
        """Whether the Jacobian is the same for all inputs."""
        return not self.varies_with

    @property
    def is_linear(self) -> bool:
        """Whether the Jacobian does not vary with the input itself."""
        return self.wrt not in self.varies_with

    @property
    def is_exact(self) -> bool:
        """Whether everything in the relation was found different from zero; else it is an upper bound."""
        return bool(self.confirmed) and self.cancels is None

    @cached_property
    def kronecker(self) -> tuple[str, str] | None:
        """Patterns P of rows and Q of columns where the relation is P(i, a) and Q(j, b), one of `PATTERNS` each.

        The Jacobian of vec, column by column, then has the zeros of Q ⊗ P.
        """
        if len(self.pieces) != 1:
            return None
        (piece,) = self.pieces
        of_rows, of_cols = (self.rows, self.in_rows), (self.cols, self.in_cols)
        if any(_touches(part, of_rows) and _touches(part, of_cols) for part in _components(piece)):
            return None
        return _pattern(piece, *of_rows), _pattern(piece, *of_cols)

    @property
    def _rows_from_columns(self) -> bool:
        return self._always_same(self.rows, self.in_cols)

    @property
    def _columns_from_rows(self) -> bool:
        return self._always_same(self.cols, self.in_rows)

    def _always_same(self, index: Index, other: Index) -> bool:
        """Whether two indices of the same range are equal wherever there is a dependence."""
        difference = affine(index) - affine(other)
        return same_size(index.size, other.size) and all(piece.implies(difference, True) for piece in self.pieces)

    # In numbers

    def lengths(self, sizes: Mapping[str, int]) -> tuple[int, int, int, int]:
        """How many rows and columns there are of the output, and of the input."""
        rows, cols, in_rows, in_cols = (length(index.size, sizes) for index in self.indices)
        return rows, cols, in_rows, in_cols

    @property
    def indices(self) -> tuple[Index, Index, Index, Index]:
        return self.rows, self.cols, self.in_rows, self.in_cols

    def mask(self, sizes: Mapping[str, int] | None = None) -> Any:
        """n×p×m×q, True where entry [i, j, a, b] of the Jacobian may be different from zero; indices from 0.

        `sizes`: the lengths of the symbolic ones. Raises LimitError for more entries than fit.
        """
        return mask(self.pieces, self.indices, sizes or {})

    def coordinates(self, sizes: Mapping[str, int] | None = None) -> Any:
        """The places i, j, a, b where `mask` is True, from 0: four rows, sorted, without filling the mask."""
        return coordinates(self.pieces, self.indices, sizes or {})


def dependence(differential: Differential, of: str | None = None, wrt: str | None = None) -> Dependence:
    """How `of`, by default the last output, depends on the input `wrt`, by default the first that moves.

    `of` may be any name of the program. Raises NameError_ for a name that is none, or an input that does not move.
    """
    of, wrt = chosen_name(differential, of), chosen_input(differential, wrt)
    tracking = Tracking(differential, wrt)
    for let in differential.tangent.lets:
        tracking.take(let)
    symbols = differential.tangent.symbols
    symbol = symbols.get(differential.name(of))
    pieces = tracking.of_name(symbol) if symbol is not None else NOWHERE
    indices = free_indices(differential.primal.symbols[of].shape)
    found = Dependence(of, wrt, *indices, tracking.in_rows, tracking.in_cols, pieces, seed=(tracking.seed,))
    if symbol is None or not pieces:
        return found
    return replace(
        found,
        statements=tuple(_statements(differential, tracking, symbol)),
        varies_with=_varies_with(differential, tracking, symbol),
        moves_in_pairs=tracking.structure.has(tracking.seed, "symmetric"),
    )


def rows_independent(differential: Differential, of: str | None = None, wrt: str | None = None) -> bool:
    """Whether row i of `of` is proved to depend on row i of `wrt` alone, so that the Jacobian has one block a row."""
    return dependence(differential, of, wrt).rows_independent


def common_source(pieces: Pieces, index: Index) -> Affine | None:
    """What an index of the input is in terms of one of the output's alone, if all pieces say the same."""
    found = {piece.reduced(affine(index)) for piece in pieces}
    if len(found) != 1:
        return None
    (source,) = found
    fixed = not any(other.bound or other == index for other in source.indices) and len(source.terms) <= 1
    return source if fixed else None


def _components(piece: Piece) -> list[set[Index]]:
    """The indices of a piece, those together that conditions connect."""
    parts: list[set[Index]] = []
    for condition in (*piece.equal, *piece.least):
        own = set(condition.indices)
        own.update(*(part for part in parts if part & own))
        parts = [*(part for part in parts if not part & own), own]
    return parts


def _touches(part: set[Index], indices: tuple[Index, ...]) -> bool:
    return not part.isdisjoint(indices)


def _pattern(piece: Piece, index: Index, other: Index) -> str:
    """Which of two indices go together, in a word."""
    difference = affine(index) - affine(other)
    conditions = [(e, True) for e in piece.equal] + [(e, False) for e in piece.least]
    own = [(e, equality) for e, equality in conditions if _touches(set(e.indices), (index, other))]
    if not own:
        return "dense"
    (condition, equality), *more = own
    if more or condition.indices != difference.indices:
        return "other"
    if equality:
        shift = condition - difference if condition.coefficient(index) == 1 else -condition - difference
        return "identity" if shift == number(0) else "shifted identity" if shift.is_constant else "other"
    if condition in (difference, -difference):
        return "lower triangular" if condition == difference else "upper triangular"
    return "other"


def _statements(differential: Differential, tracking: Tracking, symbol: Node) -> list[Tracked]:
    """The statements that a differential comes from, those alone that the input moves."""
    named = {differential.name(let.name): let for let in differential.primal.lets}
    needed, found = {symbol}, []
    for let in reversed(differential.tangent.lets):
        if let.symbol in needed and tracking.of_name(let.symbol):
            needed |= {part for part in subexpressions(let.expr) if type(part) is MatrixSymbol}
            if let.name in named:
                pieces = tracking.of_name(let.symbol)
                found.append(Tracked(named[let.name], let, pieces, tracking.in_rows, tracking.in_cols))
    return found[::-1]


def _varies_with(differential: Differential, tracking: Tracking, symbol: Node) -> tuple[str, ...]:
    """The inputs that the coefficients of a differential are computed from."""
    tangent = differential.tangent
    values: dict[Node, frozenset[str]] = {given.symbol: frozenset({given.name}) for given in tangent.inputs}
    if differential.order == 1:
        values |= {tangent.symbols[seed]: frozenset() for _, seed in differential.seeds}
    coefficients: dict[Node, frozenset[str]] = {}
    for let in tangent.lets:
        for part in subexpressions(let.expr):
            inside = operands(part)
            values.setdefault(part, frozenset().union(*(values[operand] for operand in inside)))
            moving = [coefficients[operand] for operand in inside if tracking.of_name(operand)]
            beside = [values[operand] for operand in inside if not tracking.of_name(operand)]
            coefficients.setdefault(part, frozenset().union(*moving, *(beside if type(part) is not MatAdd else ())))
        values[let.symbol], coefficients[let.symbol] = values[let.expr], coefficients[let.expr]
    found = coefficients.get(symbol, frozenset())
    return tuple(given.name for given in tangent.inputs if given.name in found)
