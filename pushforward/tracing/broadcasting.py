"""NumPy's broadcasting, with the ones written out: an array of m entries beside one of n×m is ones(n,1) x'."""

from __future__ import annotations

from typing import Any

from pushforward.tracing.array import Array
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.nodes import SCALAR, Node, Shape, same_size


def common_shape(*arrays: Array) -> tuple[Shape, int]:
    """The shape of the matrix that the entries of all of them fill, and its axes. Raises ShapeError."""
    ndim = max(array.ndim for array in arrays)
    rows, cols = SCALAR
    for array in arrays:
        shape = oriented(array, ndim).shape
        rows, cols = _common(rows, shape[0], arrays), _common(cols, shape[1], arrays)
    return (rows, cols), ndim


def spread(array: Array, shape: Shape, ndim: int) -> Node:
    """The matrix of that shape whose entries are those of the array, repeated."""
    return spread_node(oriented(array, ndim), shape)


def spread_node(node: Node, shape: Shape) -> Node:
    rows, cols = shape
    if node.shape == SCALAR and shape != SCALAR:
        return nodes.scale(node, nodes.ones(rows, cols))
    if not same_size(node.shape[0], rows):
        node = nodes.multiply(nodes.ones(rows, 1), node)
    if not same_size(node.shape[1], cols):
        node = nodes.multiply(node, nodes.ones(1, cols))
    return node


def oriented(array: Array, ndim: int) -> Node:
    """The matrix of an array among those of `ndim` axes: one of a single axis is a row beside matrices."""
    return nodes.transpose(array.node) if array.ndim == 1 and ndim == 2 else array.node


def _common(left: Any, right: Any, arrays: tuple[Array, ...]) -> Any:
    if same_size(left, right) or right == 1:
        return left
    if left == 1:
        return right
    shapes = " and ".join(f"({', '.join(map(str, array.lengths))})" for array in arrays)
    raise ShapeError(f"arrays of the shapes {shapes} do not fit: {left} and {right} differ")
