"""The differential of a Fréchet derivative, and its transpose, without a matrix of twice the size.

A rule writes δ L(A, E) as a block of L([A, E; 0, A], [δA, δE; 0, δA]). That block holds L(A, δE) + L²(A, E, δA), with
the second derivative L² in two directions (Higham and Relton 2014, section 2), for which there is an instruction.
The transpose takes blocks of L([A, E; 0, A]', [0, Y; 0, 0]): the one at the upper right is L(A', Y), and the two on the
diagonal together are L²(A', E', Y).
"""

from __future__ import annotations

from typing import NamedTuple

from sympy import MatAdd, Transpose, ZeroMatrix

from codegen.lower_operations import Emitter, lower_second_derivative
from symbolic.nodes import Node, Operation, add, operate, transpose, zeros


class _Block(NamedTuple):
    """Rows `row` and columns `col` (0 above or left, 1 below or right) of `whole`, L(M, D) or L(M', D), for
    M = [A, E; 0, A]."""

    whole: Node
    row: int
    col: int
    A: Node
    E: Node
    flipped: bool

    @property
    def direction(self) -> list[Node] | None:
        """The four blocks of D."""
        return _four(self.whole.operands[1], self.A.shape[0])


def is_of_blocks(node: Node) -> bool:
    """Whether a node is a Fréchet derivative at a matrix of blocks."""
    return bool(node.name.endswith("_frechet")) and _point(node.operands[0]) is not None


def derivative_of_frechet(to: Emitter, node: Node, name: str | None) -> str | None:
    """A block, or a sum of two, as a derivative of the first or second order; None for anything else."""
    if type(node) is MatAdd:
        return _diagonal_blocks(to, node, name)
    found = _block(node)
    if found is None or found.direction is None or (found.row, found.col) != (0, 1):
        return None
    first, beside, below, last = found.direction
    if first != last or not _is_zero(below) or (found.flipped and not _is_zero(first)):
        return None
    point = transpose(found.A) if found.flipped else found.A
    if _is_zero(first):
        return to.value(operate(found.whole.name, point, beside), name)
    second = lower_second_derivative(to, found.whole.name, (point, found.E, first), name if _is_zero(beside) else None)
    if _is_zero(beside):
        return second
    return to.emit("add", (second, to.value(operate(found.whole.name, point, beside))), node.shape, name)


def _diagonal_blocks(to: Emitter, node: Node, name: str | None) -> str | None:
    """The blocks on the diagonal among the terms of a sum, and what is added to them."""
    blocks = [(term, _block(term)) for term in node.args]
    above = [(term, found) for term, found in blocks if found is not None and found.row == found.col == 0]
    for term, found in above:
        partner = next((other for other, block in blocks if block == found._replace(row=1, col=1)), None)
        direction = found.direction
        if partner is None or direction is None or not found.flipped:
            continue
        if not all(map(_is_zero, (direction[0], *direction[2:]))):
            continue
        rest = [other for other in node.args if other is not term and other is not partner]
        operands = (transpose(found.A), transpose(found.E), direction[1])
        second = lower_second_derivative(to, found.whole.name, operands, None if rest else name)
        return to.emit("add", (second, to.value(add(*rest))), node.shape, name) if rest else second
    return None


def _block(node: Node) -> _Block | None:
    """What a slice of a slice of a Fréchet derivative of blocks is."""
    shape, row, col = node.shape, 0, 0
    while type(node) is Operation and node.name == "slice":
        row, col = row + node.parameters[0] - 1, col + node.parameters[2] - 1
        node = node.operands[0]
    if type(node) is not Operation or not is_of_blocks(node):
        return None
    A, E, flipped = _point(node.operands[0]) or (node, node, False)
    n = A.shape[0]
    if shape != A.shape or row not in (0, n) or col not in (0, n):
        return None
    return _Block(node, int(row == n), int(col == n), A, E, flipped)


def _point(matrix: Node) -> tuple[Node, Node, bool] | None:
    """A and E of [A, E; 0, A], and whether that is transposed."""
    flipped = type(matrix) is Transpose
    whole = matrix.args[0] if flipped else matrix
    blocks = _four(whole, whole.shape[0] / 2)
    if blocks is None or blocks[0] != blocks[3] or not _is_zero(blocks[2]):
        return None
    return blocks[0], blocks[1], flipped


def _is_zero(node: Node) -> bool:
    return type(node) is ZeroMatrix


def _four(matrix: Node, n: Node) -> list[Node] | None:
    """The four n×n blocks of a matrix that is written as blocks."""
    if type(matrix) is not Operation or matrix.name != "vstack" or len(matrix.operands) != 2:
        return None
    found: list[Node] = []
    for row in matrix.operands:
        if _is_zero(row):
            found += [zeros(n, n)] * 2
        elif type(row) is Operation and row.name == "hstack" and len(row.operands) == 2:
            found += row.operands
    return found if len(found) == 4 and all(block.shape == (n, n) for block in found) else None
