"""Row or column i of an expression, as a column: that of f(A B) is f(B' aᵢ)."""

from __future__ import annotations

from collections.abc import Container
from itertools import chain, count

from sympy import HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, OneMatrix, S, Transpose, ZeroMatrix

from symbolic.nodes import (
    Dim,
    Elementwise,
    Node,
    Operation,
    Quotient,
    Scale,
    multiply,
    ones,
    operands,
    operate,
    rebuild,
    scale,
    symbol,
    transpose,
    zeros,
)  # fmt: skip

ROW, COLUMN = "row", "column"
OTHER = {ROW: COLUMN, COLUMN: ROW}


def free_letter(letters: str, taken: Container[str]) -> str:
    """The first letter that no size has; i, r, …, i1, i2, …"""
    wishes = chain(letters, (f"{letters[0]}{number}" for number in count(1)))
    return next(wish for wish in wishes if wish not in taken)


class Lines:
    """Row or column i of what does not move, as a column: that of f(A B) is f(B' aᵢ), and that of a name has a name."""

    def __init__(self, index: Dim, taken: Container[str]) -> None:
        self.index = index
        self.taken = taken
        self.found: dict[Node, Node] = {}
        self.done: dict[tuple[Node, str], Node] = {}

    def line(self, node: Node, side: str) -> Node:
        if (node, side) not in self.done:
            self.done[node, side] = self._line(node, side)
        return self.done[node, side]

    def _line(self, node: Node, side: str) -> Node:
        operation = type(node)
        length = node.shape[1 if side == ROW else 0]
        if operation is MatrixSymbol:
            return self._named(node, side)
        if operation in (OneMatrix, ZeroMatrix):
            return (ones if operation is OneMatrix else zeros)(length, S.One)
        if operation is Transpose:
            return self.line(node.args[0], OTHER[side])
        if operation is Scale:
            return scale(node.coefficient, self.line(node.matrix, side))
        if operation in (MatAdd, HadamardProduct, HadamardPower, Quotient, Elementwise):
            return rebuild(node, [self.line(part, side) for part in operands(node)])
        if operation is MatMul and side == ROW:
            return multiply(*map(transpose, reversed(node.args[1:])), self.line(node.args[0], side))
        if operation is MatMul:
            return multiply(*node.args[:-1], self.line(node.args[-1], side))
        if operation is Operation and (node.name, side) in (("sum_2", ROW), ("sum_1", COLUMN)):
            inner = self.line(node.operands[0], side)
            return multiply(ones(S.One, inner.shape[0]), inner)
        return self._taken_from(node, side)

    def _taken_from(self, node: Node, side: str) -> Node:
        i, (rows, cols) = self.index, node.shape
        if side == ROW:
            return transpose(operate("slice", node, parameters=(i, i, S.One, cols)))
        return operate("slice", node, parameters=(S.One, rows, i, i))

    def _named(self, node: Node, side: str) -> Node:
        taken = self._taken_from(node, side)
        for known, value in self.found.items():
            if value == taken:
                return known
        stem = node.name[0].lower() + node.name[1:]
        used = {known.name for known in self.found}
        names = (f"{stem}_{self.index}", f"{side}_{stem}_{self.index}")
        name = next((name for name in names if name not in used and name not in self.taken), None)
        if name is None:
            return taken
        new = symbol(name, *taken.shape)
        self.found[new] = taken
        return new
