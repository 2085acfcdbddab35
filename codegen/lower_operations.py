"""Named operations to instructions: most are one; systems use what is known of their matrix.

A triangular system is solved by substitution, a positive definite one through Cholesky, a diagonal one by division, an
orthogonal one by a product. A factorisation stands before each use of it; the equal ones become one in a pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sympy import MatrixSymbol, S, Transpose

from codegen.operations import FACTORISATIONS
from codegen.schedule import Arg, Literal
from symbolic.nodes import Node, Operation, Shape, matrix_power, transpose
from symbolic.structure import Structure


class Emitter(Protocol):
    """What of the lowering is needed here."""

    @property
    def structure(self) -> Structure: ...

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


# Entries moved, and powers


def _slice(to: Emitter, node: Node, name: str | None) -> str:
    """Rows and columns counted from 0, the end excluded, as NumPy counts."""
    r0, r1, c0, c1 = node.parameters
    places = {"first_row": r0 - 1, "end_row": r1, "first_col": c0 - 1, "end_col": c1}
    return to.emit("slice", (to.matrix(node.operands[0]),), node.shape, name, **places)


def _band(to: Emitter, node: Node, name: str | None) -> str:
    return to.emit(node.name, (to.matrix(node.operands[0]),), node.shape, name, k=int(node.parameters[0]))


def _reshape(to: Emitter, node: Node, name: str | None) -> str:
    return to.emit("reshape", (to.matrix(node.operands[0]),), node.shape, name)


def _rearrange(to: Emitter, node: Node, name: str | None) -> str:
    sizes = dict(zip("nmpq", node.parameters, strict=True))
    return to.emit("rearrange", (to.matrix(node.operands[0]),), node.shape, name, **sizes)


def _power(to: Emitter, node: Node, name: str | None) -> str:
    """A^k by squaring: A^5 = (A^2)^2 A"""
    base, exponent = node.operands[0], int(node.parameters[0])
    root = to.value(matrix_power(base, exponent // 2))
    squared = to.emit("matmul", (root, root), node.shape, None if exponent % 2 else name)
    return to.emit("matmul", (squared, to.matrix(base)), node.shape, name) if exponent % 2 else squared


# Factorisations


def _part(to: Emitter, node: Node, name: str | None) -> str:
    factorisation, place = _PART_OF[node.name]
    operand, flipped = _without_transpose(to, node.operands[0])
    if not flipped or factorisation != "eig":
        operand = node.operands[0]
    elif node.name == "eigvec":
        place = FACTORISATIONS["eig"].index("left_eigvec")
    factor = to.emit(factorisation, (to.matrix(operand),), operand.shape)
    return to.emit("part", (factor,), node.shape, name, part=place)


def _function(to: Emitter, node: Node, name: str | None) -> str:
    """A function of a symmetric matrix, or its Fréchet derivative there, is one of the eigenvalues."""
    matrix, *direction = node.operands
    args = tuple(map(to.matrix, direction))
    if not to.structure.has(matrix, "symmetric"):
        return to.emit(node.name, (to.matrix(matrix), *args), node.shape, name)
    op = "frechet_of_spectrum" if direction else "of_spectrum"
    function = node.name.removesuffix("_frechet")
    return to.emit(op, (_spectrum(to, matrix), *args), node.shape, name, function=function)


def lower_second_derivative(to: Emitter, frechet: str, operands: tuple[Node, Node, Node], name: str | None) -> str:
    """The derivative of f_frechet(A, E) by A in the direction F."""
    matrix, *_ = operands
    value, *args = map(to.value, operands)
    if not to.structure.has(matrix, "symmetric"):
        return to.emit(f"{frechet}2", (value, *args), matrix.shape, name)
    function = frechet.removesuffix("_frechet")
    return to.emit("frechet2_of_spectrum", (_spectrum(to, matrix), *args), matrix.shape, name, function=function)


def _spectrum(to: Emitter, matrix: Node) -> str:
    """Eigenvalues and vectors of a symmetric matrix; those of f(S) by those of S."""
    value = to.structure.values.get(matrix, matrix)
    if type(value) is Operation and value.name in _FUNCTIONS and to.structure.has(value.operands[0], "symmetric"):
        inside = _spectrum(to, value.operands[0])
        return to.emit("mapped_spectrum", (inside,), matrix.shape, function=value.name)
    return to.emit("spectrum", (to.matrix(matrix),), matrix.shape)


def _sylvester(to: Emitter, node: Node, name: str | None) -> str:
    """A X + X B = C by the eigenvectors of A and B, or by Schur forms; that of A' is the transpose of that of A."""
    *matrices, right = node.operands
    if all(to.structure.has(matrix, "symmetric") for matrix in matrices):
        spectra = [_spectrum(to, matrix) for matrix in matrices]
        return to.emit("sylvester_of_spectra", (*spectra, to.matrix(right)), node.shape, name)
    plain, flipped = zip(*(_without_transpose(to, matrix) for matrix in matrices), strict=True)
    factors = tuple(to.emit("schur", (to.matrix(matrix),), matrix.shape) for matrix in plain)
    args = (*factors, to.matrix(right))
    return to.emit("solve_sylvester", args, node.shape, name, trans_a=int(flipped[0]), trans_b=int(flipped[1]))


# Systems


@dataclass(frozen=True)
class _System:
    """How systems with a matrix are solved: the way, and the name of what the instructions read."""

    way: str
    factor: str
    flipped: bool
    attrs: dict[str, Any]


def _system(to: Emitter, matrix: Node) -> _System:
    plain, flipped = _without_transpose(to, matrix)
    operand = to.matrix(plain)
    for side in ("lower", "upper"):
        if to.structure.has(plain, side):
            return _System("triangular", operand, flipped, {"lower": side == "lower"})
    if to.structure.has(plain, "spd"):
        return _System("cho", to.emit("chol", (operand,), plain.shape), False, {})
    return _System("lu", to.emit("factor_lu", (operand,), plain.shape), flipped, {})


def _inverse(to: Emitter, node: Node, name: str | None) -> str:
    matrix = node.operands[0]
    if to.structure.has(matrix, "orthogonal"):
        return to.value(_flipped(matrix), name)
    if to.structure.has(matrix, "diagonal"):
        entries = _entries(to, matrix)
        inverted = to.emit("divide", (Literal(S.One), entries), (node.shape[0], S.One), checked=True)
        return to.emit("diag", (inverted,), node.shape, name)
    system = _system(to, matrix)
    if not system.flipped:
        return to.emit(f"inv_{system.way}", (system.factor,), node.shape, name, **system.attrs)
    inverse = to.emit(f"inv_{system.way}", (system.factor,), node.shape, **system.attrs)
    return to.emit("transpose", (inverse,), node.shape, name)


def _solve(to: Emitter, node: Node, name: str | None) -> str:
    matrix, right = node.operands
    if to.structure.has(matrix, "orthogonal"):
        return to.emit("matmul", (to.value(_flipped(matrix)), to.matrix(right)), node.shape, name)
    if to.structure.has(matrix, "diagonal"):
        return to.emit("divide", (to.matrix(right), _entries(to, matrix)), node.shape, name, checked=True)
    system = _system(to, matrix)
    attrs = system.attrs if system.way == "cho" else {**system.attrs, "trans": int(system.flipped)}
    return to.emit(f"solve_{system.way}", (system.factor, to.matrix(right)), node.shape, name, **attrs)


def _determinant(to: Emitter, node: Node, name: str | None) -> str:
    system = _system(to, node.operands[0])
    return to.emit(f"{node.name}_{system.way}", (system.factor,), node.shape, name)


def _entries(to: Emitter, matrix: Node) -> str:
    """The entries of a diagonal matrix, as a column."""
    if type(matrix) is Operation and matrix.name == "diag":
        return to.matrix(matrix.operands[0])
    return to.emit("diagonal", (to.matrix(matrix),), (matrix.shape[0], S.One))


def _flipped(matrix: Node) -> Node:
    """The transpose, without a second one around a first."""
    return matrix.args[0] if type(matrix) is Transpose else transpose(matrix)


def _without_transpose(to: Emitter, matrix: Node) -> tuple[Node, bool]:
    """The matrix that this one is the transpose of, also by name, and whether it is that."""
    flipped = False
    value = matrix
    while True:
        if type(value) is MatrixSymbol:
            value = to.structure.values.get(value, value)
        if type(value) is not Transpose:
            return matrix, flipped
        matrix = value = value.args[0]
        flipped = not flipped


_PART_OF = {part: (whole, place) for whole, parts in FACTORISATIONS.items() for place, part in enumerate(parts)}
_FUNCTIONS = ("expm", "logm", "sqrtm", "sinm", "cosm")
_SPECIAL: dict[str, Callable[[Emitter, Node, str | None], str]] = {
    "slice": _slice,
    "tril": _band,
    "triu": _band,
    "reshape": _reshape,
    "rearrange": _rearrange,
    "matrix_power": _power,
    **dict.fromkeys((*_FUNCTIONS, *(f"{name}_frechet" for name in _FUNCTIONS)), _function),
    "sylvester": _sylvester,
    "inv": _inverse,
    "solve": _solve,
    "det": _determinant,
    "logdet": _determinant,
}
