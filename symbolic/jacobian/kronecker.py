"""Kronecker products and vec: how they are built, and the identities that make them short.

vec(A) are the columns of A one below the other, and vec(A X B) = (B' ⊗ A) vec(X). (Magnus and Neudecker 2019, chapter
2.) The identities are rewrites, as those of `symbolic.simplify` are; each makes an expression shorter.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Identity, MatMul, OneMatrix, S, Transpose

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
    transpose,
)
from symbolic.simplify import Rewrite
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


def fits(inner: Node, shape: Shape) -> bool:
    return same_size(inner.shape[0], shape[0]) and same_size(inner.shape[1], shape[1])


# Identities


def is_named(node: Node, name: str) -> bool:
    return type(node) is Operation and node.name == name


def is_vec(node: Node) -> bool:
    return is_named(node, "reshape") and node.parameters[1] == 1


def in_pairs(node: Node, joined: Callable[[Node, Node], Node | None]) -> Node | None:
    """A product in which two neighbours become one."""
    factors = node.args
    for k in range(len(factors) - 1):
        pair = joined(factors[k], factors[k + 1])
        if pair is not None:
            return multiply(*factors[:k], pair, *factors[k + 2 :])
    return None


def _neighbours(node: Node, structure: Structure) -> Node | None:
    return in_pairs(node, _pair)


def _pair(left: Node, right: Node) -> Node | None:
    if is_named(left, "kron") and is_named(right, "kron"):
        (A, B), (C, D) = left.operands, right.operands
        fitting = same_size(A.shape[1], C.shape[0]) and same_size(B.shape[1], D.shape[0])
        return kron(multiply(A, C), multiply(B, D)) if fitting else None
    if is_named(right, "diag"):
        if is_named(left, "diag"):
            return diag(_entrywise(left.operands[0], right.operands[0]))
        if type(left) is OneMatrix and left.shape[0] == 1:
            return transpose(right.operands[0])
        if type(left) is Transpose and is_vec(left.args[0]) and is_vec(right.operands[0]):
            return transpose(_entrywise(left.args[0], right.operands[0]))
    if type(left) is type(right) is OneMatrix and left.shape[1] == 1:
        return ones(left.shape[0], right.shape[1])
    if is_named(left, "diag") and right.shape[1] == 1:
        return _entrywise(left.operands[0], right)
    if is_named(right, "kron") and left.shape[0] == 1:
        return _row_times_kron(left, *right.operands)
    if is_named(left, "kron") and is_vec(right):
        A, B = left.operands
        fitting = fits(right.operands[0], (B.shape[1], A.shape[1]))
        return vec(multiply(B, right.operands[0], transpose(A))) if fitting else None
    return _selected(left, right)


def _row_times_kron(row: Node, A: Node, B: Node) -> Node | None:
    """vec(X)' (A ⊗ B) = vec(B' X A)', 1' (A ⊗ B) = 1'A ⊗ 1'B"""
    if type(row) is OneMatrix:
        return kron(multiply(ones(S.One, A.shape[0]), A), multiply(ones(S.One, B.shape[0]), B))
    inner = row.args[0] if type(row) is Transpose else None
    if inner is None or not is_vec(inner) or not fits(inner.operands[0], (B.shape[0], A.shape[0])):
        return None
    return transpose(vec(multiply(transpose(B), inner.operands[0], A)))


def _selected(left: Node, right: Node) -> Node | None:
    """I[1:2, :] A = A[1:2, :], A I[:, 1:2] = A[:, 1:2]"""
    if is_named(left, "slice") and type(left.operands[0]) is Identity and _is_whole(left, 1):
        r0, r1, _, _ = left.parameters
        return operate("slice", right, parameters=(r0, r1, S.One, right.shape[1]))
    if is_named(right, "slice") and type(right.operands[0]) is Identity and _is_whole(right, 0):
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
    if is_vec(left) and is_vec(right) and fits(left.operands[0], right.operands[0].shape):
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
    if fits(inner, shape):
        return inner
    if 1 in inner.shape and 1 in shape:
        return transpose(inner)
    return operate("reshape", inner.operands[0], parameters=shape) if is_named(inner, "reshape") else None


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
    if type(left) is Identity and is_named(right, "kron") and type(right.operands[0]) is Identity:
        return kron(identity(expand_size(left.shape[0] * right.operands[0].shape[0])), right.operands[1])
    if type(right) is Identity and is_named(left, "kron") and type(left.operands[1]) is Identity:
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
    if not is_vec(inner) or type(inner.operands[0]) is not MatMul:
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
    if is_named(inner, "kron"):
        return kron(*map(transpose, inner.operands))
    return inner if is_named(inner, "diag") else None


KRONECKER: tuple[Rewrite, ...] = (
    Rewrite("entries arranged", "vec(x) = x", (Operation,), _arranged),
    Rewrite("Kronecker product of constants", "I ⊗ I = I", (Operation,), _constant_kron),
    Rewrite("diagonal of a constant", "diag(1) = I", (Operation,), _constant_diagonal),
    Rewrite("mixed product", "(A ⊗ B) (C ⊗ D) = A C ⊗ B D", (MatMul,), _neighbours),
    Rewrite("identity of one row", "eye(1)*A = A", (Scale,), _unit_coefficient),
    Rewrite("transposed Kronecker product", "(A ⊗ B)' = A' ⊗ B'", (Transpose,), _turned),
)
