"""Products that sum: of matrices, of matrices and vectors, inner and outer ones, Kronecker's."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from sympy import Integer

from pushforward.tracing.arithmetic import multiply
from pushforward.tracing.array import Array
from pushforward.tracing.broadcasting import oriented
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array, as_arrays
from pushforward.tracing.reductions import sum_
from pushforward.tracing.shaping import as_shape, lengths_of, ravel, transpose
from pushforward.tracing.tape import Tape
from symbolic import nodes, shapes
from symbolic.errors import ShapeError
from symbolic.nodes import Node, same_size


def matmul(tape: Tape, left: Any, right: Any) -> Array:
    """A @ B; an array of one axis is a row on the left, a column on the right, and the axis is summed."""
    a, b = as_array(tape, left), as_array(tape, right)
    if not a.ndim or not b.ndim:
        raise ShapeError("@ is a product of matrices and vectors; the multiple of one is written with *")
    if a.ndim == 1 and b.ndim == 2:
        return a.new(product(nodes.transpose(b.node), a.node), 1)
    first = nodes.transpose(a.node) if a.ndim == 1 else a.node
    return a.new(product(first, b.node), a.ndim + b.ndim - 2)


def product(left: Node, right: Node) -> Node:
    """The matrix product. Raises ShapeError."""
    shapes.product(left.shape, right.shape, same_size)
    return nodes.multiply(left, right)


def matvec(tape: Tape, matrix: Any, vector: Any) -> Array:
    return matmul(tape, matrix, _vector(tape, vector))


def vecmat(tape: Tape, vector: Any, matrix: Any) -> Array:
    return matmul(tape, _vector(tape, vector), matrix)


def dot(tape: Tape, a: Any, b: Any) -> Array:
    left, right = as_array(tape, a), as_array(tape, b)
    return matmul(tape, left, right) if left.ndim and right.ndim else multiply(tape, left, right)


def inner(tape: Tape, a: Any, b: Any) -> Array:
    """The sum over the last axes of both."""
    left, right = as_array(tape, a), as_array(tape, b)
    if not left.ndim or not right.ndim:
        return multiply(tape, left, right)
    return matmul(tape, left, transpose(tape, right))


def vdot(tape: Tape, a: Any, b: Any) -> Array:
    left, right = as_array(tape, a), as_array(tape, b)
    if left.ndim != right.ndim or not all(map(same_size, left.node.shape, right.node.shape)):
        raise ShapeError("np.vdot and np.tensordot take two arrays of the same shape")
    return sum_(tape, multiply(tape, left, right))


def vecdot(tape: Tape, left: Any, right: Any, axis: int = -1) -> Array:
    return sum_(tape, multiply(tape, left, right), axis=axis)


def outer(tape: Tape, a: Any, b: Any) -> Array:
    left, right = ravel(tape, a), ravel(tape, b)
    return left.new(nodes.multiply(left.node, nodes.transpose(right.node)), 2)


def kron(tape: Tape, a: Any, b: Any) -> Array:
    left, right = as_array(tape, a), as_array(tape, b)
    if not left.ndim or not right.ndim:
        return multiply(tape, left, right)
    ndim = max(left.ndim, right.ndim)
    return left.new(nodes.operate("kron", oriented(left, ndim), oriented(right, ndim)), ndim)


def tensordot(tape: Tape, a: Any, b: Any, axes: Any = 2) -> Array:
    left, right = as_array(tape, a), as_array(tape, b)
    if axes == 1:
        return matmul(tape, left, right)
    if axes == 2 and left.ndim == right.ndim == 2:
        return vdot(tape, left, right)
    raise TracingError("np.tensordot is read with axes=1 and, of matrices, axes=2", hint="write np.einsum")


def multi_dot(tape: Tape, arrays: Any) -> Array:
    return reduce(lambda left, right: matmul(tape, left, right), as_arrays(tape, arrays))


def matrix_power(tape: Tape, a: Any, n: Any) -> Array:
    array = as_array(tape, a)
    if not isinstance(n, int | np.integer):
        raise TracingError("the power of a matrix is a whole number", hint="np.linalg.eigh and svd give other powers")
    if array.ndim != 2 or not same_size(*array.lengths):
        raise ShapeError("only a square matrix has powers; ** is the power of each entry")
    return array.new(nodes.matrix_power(array.node, int(n)), 2)


def tile(tape: Tape, A: Any, reps: Any) -> Array:
    """Copies side by side and on top of each other: ones ⊗ X."""
    array, counts = as_array(tape, A), lengths_of(reps)
    counts = (*[Integer(1)] * (array.ndim - len(counts)), *counts)
    ndim = len(counts)
    return array.new(nodes.operate("kron", nodes.ones(*as_shape(counts)), oriented(array, ndim)), ndim)


def _vector(tape: Tape, value: Any) -> Array:
    array = as_array(tape, value)
    if array.ndim != 1:
        raise TracingError("np.matvec and np.vecmat are read with one vector", hint="write @ and .T")
    return array


UFUNCS = {"matmul": matmul, "vecdot": vecdot, "matvec": matvec, "vecmat": vecmat}
FUNCTIONS = {
    "dot": dot, "inner": inner, "vdot": vdot, "outer": outer, "kron": kron, "tensordot": tensordot, "tile": tile,
    "linalg.multi_dot": multi_dot, "linalg.matrix_power": matrix_power, "linalg.outer": outer,
    "linalg.matmul": matmul, "linalg.vecdot": vecdot, "linalg.tensordot": tensordot,
}  # fmt: skip
