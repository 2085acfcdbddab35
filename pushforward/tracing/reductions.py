"""Sums, means, variances, extremes: over all entries, or over one axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array
from pushforward.tracing.sizes import as_number
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.language.elaborate import define
from symbolic.nodes import SCALAR, Node
from symbolic.operations import DEFINITIONS, OPERATIONS


def reduced(tape: Tape, operation: str, array: Any, axis: Any = None, keepdims: bool = False) -> Array:
    """`operation` over an axis, or over all: its variant _1 over the rows' index, _2 over the columns'."""
    a = as_array(tape, array)
    along = only_axis(axis, a.ndim)
    if along is None:
        return a.new(_over(operation, "", a.node, a.node.shape == SCALAR), a.ndim if keepdims else 0)
    node = _over(operation, "_1" if along == 0 else "_2", a.node, a.node.shape[along] == 1)
    if keepdims:
        return a.new(node, 2)
    return a.new(nodes.transpose(node) if along == 0 else node, 1)


def only_axis(axis: Any, ndim: int) -> int | None:
    """An axis of two, counted from 0; None for all there are. Raises ShapeError for one that is not there."""
    if axis is None:
        return None
    axes = axis if isinstance(axis, tuple) else (axis,)
    if any(not isinstance(place, int | np.integer) or not -ndim <= place < ndim for place in axes):
        raise ShapeError(f"an array of {ndim} axes has no axis {axis}")
    places = {int(place) % ndim for place in axes}
    if not axes or len(places) < len(axes):
        raise ShapeError(f"the axes {axis} are none, or not different")
    return None if len(places) == ndim else min(places)


def sum_(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    return reduced(tape, "sum", a, axis, keepdims)


def mean(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    return reduced(tape, "mean", a, axis, keepdims)


def max_(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    return reduced(tape, "max", a, axis, keepdims)


def min_(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    return reduced(tape, "min", a, axis, keepdims)


def average(tape: Tape, a: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Array:
    if weights is not None:
        raise TracingError("np.average is read without weights", hint="write (X * w).sum() / w.sum()")
    return mean(tape, a, axis, keepdims=keepdims)


def logaddexp_reduce(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    return reduced(tape, "logsumexp", a, axis, keepdims)


def var(
    tape: Tape, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False, correction: Any = None
) -> Array:
    """The mean square deviation, times count/(count - ddof)."""
    array = as_array(tape, a)
    result = reduced(tape, "var", array, axis, keepdims)
    less = as_number(ddof if correction is None else correction)
    if less is None:
        raise TracingError("ddof is a number")
    if less == 0:
        return result
    along = only_axis(axis, array.ndim)
    rows, cols = array.node.shape
    count = rows * cols if along is None else array.node.shape[along]
    if count - less == 0:
        raise TracingError("division by zero: ddof is the number of entries")
    return result.new(nodes.scale(count / (count - less), result.node), result.ndim)


def std(
    tape: Tape, a: Any, axis: Any = None, *, ddof: Any = 0, keepdims: bool = False, correction: Any = None
) -> Array:
    variance = var(tape, a, axis, ddof=ddof, keepdims=keepdims, correction=correction)
    return variance.new(nodes.apply("sqrt", variance.node), variance.ndim)


def ptp(tape: Tape, a: Any, axis: Any = None, *, keepdims: bool = False) -> Array:
    largest, least = (reduced(tape, extreme, a, axis, keepdims) for extreme in ("max", "min"))
    return largest.new(nodes.subtract(largest.node, least.node), largest.ndim)


def _over(operation: str, variant: str, node: Node, alone: bool) -> Node:
    """The reduction of a matrix; of one entry alone, that entry."""
    if alone and operation != "var":
        return node
    name = operation + variant
    return nodes.operate(name, node) if name in OPERATIONS else define(DEFINITIONS[name], [node])


REDUCTIONS = {"add": sum_, "maximum": max_, "fmax": max_, "minimum": min_, "fmin": min_, "logaddexp": logaddexp_reduce}
"""What `np.add.reduce` and the like are."""

FUNCTIONS = {
    "sum": sum_, "mean": mean, "average": average, "var": var, "std": std, "ptp": ptp,
    "max": max_, "amax": max_, "min": min_, "amin": min_,
}  # fmt: skip
