"""The walk that finds the Jacobian of one row, node by node: what each does to a row that moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import HadamardProduct, Identity, MatAdd, MatMul, S, Transpose

from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.jacobian.kronecker import diag, kron
from symbolic.jacobian.lines import COLUMN, OTHER, ROW, Lines, free_letter
from symbolic.language.elaborate import on_top, solve
from symbolic.language.printer import print_expression
from symbolic.nodes import (
    LEAVES,
    SCALAR,
    Node,
    Operation,
    Quotient,
    Scale,
    add,
    dimension,
    identity,
    is_number,
    multiply,
    ones,
    operands,
    operate,
    quotient,
    same_size,
    scale,
    transpose,
    zeros,
)
from symbolic.statements import Let
from symbolic.structure import structure_of
from symbolic.walks import subexpressions

LETTERS = "irstu"
"""Of the index, the first that no size has."""


class RowWalk:
    """`matrices`: for what moves, whether it goes by rows or by columns, and J of one of them; else None."""

    def __init__(self, differential: Differential, wrt: str, side: str) -> None:
        self.differential = differential
        self.wrt = wrt
        self.side = side
        tangent = differential.tangent
        self.structure = structure_of(tangent.inputs, tangent.lets)
        self.seed = tangent.symbols[dict(differential.seeds)[wrt]]
        if self.seed.shape != SCALAR and any(given.facts for given in tangent.inputs if given.symbol == self.seed):
            raise NotSupported(
                f"the {side}s of {wrt} do not move independently of each other: it has a known structure"
            )
        self.size = self.seed.shape[1 if side == ROW else 0]
        self.count = self.seed.shape[0 if side == ROW else 1]
        taken = {str(size) for size in differential.primal.sizes}
        self.index = free_letter(LETTERS, taken)
        self.names = Lines(dimension(self.index), set(tangent.symbols))
        self.matrices: dict[Node, tuple[str, Node] | None] = {self.seed: (side, identity(self.size))}
        self.lets: list[Let] = []

    def take(self, let: Let) -> None:
        for part in subexpressions(let.expr):
            if part not in self.matrices:
                try:
                    self.matrices[part] = self._matrix(part)
                except NotSupported as error:
                    message = f"no closed form of one {self.side} alone: {error.message}"
                    statement = f"in the statement {let.name} = {print_expression(let.expr)}"
                    raise NotSupported(message, hint=error.hint or statement) from None
        found = self.matrices[let.expr]
        if found is not None:
            side, matrix = found
            self.lets.append(Let(f"J_{let.name.lstrip('δ')}", matrix))
            found = side, self.lets[-1].symbol
        self.matrices[let.symbol] = found

    def _matrix(self, node: Node) -> tuple[str, Node] | None:
        parts = operands(node)
        moving = [k for k, part in enumerate(parts) if self.matrices[part] is not None]
        if isinstance(node, LEAVES) or not moving:
            return None
        if type(node) is MatAdd:
            found = [self._of(parts[k]) for k in moving]
            if len({side for side, _ in found}) > 1:
                raise NotSupported("rows and columns are added to each other")
            return found[0][0], add(*(matrix for _, matrix in found))
        if type(node) is Operation:
            return self._of_operation(node, moving)
        if type(node) not in _MATRICES or len(moving) != 1:
            raise NotSupported(f"{type(node).__name__} is not linear in what moves")
        return _MATRICES[type(node)](self, node, moving[0])

    def _of(self, part: Node) -> tuple[str, Node]:
        found = self.matrices[part]
        assert found is not None
        return found

    def of_product(self, node: Node, k: int) -> tuple[str, Node]:
        """A row of X B is B' x; of D X with a diagonal D, a multiple of x."""
        side, matrix = self._of(node.args[k])
        before, after = node.args[:k], node.args[k + 1 :]
        along, across = (after, before) if side == ROW else (before, after)
        if along:
            inside = map(transpose, reversed(along)) if side == ROW else along
            matrix = multiply(*inside, matrix)
        for factor in across:
            matrix = scale(self._on_the_diagonal(factor, side), matrix)
        return side, matrix

    def _on_the_diagonal(self, factor: Node, side: str) -> Node:
        """Entry i, i of a diagonal matrix."""
        if type(factor) is Identity:
            return ones(*SCALAR)
        if type(factor) is Operation and factor.name == "diag":
            return self.names.line(factor.operands[0], ROW)
        if self.structure.has(factor, "diagonal"):
            i = dimension(self.index)
            return operate("slice", factor, parameters=(i, i, i, i))
        raise NotSupported(f"{print_expression(factor)} mixes {side}s")

    def of_hadamard(self, node: Node, k: int) -> tuple[str, Node]:
        side, matrix = self._of(node.args[k])
        others = (*node.args[:k], *node.args[k + 1 :])
        for other in reversed(others):
            matrix = multiply(diag(self.names.line(other, side)), matrix)
        return side, matrix

    def of_quotient(self, node: Node, k: int) -> tuple[str, Node]:
        if k:
            raise NotSupported("a quotient is not linear in its denominator")
        side, matrix = self._of(node.numerator)
        below = self.names.line(node.denominator, side)
        return side, multiply(diag(quotient(ones(*below.shape), below)), matrix)

    def of_transpose(self, node: Node, k: int) -> tuple[str, Node]:
        side, matrix = self._of(node.args[0])
        return OTHER[side], matrix

    def of_multiple(self, node: Node, k: int) -> tuple[str, Node]:
        if not is_number(node.coefficient) and k == 0:
            raise NotSupported(f"{print_expression(node.coefficient)} is a number for all {self.side}s")
        side, matrix = self._of(node.matrix)
        return side, scale(node.coefficient, matrix)

    def _of_operation(self, node: Node, moving: list[int]) -> tuple[str, Node]:
        side = self._of(node.operands[moving[0]])[0]
        rule = _OPERATIONS.get((node.name, side))
        if rule is None or any(self._of(node.operands[k])[0] != side for k in moving):
            raise NotSupported(f"{node.name} is not known to keep {side}s apart")
        return side, rule(self, node, moving)

    def sum(self, node: Node, moving: list[int]) -> Node:
        """Of each row, 1' x."""
        matrix = self._of(node.operands[0])[1]
        return multiply(ones(S.One, matrix.shape[0]), matrix)

    def joined(self, node: Node, moving: list[int]) -> Node:
        side = self._of(node.operands[moving[0]])[0]
        found = []
        for k, part in enumerate(node.operands):
            length = part.shape[1 if side == ROW else 0]
            found.append(self._of(part)[1] if k in moving else zeros(length, self.size))
        return on_top(*found)

    def slice(self, node: Node, moving: list[int]) -> Node:
        side, matrix = self._of(node.operands[0])
        r0, r1, c0, c1 = node.parameters
        rows, cols = node.operands[0].shape
        whole, bounds = ((r0, r1, rows), (c0, c1)) if side == ROW else ((c0, c1, cols), (r0, r1))
        if whole[0] != 1 or whole[1] != whole[2]:
            raise NotSupported(f"a part of the {side}s is taken")
        return operate("slice", matrix, parameters=(*bounds, S.One, matrix.shape[1]))

    def band(self, node: Node, moving: list[int]) -> Node:
        side, matrix = self._of(node.operands[0])
        kept = operate(node.name, ones(*node.shape), parameters=node.parameters)
        return multiply(diag(self.names.line(kept, side)), matrix)

    def kron(self, node: Node, moving: list[int]) -> Node:
        """Of each row of A ⊗ b, with one row b, (I ⊗ b') x; of b ⊗ A, (b' ⊗ I) x."""
        if len(moving) != 1:
            raise NotSupported("kron is not linear in both operands together")
        (place,) = moving
        side, matrix = self._of(node.operands[place])
        other = node.operands[1 - place]
        if other.shape[0 if side == ROW else 1] != 1:
            raise NotSupported(f"{print_expression(other)} makes several {side}s of one")
        repeated = transpose(other) if side == ROW else other
        kept = identity(matrix.shape[0])
        return multiply(kron(kept, repeated) if place == 0 else kron(repeated, kept), matrix)

    def as_it_is(self, node: Node, moving: list[int]) -> Node:
        """What puts every entry where it is."""
        side, matrix = self._of(node.operands[0])
        same = all(map(same_size, node.shape, node.operands[0].shape))
        if not same or (node.name == "rearrange" and node.parameters[1:3] != (1, 1)):
            raise NotSupported(f"{print_expression(node)} moves entries from {side} to {side}")
        return matrix

    def solved(self, node: Node, moving: list[int]) -> Node:
        """Of each column, A⁻¹ x."""
        if moving != [1]:
            raise NotSupported("solve is not linear in its first operand")
        return solve(node.operands[0], self._of(node.operands[1])[1])


_MATRICES: dict[type, Callable[[RowWalk, Any, int], tuple[str, Node]]] = {
    MatMul: RowWalk.of_product,
    HadamardProduct: RowWalk.of_hadamard,
    Quotient: RowWalk.of_quotient,
    Transpose: RowWalk.of_transpose,
    Scale: RowWalk.of_multiple,
}

_OPERATIONS: Mapping[tuple[str, str], Callable[[RowWalk, Any, list[int]], Node]] = {
    ("sum_2", ROW): RowWalk.sum,
    ("sum_1", COLUMN): RowWalk.sum,
    ("hstack", ROW): RowWalk.joined,
    ("vstack", COLUMN): RowWalk.joined,
    ("solve", COLUMN): RowWalk.solved,
    **{("slice", side): RowWalk.slice for side in (ROW, COLUMN)},
    **{("kron", side): RowWalk.kron for side in (ROW, COLUMN)},
    **{(name, side): RowWalk.as_it_is for name in ("reshape", "rearrange") for side in (ROW, COLUMN)},
    **{(name, side): RowWalk.band for name in ("tril", "triu") for side in (ROW, COLUMN)},
}
"""The operations that keep rows, or columns, apart."""
