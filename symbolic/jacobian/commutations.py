"""The commutation matrix, K vec(A) = vec(A') for every A of one shape, and how it moves to where it is not needed.

K (A ⊗ B) = (B ⊗ A) K moves it to the right, where it meets another, K_n_m K_m_n = I, or a column, K vec(A) = vec(A').
(Magnus and Neudecker 2019, section 3.7.)
"""

from __future__ import annotations

from collections.abc import Container

from sympy import Expr, MatMul, OneMatrix, Transpose

from symbolic.jacobian.kronecker import KRONECKER, diag, entries_of, fits, in_pairs, is_named, is_vec, kron, vec
from symbolic.nodes import Dim, Node, expand_size, identity, multiply, operate, same_size, symbol, transpose
from symbolic.simplify import Rewrite
from symbolic.statements import Let
from symbolic.structure import Structure


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
        """The identities of Kronecker products, and these."""
        return (*KRONECKER, Rewrite("commutation", "K (A ⊗ B) = (B ⊗ A) K", (MatMul,), self._moved))

    def _moved(self, node: Node, structure: Structure) -> Node | None:
        return in_pairs(node, self._pair)

    def _pair(self, left: Node, right: Node) -> Node | None:
        """K_n_m K_m_n = I; K (A ⊗ B) = (B ⊗ A) K; K diag(vec(A)) = diag(vec(A')) K; K vec(A) = vec(A')"""
        if right in self.sizes and type(left) is Transpose and is_vec(left.args[0]):
            inner = left.args[0].operands[0]
            cols, rows = self.sizes[right]
            return transpose(vec(transpose(inner))) if fits(inner, (rows, cols)) else None
        if right in self.sizes and is_named(left, "kron"):
            A, B = left.operands
            return self._turned_kron(A, B, *self.sizes[right])
        if left not in self.sizes:
            return None
        rows, cols = self.sizes[left]
        if right in self.sizes:
            return identity(left.shape[0]) if self.sizes[right] == (cols, rows) else None
        if is_vec(right) and fits(right.operands[0], (rows, cols)):
            return vec(transpose(right.operands[0]))
        if type(right) is OneMatrix:
            return right
        if is_named(right, "diag") and is_vec(right.operands[0]) and fits(right.operands[0].operands[0], (rows, cols)):
            return multiply(diag(vec(transpose(right.operands[0].operands[0]))), left)
        if is_named(right, "kron") and _fits_kron(right, rows, cols):
            A, B = right.operands
            return multiply(kron(B, A), self.matrix(B.shape[1], A.shape[1]))
        return None

    def _turned_kron(self, A: Node, B: Node, rows: Dim, cols: Dim) -> Node | None:
        """(1' ⊗ B) K = B ⊗ 1', where no other K is left over"""
        fitting = same_size(A.shape[1], rows) and same_size(B.shape[1], cols)
        return kron(B, A) if fitting and 1 in (A.shape[0], B.shape[0]) else None


def _fits_kron(node: Node, rows: Expr, cols: Expr) -> bool:
    A, B = node.operands
    return same_size(B.shape[0], rows) and same_size(A.shape[0], cols)
