"""The same entries in another shape: reshape, transposes, diagonals, triangles, new axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Expr, Integer

from pushforward.tracing.array import Array
from pushforward.tracing.broadcasting import common_shape, spread
from pushforward.tracing.errors import TracingError
from pushforward.tracing.indexing import index
from pushforward.tracing.operands import as_array
from pushforward.tracing.sizes import as_number, whole_quotient
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.nodes import Node, Shape, same_size


def reshape(tape: Tape, a: Any, shape: Any = None, order: str = "C", *, newshape: Any = None) -> Array:
    """NumPy's order "C" goes row by row; the language's reshape, and order "F", column by column."""
    array = as_array(tape, a)
    lengths = lengths_of(shape if shape is not None else newshape)
    new_shape = _without_minus_one(array, lengths)
    if order not in ("C", "F"):
        raise TracingError(f"the order is 'C' or 'F', not {order!r}")
    node = array.node if order == "F" or array.ndim == 1 else nodes.transpose(array.node)
    node = _by_columns(node, new_shape) if order == "F" else _by_rows(node, new_shape)
    return array.new(node, len(lengths))


def lengths_of(shape: Any) -> tuple[Expr, ...]:
    """A shape as sizes. Raises TracingError for what is none, and for more than two axes."""
    parts = shape if isinstance(shape, tuple | list) else (shape,)
    lengths = [as_number(part) for part in parts]
    if any(length is None for length in lengths):
        raise TracingError(f"{shape!r} is not the shape of an array")
    if len(lengths) > 2:
        raise TracingError("an array has at most two axes here", hint="write the products of matrices one by one")
    return tuple(length for length in lengths if length is not None)


def as_shape(lengths: tuple[Expr, ...]) -> Shape:
    """The matrix of an array with these lengths."""
    rows, cols = (*lengths, *[Integer(1)] * (2 - len(lengths)))
    return rows, cols


def _without_minus_one(array: Array, lengths: tuple[Expr, ...]) -> Shape:
    rows, cols = array.node.shape
    total, known = nodes.expand_size(rows * cols), Integer(1)
    for length in lengths:
        known *= length if length != -1 else 1
    if Integer(-1) in lengths:
        missing = whole_quotient(total, known)
        if missing is None:
            raise ShapeError(f"{total} entries cannot be divided into {known}")
        lengths = tuple(missing if length == -1 else length for length in lengths)
        known = known * missing
    if not same_size(total, known):
        raise ShapeError(f"{total} entries do not fill the shape ({', '.join(map(str, lengths))})")
    return as_shape(lengths)


def _by_rows(columnwise: Node, shape: Shape) -> Node:
    """The entries of `columnwise`, column by column, as the rows of a matrix."""
    rows, cols = shape
    if cols == 1:
        return _by_columns(columnwise, shape)
    return nodes.transpose(_by_columns(columnwise, (cols, rows)))


def _by_columns(node: Node, shape: Shape) -> Node:
    if node.shape[0] == 1:
        node = nodes.transpose(node)
    if all(map(same_size, node.shape, shape)):
        return node
    if node.shape[1] == shape[0] == 1:
        return nodes.transpose(node)
    return nodes.operate("reshape", node, parameters=shape)


def ravel(tape: Tape, a: Any, order: str = "C") -> Array:
    return reshape(tape, a, -1, order)


def transpose(tape: Tape, a: Any, axes: Any = None) -> Array:
    array = as_array(tape, a)
    order = tuple(range(array.ndim))[::-1] if axes is None else tuple(axis % max(array.ndim, 1) for axis in axes)
    if sorted(order) != list(range(array.ndim)):
        raise ShapeError(f"{axes} is not an order of {array.ndim} axes")
    return array.new(nodes.transpose(array.node) if order == (1, 0) else array.node, array.ndim)


def matrix_transpose(tape: Tape, x: Any) -> Array:
    array = as_array(tape, x)
    if array.ndim < 2:
        raise ShapeError("the transpose of a matrix is asked of an array of less than two axes")
    return transpose(tape, array)


def swapaxes(tape: Tape, a: Any, axis1: int, axis2: int) -> Array:
    array = as_array(tape, a)
    order = list(range(array.ndim))
    if not all(-array.ndim <= axis < array.ndim for axis in (axis1, axis2)):
        raise ShapeError(f"an array of {array.ndim} axes has not both axes {axis1} and {axis2}")
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return transpose(tape, array, order)


def squeeze(tape: Tape, a: Any, axis: Any = None) -> Array:
    """Without axes of length 1."""
    array = as_array(tape, a)
    wanted = axis if isinstance(axis, tuple) else (axis,)
    places = [place % max(array.ndim, 1) for place in wanted] if axis is not None else range(array.ndim)
    dropped = [place for place in places if array.lengths[place] == 1]
    if axis is not None and len(dropped) != len(wanted):
        raise ShapeError(f"axis {axis} is not of length 1")
    kept = [length for place, length in enumerate(array.lengths) if place not in dropped]
    node = nodes.transpose(array.node) if len(kept) == 1 and array.node.shape[0] == 1 else array.node
    return array.new(node, len(kept))


def expand_dims(tape: Tape, a: Any, axis: int) -> Array:
    array = as_array(tape, a)
    if not isinstance(axis, int) or not -array.ndim - 1 <= axis <= array.ndim:
        raise ShapeError(f"a new axis of an array of {array.ndim} axes is not at {axis}")
    key: list[Any] = [slice(None)] * array.ndim
    key.insert(axis % (array.ndim + 1), None)
    return index(array, tuple(key))


def atleast_1d(tape: Tape, a: Any) -> Array:
    array = as_array(tape, a)
    return array if array.ndim else array.new(array.node, 1)


def atleast_2d(tape: Tape, a: Any) -> Array:
    array = as_array(tape, a)
    return array if array.ndim == 2 else array.new(nodes.transpose(array.node), 2)


def broadcast_to(tape: Tape, array: Any, shape: Any) -> Array:
    given, lengths = as_array(tape, array), lengths_of(shape)
    wanted = Array(tape, nodes.ones(*as_shape(lengths)), len(lengths))
    common, ndim = common_shape(given, wanted)
    if ndim != wanted.ndim or not all(map(same_size, common, wanted.node.shape)):
        raise ShapeError(f"{given!r} does not fill the shape ({', '.join(map(str, lengths))})")
    return given.new(spread(given, common, ndim), ndim)


def diag(tape: Tape, v: Any, k: int = 0) -> Array:
    """The matrix of a diagonal, or the diagonal of a matrix."""
    array = as_array(tape, v)
    if array.ndim != 1:
        return diagonal(tape, array, k).as_view_of(array)
    _only_main(k)
    return array.new(nodes.operate("diag", array.node), 2)


def diagonal(tape: Tape, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    array = as_array(tape, a)
    _only_main(offset)
    rows, cols = array.node.shape
    node = array.node
    if rows.is_Integer and cols.is_Integer and rows != cols:
        least = min(rows, cols)
        node = nodes.operate("slice", node, parameters=(Integer(1), least, Integer(1), least))
    return array.new(nodes.operate("diagonal", node), 1)


def trace(tape: Tape, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    array = as_array(tape, a)
    _only_main(offset)
    return array.new(nodes.operate("tr", array.node), 0)


def tril(tape: Tape, m: Any, k: int = 0) -> Array:
    return _band(tape, "tril", m, k)


def triu(tape: Tape, m: Any, k: int = 0) -> Array:
    return _band(tape, "triu", m, k)


def _band(tape: Tape, name: str, a: Any, k: int) -> Array:
    array = as_array(tape, a)
    if array.ndim != 2 or not isinstance(k, int | np.integer):
        raise ShapeError(f"np.{name} takes a matrix and a whole number")
    return array.new(nodes.operate(name, array.node, parameters=(Integer(k),)), 2)


def _only_main(offset: Any) -> None:
    if offset != 0:
        raise TracingError("only the main diagonal is read", hint="np.tril and np.triu take others into account")


VIEWS = {
    "reshape", "ravel", "transpose", "permute_dims", "swapaxes", "matrix_transpose", "linalg.matrix_transpose",
    "squeeze", "expand_dims", "atleast_1d", "atleast_2d", "broadcast_to", "diagonal", "linalg.diagonal",
}  # fmt: skip
"""What may give NumPy's own entries in another shape, and not a copy."""

FUNCTIONS = {
    "reshape": reshape, "ravel": ravel, "transpose": transpose, "permute_dims": transpose, "swapaxes": swapaxes,
    "matrix_transpose": matrix_transpose, "linalg.matrix_transpose": matrix_transpose, "squeeze": squeeze,
    "expand_dims": expand_dims, "atleast_1d": atleast_1d, "atleast_2d": atleast_2d, "broadcast_to": broadcast_to,
    "diag": diag, "diagonal": diagonal, "linalg.diagonal": diagonal, "trace": trace, "linalg.trace": trace,
    "tril": tril, "triu": triu,
}  # fmt: skip
