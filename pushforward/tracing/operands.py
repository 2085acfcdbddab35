"""What stands beside an array, numbers, sizes, NumPy's own arrays, as arrays of the same tape; constants."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Expr, Integer, OneMatrix, S, ZeroMatrix

from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.numbers import exact
from pushforward.tracing.sizes import as_number
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.language.elaborate import on_top, side_by_side
from symbolic.nodes import SCALAR, Node, split_number

MAX_ENTRIES = 64


def as_array(tape: Tape, value: Any) -> Array:
    """An array, a number, a size, or numbers in NumPy's arrays and lists. Raises TracingError for anything else."""
    if isinstance(value, Array):
        if value.tape is not tape:
            raise TracingError("an array of another traced function is used here")
        return value
    number = as_number(value)
    if number is not None:
        return Array(tape, nodes.constant(number), 0)
    if not isinstance(value, np.ndarray | list | tuple):
        raise TracingError(f"a value of type {type(value).__name__} is not an array")
    return _constant(tape, np.asarray(value))


def as_arrays(tape: Tape, values: Any) -> list[Array]:
    """Several; those of a list, or the rows of an array."""
    return [as_array(tape, value) for value in values]


def uniform(node: Node) -> Expr | None:
    """The number that every entry is, or None."""
    number, matrix = split_number(node)
    if type(matrix) is OneMatrix:
        return number
    return S.Zero if type(matrix) is ZeroMatrix else None


def filled(number: Expr, shape: nodes.Shape) -> Node:
    """A matrix of one number."""
    return nodes.scale(number, nodes.ones(*shape)) if number != 0 or shape == SCALAR else nodes.zeros(*shape)


def _constant(tape: Tape, values: Any) -> Array:
    """Numbers: all equal, a multiple of the identity, or few enough to be written out."""
    if values.dtype == object or values.ndim > 2 or not values.size:
        raise TracingError(f"{values.ndim} axes, {values.size} entries of type {values.dtype} are no matrix of numbers")
    matrix = values.reshape(-1, 1) if values.ndim < 2 else values
    shape = tuple(map(Integer, matrix.shape))
    if np.all(matrix == matrix.flat[0]):
        return Array(tape, filled(_number(matrix.flat[0]), shape), values.ndim)
    diagonal = np.diagonal(matrix)
    if matrix.shape[0] == matrix.shape[1] and np.array_equal(matrix, np.diag(diagonal)):
        if np.all(diagonal == diagonal[0]):
            return Array(tape, nodes.scale(_number(diagonal[0]), nodes.identity(shape[0])), values.ndim)
        return Array(tape, tape.constant(nodes.operate("diag", _written_out(diagonal[:, None]))), values.ndim)
    return Array(tape, tape.constant(_written_out(matrix)), values.ndim)


def _written_out(matrix: Any) -> Node:
    """[1, 2; 3, 4]"""
    if matrix.size > MAX_ENTRIES:
        size = "×".join(map(str, matrix.shape))
        hint = "make it an argument of the function, so that it is an input"
        raise TracingError(f"a matrix of {size} numbers is too large to be part of a program", hint=hint)
    return on_top(*(side_by_side(*(nodes.constant(_number(entry)) for entry in row)) for row in matrix))


def _number(entry: Any) -> Expr:
    number = exact(entry)
    if number is None:
        raise TracingError(f"{entry!r} is not a number")
    return number
