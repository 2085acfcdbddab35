"""Arrays side by side and on top of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array, as_arrays
from pushforward.tracing.shaping import atleast_1d, atleast_2d, ravel
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.language.elaborate import on_top, side_by_side
from symbolic.nodes import same_size


def concatenate(tape: Tape, arrays: Any, axis: Any = 0) -> Array:
    parts = _parts(tape, arrays)
    if axis is None:
        return concatenate(tape, [ravel(tape, part) for part in parts])
    ndim = parts[0].ndim
    if not ndim or any(part.ndim != ndim for part in parts):
        raise ShapeError("arrays that are joined have the same number of axes, one or two")
    if not isinstance(axis, int) or not -ndim <= axis < ndim:
        raise ShapeError(f"an array of {ndim} axes has no axis {axis}")
    join = on_top if axis % ndim == 0 else side_by_side
    return parts[0].new(join(*(part.node for part in parts)), ndim)


def stack(tape: Tape, arrays: Any, axis: int = 0) -> Array:
    """Arrays of one axis as the rows (axis 0) or the columns (axis 1) of a matrix, or numbers as an array."""
    parts = _parts(tape, arrays)
    ndim = parts[0].ndim
    if any(part.ndim != ndim or not same_size(part.node.shape[0], parts[0].node.shape[0]) for part in parts):
        raise ShapeError("arrays that are stacked have the same shape")
    if ndim == 2:
        raise TracingError("an array has at most two axes here", hint="np.concatenate joins matrices")
    if not isinstance(axis, int) or not -ndim - 1 <= axis <= ndim:
        raise ShapeError(f"the result has no axis {axis}")
    if ndim == 0:
        return parts[0].new(on_top(*(part.node for part in parts)), 1)
    return _rows(parts) if axis % 2 == 0 else _columns(parts)


def vstack(tape: Tape, tup: Any) -> Array:
    return concatenate(tape, [atleast_2d(tape, part) for part in _parts(tape, tup)])


def hstack(tape: Tape, tup: Any) -> Array:
    parts = [atleast_1d(tape, part) for part in _parts(tape, tup)]
    return concatenate(tape, parts, parts[0].ndim - 1)


def column_stack(tape: Tape, tup: Any) -> Array:
    return _columns([atleast_1d(tape, part) for part in _parts(tape, tup)])


def block(tape: Tape, arrays: Any) -> Array:
    """A list of arrays side by side, or a list of such rows on top of each other."""
    if not isinstance(arrays, list):
        return as_array(tape, arrays)
    if any(isinstance(row, list) for row in arrays):
        rows = [row if isinstance(row, list) else [row] for row in arrays]
        if any(isinstance(part, list) for row in rows for part in row):
            raise TracingError("np.block is read with lists of lists, not deeper")
        return concatenate(tape, [hstack(tape, [atleast_2d(tape, part) for part in row]) for row in rows])
    parts = _parts(tape, arrays)
    ndim = max(1, *(part.ndim for part in parts))
    return hstack(tape, [atleast_2d(tape, part) if ndim == 2 else part for part in parts])


def append(tape: Tape, arr: Any, values: Any, axis: Any = None) -> Array:
    return concatenate(tape, [arr, values], axis)


def _parts(tape: Tape, arrays: Any) -> list[Array]:
    parts = as_arrays(tape, arrays)
    if not parts:
        raise ShapeError("there is nothing to join")
    return parts


def _columns(parts: Sequence[Array]) -> Array:
    return parts[0].new(side_by_side(*(part.node for part in parts)), 2)


def _rows(parts: Sequence[Array]) -> Array:
    return parts[0].new(on_top(*(nodes.transpose(part.node) for part in parts)), 2)


FUNCTIONS = {
    "concatenate": concatenate, "concat": concatenate, "stack": stack, "vstack": vstack, "row_stack": vstack,
    "hstack": hstack, "column_stack": column_stack, "block": block, "append": append,
}  # fmt: skip
