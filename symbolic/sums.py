"""Sums of entries in fewer operations: sum(sum(A, 2)) = sum(A), sum(A*ones(m,k)) = k sum(A)."""

from __future__ import annotations

from sympy import MatMul, OneMatrix, Transpose

from symbolic.nodes import SCALAR, Node, Operation, Scale, hadamard, multiply, ones, operate, scale
from symbolic.structure import Structure


def is_sum(node: Node) -> bool:
    """Of all entries, or along an axis."""
    return type(node) is Operation and node.name in ("sum", "sum_1", "sum_2")


def sum_of_sums(node: Node, structure: Structure) -> Node | None:
    """sum(sum(A, 1)) = sum(sum(A, 2)) = sum(A); sum(A') = sum(A)"""
    inner = node.operands[0]
    if node.name == "sum" and type(inner) is Transpose:
        return operate("sum", inner.args[0])
    if not is_sum(node) or not is_sum(inner):
        return None
    return inner if node.name == inner.name else operate("sum", inner.operands[0])


def sum_of_repeated(node: Node, structure: Structure) -> Node | None:
    """sum(A*ones(m,k)) = k sum(A), sum(ones(k,n)*A) = k sum(A), sum(ones(n,m), 2) = m ones(n,1)"""
    inner = node.operands[0]
    if not is_sum(node):
        return None
    if type(inner) is OneMatrix:
        (rows, cols), (left, right) = inner.shape, node.shape
        return scale((rows if left == 1 else 1) * (cols if right == 1 else 1), ones(*node.shape))
    if node.name != "sum" or type(inner) is not MatMul:
        return None
    first, *_, last = inner.args
    if type(last) is OneMatrix:
        return scale(last.shape[1], operate("sum", multiply(*inner.args[:-1])))
    if type(first) is OneMatrix:
        return scale(first.shape[0], operate("sum", multiply(*inner.args[1:])))
    return None


def sum_by_ones(node: Node, structure: Structure) -> Node | None:
    """ones(1,n)*A*ones(m,1) = sum(A)"""
    first, *inside, last = node.args
    if not inside or node.shape != SCALAR or type(first) is not OneMatrix or type(last) is not OneMatrix:
        return None
    return operate("sum", multiply(*inside))


def filled_factor(node: Node, structure: Structure) -> Node | None:
    """A∘(c 1) = c A for a scalar c"""
    for k, factor in enumerate(node.args):
        if type(factor) is Scale and type(factor.matrix) is OneMatrix:
            return scale(factor.coefficient, hadamard(*node.args[:k], *node.args[k + 1 :]))
    return None
