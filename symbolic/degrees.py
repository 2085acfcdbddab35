"""How likely two different expressions agree at a random point of a prime field (Schwartz 1980, Zippel 1979).

Every entry is bounded as a quotient of polynomials, in the random entries and table values, of degree at most d. Two
such entries that differ agree at a random point with probability at most 2d/p. An entry of a table counts as a
variable of its own unless two arguments of one table happen to agree, which is counted as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Transpose

from symbolic.field import P
from symbolic.nodes import CONSTANTS, Elementwise, Node, Operation, Quotient, Scale, operands
from symbolic.shapes import length
from symbolic.walks import bottom_up

KNOWN_DEGREE = 8
"""The most that a function of the catalogue has in the table values it is made of."""


class Degrees:
    """Bounds for the expressions of one program at given sizes; `named`: those of its names."""

    def __init__(self, sizes: Mapping[str, int]) -> None:
        self.sizes = sizes
        self.named: dict[str, int] = {}
        self.found: dict[Node, int] = {}
        self.applied: dict[Node, int] = {}

    def degree(self, node: Node) -> int:
        """A bound on the degrees above and below the line of every entry."""
        return bottom_up(node, self.found, self._degree)

    def chance(self, left: Node, right: Node) -> float:
        """A bound on the probability that two expressions that differ agree at one random point."""
        degree = 2 * (self.degree(left) + self.degree(right)) + 2  # the ε part of N/D is over D²
        arguments = sum(self.applied.values())
        worst = max((self.found[node] for node in self.applied), default=0)
        return min(1.0, (2 * degree + arguments**2 * 2 * worst) / P)

    def _degree(self, node: Node) -> int:
        operation, inner = type(node), [self.found[operand] for operand in operands(node)]
        if operation is MatrixSymbol:
            return self.named.get(node.name, 1)
        if operation in CONSTANTS:
            return 0
        if operation is Transpose:
            return inner[0]
        if operation in (MatAdd, HadamardProduct, Scale, Quotient):
            return sum(inner) + 1
        if operation is HadamardPower:
            return int(abs(node.args[1]) * 2 + 1) * inner[0]
        if operation is Elementwise:
            self.applied[node] = self._entries(node)
            return inner[0] + KNOWN_DEGREE
        if operation is MatMul:
            widths = [length(factor.shape[1], self.sizes) for factor in node.args[:-1]]
            return sum(inner) * _product(widths)
        return self._of_operation(node, inner)

    def _of_operation(self, node: Node, inner: list[int]) -> int:
        """What is rational in all the entries of the operands, of a degree up to their number, and a power."""
        assert type(node) is Operation
        entries = sum(map(self._entries, node.operands))
        power = int(node.parameters[0]) if node.name == "matrix_power" else 1
        return (entries + 1) ** 2 * abs(power) * (max(inner) + KNOWN_DEGREE)

    def _entries(self, node: Node) -> int:
        rows, cols = (length(size, self.sizes) for size in node.shape)
        return rows * cols


def _product(numbers: list[int]) -> int:
    total = 1
    for number in numbers:
        total *= number
    return total
