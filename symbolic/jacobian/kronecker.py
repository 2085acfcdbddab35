"""Kronecker products, vec and the commutation matrix: how they are built, and the identities that make them short.

vec(A) are the columns of A one below the other, vec(A X B) = (B' ⊗ A) vec(X), and K vec(A) = vec(A') for the
commutation matrix K of the shape of A. (Magnus and Neudecker 2019, chapters 2 and 3.) The identities are rewrites, as
those of `symbolic.simplify` are; each makes an expression shorter, or moves a K to the right, where it meets another.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from sympy import Expr, Identity, MatMul, OneMatrix, S, Transpose

from symbolic.nodes import (
    SCALAR,
    Dim,
    Node,
    Operation,
    Scale,
    Shape,
    expand_size,
    hadamard,
    identity,
    multiply,
    ones,
    operate,
    same_size,
    scale,
    symbol,
    transpose,
)
from symbolic.simplify import Rewrite
from symbolic.statements import Let
from symbolic.structure import Structure


def kron(left: Node, right: Node) -> Node:
    """A ⊗ B; a 1×1 factor is a coefficient."""
    if left.shape == SCALAR:
        return scale(left, right)
    return scale(right, left) if right.shape == SCALAR else operate("kron", left, right)


def vec(matrix: Node) -> Node:
    """The columns one below the other; a column is that itself, a row its transpose."""
    rows, cols = matrix.shape
    if cols == 1:
        return matrix
    return transpose(matrix) if rows == 1 else operate("reshape", matrix, parameters=(entries_of(matrix.shape), S.One))


def diag(column: Node) -> Node:
    return column if column.shape == SCALAR else operate("diag", column)


def entries_of(shape: Shape) -> Dim:
    """How many entries a matrix has."""
    return expand_size(shape[0] * shape[1])


class Commutations:
    """The commutation matrices of a derivation, each a name of its own: K_n_m vec(A) = vec(A') for A of n×m."""

    def __init__(self, taken: Container[str]) -> None:
        self.taken = taken
        self.sizes: dict[Node, tuple[Dim, Dim]] = {}

    def matrix(self, rows: Dim, cols: Dim) -> Node:
        """Of matrices with so many rows and columns; of a row or a column it is the identity."""
        size = entries_of((rows, cols))
        if rows == 1 or cols == 1:
            return identity(size)
        for known, shape in self.sizes.items():
            if same_size(shape[0], rows) and same_size(shape[1], cols):
                return known
        new = symbol(self._name(rows, cols), size, size)
        self.sizes[new] = (rows, cols)
        return new

    def _name(self, rows: Dim, cols: Dim) -> str:
        used = {known.name for known in self.sizes}
        names = [f"K_{rows}_{cols}"] if rows.is_Atom and cols.is_Atom else []
        names += [f"K{number}" for number in range(1, len(used) + 1000)]
        return next(name for name in names if name not in used and name not in self.taken)

    def let(self, name: Node) -> Let:
        """The statement that defines one in the language: rows and columns of vec(I) vec(I)' in another order."""
        rows, cols = self.sizes[name]
        pairs = multiply(vec(identity(cols)), transpose(vec(identity(rows))))
        turned = transpose(operate("reshape", pairs, parameters=(cols, expand_size(cols * rows * rows))))
        return Let(name.name, operate("reshape", turned, parameters=name.shape))

    def rewrites(self) -> tuple[Rewrite, ...]:
        """The identities of this file."""
        return (*KRONECKER, Rewrite("commutation", "K (A ⊗ B) = (B ⊗ A) K", (MatMul,), self._moved))

    def _moved(self, node: Node, structure: Structure) -> Node | None:
        return _in_pairs(node, self._pair)

    def _pair(self, left: Node, right: Node) -> Node | None:
        """K_n_m K_m_n = I; K (A ⊗ B) = (B ⊗ A) K; K diag(vec(A)) = diag(vec(A')) K; K vec(A) = vec(A')"""
        if right in self.sizes and type(left) is Transpose and _is_vec(left.args[0]):
            inner = left.args[0].operands[0]
            cols, rows = self.sizes[right]
            return transpose(vec(transpose(inner))) if _fits(inner, (rows, cols)) else None
        if right in self.sizes and _is(left, "kron"):
            A, B = left.operands
            return self._turned_kron(A, B, *self.sizes[right])
        if left not in self.sizes:
            return None
        rows, cols = self.sizes[left]
        if right in self.sizes:
            return identity(left.shape[0]) if self.sizes[right] == (cols, rows) else None
        if _is_vec(right) and _fits(right.operands[0], (rows, cols)):
            return vec(transpose(right.operands[0]))
        if type(right) is OneMatrix:
            return right
        if _is(right, "diag") and _is_vec(right.operands[0]) and _fits(right.operands[0].operands[0], (rows, cols)):
            return multiply(diag(vec(transpose(right.operands[0].operands[0]))), left)
        if _is(right, "kron") and _fits_kron(right, rows, cols):
            A, B = right.operands
            return multiply(kron(B, A), self.matrix(B.shape[1], A.shape[1]))
        return None

    def _turned_kron(self, A: Node, B: Node, rows: Dim, cols: Dim) -> Node | None:
        """(1' ⊗ B) K = B ⊗ 1', where no other K is left over"""
        fits = same_size(A.shape[1], rows) and same_size(B.shape[1], cols)
        return kron(B, A) if fits and 1 in (A.shape[0], B.shape[0]) else None


def _fits(inner: Node, shape: Shape) -> bool:
    return same_size(inner.shape[0], shape[0]) and same_size(inner.shape[1], shape[1])


def _fits_kron(node: Node, rows: Expr, cols: Expr) -> bool:
    A, B = node.operands
    return same_size(B.shape[0], rows) and same_size(A.shape[0], cols)


# Identities


def _is(node: Node, name: str) -> bool:
    return type(node) is Operation and node.name == name


def _is_vec(node: Node) -> bool:
    return _is(node, "reshape") and node.parameters[1] == 1


def _in_pairs(node: Node, joined: Callable[[Node, Node], Node | None]) -> Node | None:
    """A product in which two neighbours become one."""
    factors = node.args
    for k in range(len(factors) - 1):
        pair = joined(factors[k], factors[k + 1])
        if pair is not None:
            return multiply(*factors[:k], pair, *factors[k + 2 :])
    return None


def _neighbours(node: Node, structure: Structure) -> Node | None:
    return _in_pairs(node, _pair)


def _pair(left: Node, right: Node) -> Node | None:
    if _is(left, "kron") and _is(right, "kron"):
        (A, B), (C, D) = left.operands, right.operands
        fits = same_size(A.shape[1], C.shape[0]) and same_size(B.shape[1], D.shape[0])
        return kron(multiply(A, C), multiply(B, D)) if fits else None
    if _is(right, "diag"):
        if _is(left, "diag"):
            return diag(_entrywise(left.operands[0], right.operands[0]))
        if type(left) is OneMatrix and left.shape[0] == 1:
            return transpose(right.operands[0])
        if type(left) is Transpose and _is_vec(left.args[0]) and _is_vec(right.operands[0]):
            return transpose(_entrywise(left.args[0], right.operands[0]))
    if type(left) is type(right) is OneMatrix and left.shape[1] == 1:
        return ones(left.shape[0], right.shape[1])
    if _is(left, "diag") and right.shape[1] == 1:
        return _entrywise(left.operands[0], right)
    if _is(right, "kron") and left.shape[0] == 1:
        return _row_times_kron(left, *right.operands)
    if _is(left, "kron") and _is_vec(right):
        A, B = left.operands
        fits = _fits(right.operands[0], (B.shape[1], A.shape[1]))
        return vec(multiply(B, right.operands[0], transpose(A))) if fits else None
    return _selected(left, right)


def _row_times_kron(row: Node, A: Node, B: Node) -> Node | None:
    """vec(X)' (A ⊗ B) = vec(B' X A)', 1' (A ⊗ B) = 1'A ⊗ 1'B"""
    if type(row) is OneMatrix:
        return kron(multiply(ones(S.One, A.shape[0]), A), multiply(ones(S.One, B.shape[0]), B))
    inner = row.args[0] if type(row) is Transpose else None
    if inner is None or not _is_vec(inner) or not _fits(inner.operands[0], (B.shape[0], A.shape[0])):
        return None
    return transpose(vec(multiply(transpose(B), inner.operands[0], A)))


def _selected(left: Node, right: Node) -> Node | None:
    """I[1:2, :] A = A[1:2, :], A I[:, 1:2] = A[:, 1:2]"""
    if _is(left, "slice") and type(left.operands[0]) is Identity and _is_whole(left, 1):
        r0, r1, _, _ = left.parameters
        return operate("slice", right, parameters=(r0, r1, S.One, right.shape[1]))
    if _is(right, "slice") and type(right.operands[0]) is Identity and _is_whole(right, 0):
        _, _, c0, c1 = right.parameters
        return operate("slice", left, parameters=(S.One, left.shape[0], c0, c1))
    return None


def _is_whole(node: Node, axis: int) -> bool:
    """Whether a slice has all rows (0) or all columns (1)."""
    first, last = node.parameters[2 * axis : 2 * axis + 2]
    return bool(first == 1) and same_size(last, node.operands[0].shape[axis])


def _entrywise(left: Node, right: Node) -> Node:
    """x ∘ y of columns; vec(A) ∘ vec(B) = vec(A ∘ B)"""
    if type(left) is OneMatrix:
        return right
    if type(right) is OneMatrix:
        return left
    if _is_vec(left) and _is_vec(right) and _fits(left.operands[0], right.operands[0].shape):
        return vec(hadamard(left.operands[0], right.operands[0]))
    return hadamard(left, right)


def _arranged(node: Node, structure: Structure) -> Node | None:
    """A reshape that changes nothing, or is a transpose, or is of a reshape or of ones; a slice of everything."""
    if node.name == "slice":
        return node.operands[0] if _is_whole(node, 0) and _is_whole(node, 1) else None
    if node.name != "reshape":
        return None
    inner, shape = node.operands[0], node.parameters
    if type(inner) is OneMatrix:
        return ones(*shape)
    if _fits(inner, shape):
        return inner
    if 1 in inner.shape and 1 in shape:
        return transpose(inner)
    return operate("reshape", inner.operands[0], parameters=shape) if _is(inner, "reshape") else None


def _constant_kron(node: Node, structure: Structure) -> Node | None:
    """I ⊗ I = I, I ⊗ (I ⊗ A) = I ⊗ A, (A ⊗ I) ⊗ I = A ⊗ I, 1 ⊗ 1 = 1"""
    if node.name != "kron":
        return None
    left, right = node.operands
    if SCALAR in (left.shape, right.shape):
        return kron(left, right)
    if type(left) is type(right) is OneMatrix:
        return ones(*node.shape)
    if type(left) is type(right) is Identity:
        return identity(node.shape[0])
    if type(left) is Identity and _is(right, "kron") and type(right.operands[0]) is Identity:
        return kron(identity(expand_size(left.shape[0] * right.operands[0].shape[0])), right.operands[1])
    if type(right) is Identity and _is(left, "kron") and type(left.operands[1]) is Identity:
        return kron(left.operands[0], identity(expand_size(right.shape[0] * left.operands[1].shape[0])))
    return None


def _constant_diagonal(node: Node, structure: Structure) -> Node | None:
    """diag(1) = I, diag(vec(x 1')) = I ⊗ diag(x), diag(vec(1 x')) = diag(x) ⊗ I"""
    if node.name != "diag":
        return None
    inner = node.operands[0]
    if inner.shape == SCALAR:
        return inner
    if type(inner) is OneMatrix:
        return identity(inner.shape[0])
    if not _is_vec(inner) or type(inner.operands[0]) is not MatMul:
        return None
    first, *middle, last = inner.operands[0].args
    if type(last) is OneMatrix and last.shape[0] == 1:
        return kron(identity(last.shape[1]), diag(multiply(first, *middle)))
    if type(first) is OneMatrix and first.shape[1] == 1:
        return kron(diag(transpose(multiply(*middle, last))), identity(first.shape[0]))
    return None


def _unit_coefficient(node: Node, structure: Structure) -> Node | None:
    """The identity of one row is the number 1"""
    if type(node.coefficient) is Identity:
        return node.matrix
    one_row = type(node.matrix) is Identity and node.shape == SCALAR
    return scale(node.coefficient, ones(*SCALAR)) if one_row else None


def _turned(node: Node, structure: Structure) -> Node | None:
    """(A ⊗ B)' = A' ⊗ B', diag(x)' = diag(x), (x 1')' = 1 x'"""
    inner = node.args[0]
    if type(inner) is MatMul and any(type(factor) is OneMatrix for factor in inner.args):
        return multiply(*map(transpose, reversed(inner.args)))
    if _is(inner, "kron"):
        return kron(*map(transpose, inner.operands))
    return inner if _is(inner, "diag") else None


KRONECKER: tuple[Rewrite, ...] = (
    Rewrite("entries arranged", "vec(x) = x", (Operation,), _arranged),
    Rewrite("Kronecker product of constants", "I ⊗ I = I", (Operation,), _constant_kron),
    Rewrite("diagonal of a constant", "diag(1) = I", (Operation,), _constant_diagonal),
    Rewrite("mixed product", "(A ⊗ B) (C ⊗ D) = A C ⊗ B D", (MatMul,), _neighbours),
    Rewrite("identity of one row", "eye(1)*A = A", (Scale,), _unit_coefficient),
    Rewrite("transposed Kronecker product", "(A ⊗ B)' = A' ⊗ B'", (Transpose,), _turned),
)
