"""np.linalg.norm: of all entries, of a matrix, or of its rows or columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from pushforward.tracing.arithmetic import power
from pushforward.tracing.array import Array
from pushforward.tracing.elementwise import apply
from pushforward.tracing.errors import TracingError
from pushforward.tracing.factorisations import matrix
from pushforward.tracing.operands import as_array
from pushforward.tracing.reductions import max_, only_axis, sum_
from pushforward.tracing.shaping import ravel, transpose
from pushforward.tracing.tape import Tape
from symbolic.errors import ShapeError
from symbolic.language.elaborate import define
from symbolic.operations import DEFINITIONS

_MATRIX_NORMS = {None: "norm", "fro": "norm", 2: "opnorm", "nuc": "nucnorm"}


def norm(tape: Tape, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    """Without `ord`, the root of the sum of squares; else the norm of that order, of vectors along an axis."""
    array = as_array(tape, x)
    along = only_axis(axis, array.ndim)
    if along is None and isinstance(axis, tuple) and axis[0] % 2 > axis[-1] % 2:
        return norm(tape, transpose(tape, array), ord, None, keepdims)
    if ord is None and along is None:
        return _composed("norm", array, keepdims)
    if along is not None or array.ndim == 1:
        return vector_norm(tape, array, axis, keepdims, 2 if ord is None else ord)
    return matrix_norm(tape, array, keepdims, ord)


def vector_norm(tape: Tape, x: Any, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Array:
    """The p-norm of all entries or along an axis."""
    array = as_array(tape, x)
    if axis is None and not keepdims and array.ndim == 2:
        array = ravel(tape, array)
    if ord == 2:
        if only_axis(axis, array.ndim) is None:
            return _composed("norm", array, keepdims)
        return apply(tape, sum_(tape, apply(tape, array, "square"), axis, keepdims=keepdims), "sqrt")
    absolute = apply(tape, array, "abs")
    if ord == np.inf:
        return max_(tape, absolute, axis, keepdims=keepdims)
    if ord == 1:
        return sum_(tape, absolute, axis, keepdims=keepdims)
    if isinstance(ord, str) or not 0 < ord < np.inf:
        raise TracingError(f"the norm of order {ord!r} of a vector is not read")
    return power(tape, sum_(tape, power(tape, absolute, ord), axis, keepdims=keepdims), 1 / ord)


def matrix_norm(tape: Tape, x: Any, keepdims: bool = False, ord: Any = "fro") -> Array:
    """Frobenius, spectral, nuclear, or the largest sum of a column (1) or a row (inf)."""
    array = matrix(tape, x)
    if ord in (1, np.inf):
        sums = sum_(tape, apply(tape, array, "abs"), 0 if ord == 1 else 1, keepdims=keepdims)
        return max_(tape, sums, None, keepdims=keepdims)
    if ord not in _MATRIX_NORMS:
        raise TracingError(f"the norm of order {ord!r} of a matrix is not read")
    return _composed(_MATRIX_NORMS[ord], array, keepdims)


def _composed(name: str, array: Array, keepdims: bool) -> Array:
    if not array.ndim:
        raise ShapeError("the norm of a number is its absolute value: write np.abs")
    return array.new(define(DEFINITIONS[name], [array.node]), array.ndim if keepdims else 0)


FUNCTIONS = {"linalg.norm": norm, "linalg.vector_norm": vector_norm, "linalg.matrix_norm": matrix_norm}
