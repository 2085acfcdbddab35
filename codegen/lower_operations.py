"""Named operations to instructions: most are one; inverses and solves use what is known of their matrix.

A triangular system is solved by substitution, a positive definite one through Cholesky, a diagonal one by division, an
orthogonal one by a product. Parts of one factorisation share it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sympy import S, Transpose

from codegen.operations import FACTORISATIONS
from codegen.schedule import Arg, Literal
from symbolic.nodes import Node, Shape, matrix_power, transpose
from symbolic.structure import Structure


class Emitter(Protocol):
    """What of the lowering is needed here."""

    structure: Structure

    def emit(self, op: str, args: tuple[Arg, ...], shape: Shape, name: str | None = None, **attrs: object) -> str: ...

    def matrix(self, node: Node) -> str: ...

    def value(self, expression: Node, name: str | None = None) -> str: ...


def lower_operation(to: Emitter, node: Node, name: str | None) -> str:
    """The instructions of one node; `name` is the let's, or None."""
    if node.name in _PART_OF:
        return _part(to, node, name)
    special = _SPECIAL.get(node.name)
    if special is not None:
        return special(to, node, name)
    return to.emit(node.name, tuple(map(to.matrix, node.operands)), node.shape, name)


def _part(to: Emitter, node: Node, name: str | None) -> str:
    factorisation, position = _PART_OF[node.name]
    operand = node.operands[0]
    factor = to.emit(factorisation, (to.matrix(operand),), operand.shape)
    return to.emit("part", (factor,), node.shape, name, part=position)


def _slice(to: Emitter, node: Node, name: str | None) -> str:
    """Rows and columns counted from 0, the end excluded, as NumPy counts."""
    r0, r1, c0, c1 = node.parameters
    return to.emit(
        "slice", (to.matrix(node.operands[0]),), node.shape, name, first_row=r0 - 1, end_row=r1, first_col=c0 - 1, end_col=c1
    )


def _band(to: Emitter, node: Node, name: str | None) -> str:
    return to.emit(node.name, (to.matrix(node.operands[0]),), node.shape, name, k=int(node.parameters[0]))


def _reshape(to: Emitter, node: Node, name: str | None) -> str:
    return to.emit("reshape", (to.matrix(node.operands[0]),), node.shape, name)


def _power(to: Emitter, node: Node, name: str | None) -> str:
    """A^k by squaring: A^5 = (A^2)^2 A"""
    base, exponent = node.operands[0], int(node.parameters[0])
    root = to.value(matrix_power(base, exponent // 2))
    squared = to.emit("matmul", (root, root), node.shape, None if exponent % 2 else name)
    return to.emit("matmul", (squared, to.matrix(base)), node.shape, name) if exponent % 2 else squared


def _structured(to: Emitter, matrix: Node) -> str:
    """The strongest thing known of a matrix that makes a system with it easier."""
    return next((fact for fact in _EASIER if to.structure.has(matrix, fact)), "general")


def _inverse(to: Emitter, node: Node, name: str | None) -> str:
    matrix = node.operands[0]
    structure = _structured(to, matrix)
    operand = to.matrix(matrix)
    if structure == "orthogonal":
        return to.emit("copy", (_flipped(to, matrix),), node.shape, name)
    if structure == "diagonal":
        entries = to.emit("diagonal", (operand,), (node.shape[0], S.One))
        return to.emit("diag", (to.emit("divide", (Literal(S.One), entries), (node.shape[0], S.One)),), node.shape, name)
    if structure in ("lower", "upper"):
        return to.emit(f"solve_{structure}", (operand, to.emit("eye", (), node.shape)), node.shape, name)
    return to.emit("inv", (operand,), node.shape, name, **_attributes(structure))


def _solve(to: Emitter, node: Node, name: str | None) -> str:
    matrix, right = node.operands
    structure = _structured(to, matrix)
    args = (to.matrix(matrix), to.matrix(right))
    if structure == "orthogonal":
        return to.emit("matmul", (_flipped(to, matrix), args[1]), node.shape, name)
    if structure == "diagonal":
        entries = to.emit("diagonal", args[:1], (matrix.shape[0], S.One))
        return to.emit("divide", (args[1], entries), node.shape, name)
    if structure in ("lower", "upper"):
        return to.emit(f"solve_{structure}", args, node.shape, name)
    return to.emit("solve", args, node.shape, name, **_attributes(structure))


def _determinant(to: Emitter, node: Node, name: str | None) -> str:
    matrix = node.operands[0]
    return to.emit(node.name, (to.matrix(matrix),), node.shape, name, **_attributes(_structured(to, matrix)))


def _attributes(structure: str) -> dict[str, Any]:
    return {"spd": True} if structure == "spd" else {}


def _flipped(to: Emitter, matrix: Node) -> str:
    """The transpose, without a second one around a first."""
    return to.value(matrix.args[0] if type(matrix) is Transpose else transpose(matrix))


_PART_OF = {part: (factor, k) for factor, parts in FACTORISATIONS.items() for k, part in enumerate(parts)}
_EASIER = ("diagonal", "orthogonal", "lower", "upper", "spd")
_SPECIAL: dict[str, Callable[[Emitter, Node, str | None], str]] = {
    "slice": _slice,
    "tril": _band,
    "triu": _band,
    "reshape": _reshape,
    "matrix_power": _power,
    "inv": _inverse,
    "solve": _solve,
    "det": _determinant,
    "logdet": _determinant,
}
