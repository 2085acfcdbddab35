"""Products that sum: of matrices, of matrices and vectors, inner and outer ones, Kronecker's."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sympy import Integer

from pushforward.tracing.arithmetic import multiply
from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array, as_arrays
from pushforward.tracing.reductions import sum_
from pushforward.tracing.shaping import ravel, transpose
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


def dot(tape: Tape, left: Any, right: Any) -> Array:
    a, b = as_array(tape, left), as_array(tape, right)
    return matmul(tape, a, b) if a.ndim and b.ndim else multiply(tape, a, b)


def inner(tape: Tape, left: Any, right: Any) -> Array:
    """The sum over the last axes of both."""
    a, b = as_array(tape, left), as_array(tape, right)
    if not a.ndim or not b.ndim:
        return multiply(tape, a, b)
    return matmul(tape, a, transpose(tape, b))


def vdot(tape: Tape, left: Any, right: Any) -> Array:
    return sum_(tape, multiply(tape, *_same_shapes(as_array(tape, left), as_array(tape, right))))


def vecdot(tape: Tape, left: Any, right: Any, axis: int = -1) -> Array:
    return sum_(tape, multiply(tape, left, right), axis=axis)


def outer(tape: Tape, left: Any, right: Any) -> Array:
    a, b = ravel(tape, left), ravel(tape, right)
    return a.new(nodes.multiply(a.node, nodes.transpose(b.node)), 2)


def kron(tape: Tape, left: Any, right: Any) -> Array:
    a, b = as_array(tape, left), as_array(tape, right)
    if not a.ndim or not b.ndim:
        return multiply(tape, a, b)
    ndim = max(a.ndim, b.ndim)
    matrices = [nodes.transpose(x.node) if x.ndim < ndim else x.node for x in (a, b)]
    return a.new(nodes.operate("kron", *matrices), ndim)


def tensordot(tape: Tape, left: Any, right: Any, axes: Any = 2) -> Array:
    a, b = as_array(tape, left), as_array(tape, right)
    if axes == 1:
        return matmul(tape, a, b)
    if axes == 2 and a.ndim == b.ndim == 2:
        return vdot(tape, a, b)
    raise TracingError("np.tensordot is read with axes=1 and, of matrices, axes=2", hint="write np.einsum")


def multi_dot(tape: Tape, arrays: Any) -> Array:
    return reduce(lambda a, b: matmul(tape, a, b), as_arrays(tape, arrays))


def matrix_power(tape: Tape, array: Any, exponent: Any) -> Array:
    a = as_array(tape, array)
    if not isinstance(exponent, int):
        raise TracingError("the power of a matrix is a whole number", hint="np.linalg.eigh and svd give other powers")
    if a.ndim != 2 or not same_size(*a.lengths):
        raise ShapeError("only a square matrix has powers; ** is the power of each entry")
    return a.new(nodes.matrix_power(a.node, exponent), 2)


def tile(tape: Tape, array: Any, reps: Any) -> Array:
    """Copies side by side and on top of each other: ones ⊗ X."""
    a = as_array(tape, array)
    counts = tuple(as_array(tape, count).node for count in (reps if isinstance(reps, tuple | list) else (reps,)))
    if len(counts) > 2:
        raise TracingError("an array has at most two axes here")
    numbers = [Integer(1)] * (a.ndim - len(counts)) + [nodes.split_number(count)[0] for count in counts]
    if len(numbers) < 2:
        return a.new(nodes.operate("kron", nodes.ones(*numbers, 1), a.node), 1)
    matrix = nodes.transpose(a.node) if a.ndim == 1 else a.node
    return a.new(nodes.operate("kron", nodes.ones(*numbers), matrix), 2)


def _same_shapes(a: Array, b: Array) -> tuple[Array, Array]:
    if a.ndim != b.ndim or not all(map(same_size, a.node.shape, b.node.shape)):
        raise ShapeError("np.vdot and np.tensordot take two arrays of the same shape")
    return a, b


UFUNCS = {"matmul": matmul, "vecdot": vecdot, "matvec": matmul, "vecmat": matmul}
FUNCTIONS = {
    "dot": dot, "inner": inner, "vdot": vdot, "outer": outer, "kron": kron, "tensordot": tensordot, "tile": tile,
    "linalg.multi_dot": multi_dot, "linalg.matrix_power": matrix_power, "linalg.outer": outer,
    "linalg.matmul": matmul, "linalg.vecdot": vecdot, "linalg.tensordot": tensordot,
}  # fmt: skip
