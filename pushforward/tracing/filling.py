"""Arrays of ones, zeros and other numbers of the shape of another; `like=X`; questions about shapes."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S

from pushforward.tracing.array import Array
from pushforward.tracing.broadcasting import common_shape, spread
from pushforward.tracing.errors import TracingError
from pushforward.tracing.joining import stack
from pushforward.tracing.operands import as_array, filled
from pushforward.tracing.shaping import as_shape, lengths_of
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.nodes import same_size


def ones(tape: Tape, shape: Any) -> Array:
    return _filled(tape, S.One, lengths_of(shape))


def zeros(tape: Tape, shape: Any) -> Array:
    return _filled(tape, S.Zero, lengths_of(shape))


def full(tape: Tape, shape: Any, fill_value: Any) -> Array:
    lengths, value = lengths_of(shape), as_array(tape, fill_value)
    wanted = Array(tape, nodes.ones(*as_shape(lengths)), len(lengths))
    common, ndim = common_shape(value, wanted)
    return value.new(spread(value, common, ndim), ndim)


def eye(tape: Tape, N: Any, M: Any = None, k: int = 0) -> Array:
    rows, *others = lengths_of(N if M is None else (N, M))
    if k != 0 or not all(same_size(rows, cols) for cols in others):
        raise TracingError("np.eye is read where it is the identity")
    return Array(tape, nodes.identity(rows), 2)


def identity(tape: Tape, n: Any) -> Array:
    return eye(tape, n)


def ones_like(tape: Tape, a: Any, *, shape: Any = None) -> Array:
    return _filled(tape, S.One, as_array(tape, a).lengths if shape is None else lengths_of(shape))


def zeros_like(tape: Tape, a: Any, *, shape: Any = None) -> Array:
    return _filled(tape, S.Zero, as_array(tape, a).lengths if shape is None else lengths_of(shape))


def full_like(tape: Tape, a: Any, fill_value: Any, *, shape: Any = None) -> Array:
    return full(tape, as_array(tape, a).shape if shape is None else shape, fill_value)


def array(tape: Tape, object: Any) -> Array:
    """np.array of arrays, `like` one of them: numbers beside each other, rows on top of each other."""
    if isinstance(object, list | tuple) and any(isinstance(part, Array | list | tuple) for part in object):
        return stack(tape, [array(tape, part) for part in object])
    return as_array(tape, object).copy()


def asarray(tape: Tape, a: Any) -> Array:
    return a if isinstance(a, Array) else array(tape, a)


def copy(tape: Tape, a: Any) -> Array:
    return as_array(tape, a).copy()


def shape(tape: Tape, a: Any) -> Any:
    return as_array(tape, a).shape


def ndim(tape: Tape, a: Any) -> int:
    return as_array(tape, a).ndim


def size(tape: Tape, a: Any, axis: int | None = None) -> Any:
    found = as_array(tape, a)
    return found.size if axis is None else found.shape[axis]


def is_complex(tape: Tape, x: Any) -> bool:
    return False


def is_real(tape: Tape, x: Any) -> bool:
    return True


def _filled(tape: Tape, number: Expr, lengths: tuple[Expr, ...]) -> Array:
    if any(length.is_negative for length in lengths):
        raise ShapeError("an axis has no negative length")
    return Array(tape, filled(number, as_shape(lengths)), len(lengths))


FUNCTIONS = {
    "ones": ones, "zeros": zeros, "full": full, "eye": eye, "identity": identity, "ones_like": ones_like,
    "zeros_like": zeros_like, "full_like": full_like, "array": array, "asarray": asarray, "asanyarray": asarray,
    "ascontiguousarray": asarray, "copy": copy, "shape": shape, "ndim": ndim, "size": size,
    "iscomplexobj": is_complex, "isrealobj": is_real,
}  # fmt: skip
