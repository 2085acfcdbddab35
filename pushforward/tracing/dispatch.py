"""Which of our functions answers a call of NumPy's, and what is said where none does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from pushforward.tracing import (
    arithmetic,
    einsum,
    elementwise,
    factorisations,
    filling,
    joining,
    norms,
    products,
    reductions,
    shaping,
)  # fmt: skip
from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.hints import COMPARISONS, hint_for
from pushforward.tracing.indexing import index
from pushforward.tracing.operands import as_array
from pushforward.tracing.tape import Dispatch, Tape

Handler = Callable[..., Any]

UFUNCS: dict[str, Handler] = {**elementwise.UFUNCS, **arithmetic.UFUNCS, **products.UFUNCS}
FUNCTIONS: dict[str, Handler] = {
    name: handler
    for family in (
        arithmetic, einsum, elementwise, factorisations, filling, joining, norms, products, reductions, shaping
    )
    for name, handler in family.FUNCTIONS.items()
}  # fmt: skip

_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "where": (True,), "casting": ("same_kind",), "order": ("K", "C", "A"), "subok": (True, False), "device": ("cpu",),
    "copy": (True,),
}  # fmt: skip
"""Options of NumPy's functions that change nothing here, with the values that do not; None never does."""


def call_ufunc(tape: Tape, ufunc: Any, method: str, inputs: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """np.sin(X), X + Y, np.add.reduce(X), np.multiply.outer(x, y), and `X += Y`, which gives `out`."""
    name, options = ufunc.__name__, dict(options)
    (out,) = options.pop("out", None) or (None,)
    result = _answer(tape, name, method, inputs, options)
    if out is None:
        return result
    if not isinstance(out, Array):
        raise TracingError("the result is written into a NumPy array", hint="write X = X + Y, which makes a new array")
    return out.assign(result)


def _answer(tape: Tape, name: str, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    if method == "reduce" and name in reductions.REDUCTIONS:
        return _call(reductions.REDUCTIONS[name], f"np.{name}.reduce", tape, inputs, {"axis": 0, **options})
    if name in COMPARISONS:
        raise TracingError("a comparison of arrays gives a mask, which is not read", hint=hint_for(name))
    if name not in UFUNCS or method not in ("__call__", "outer"):
        called = name if method == "__call__" else f"{name}.{method}"
        raise TracingError(f"np.{called} of an array is not read", hint=hint_for(name))
    if method == "outer":
        inputs = _crossed(tape, inputs)
    return _call(UFUNCS[name], f"np.{name}", tape, inputs, options)


def call_function(tape: Tape, function: Any, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    """np.sum(X), np.linalg.inv(A), np.concatenate([X, Y])."""
    name = f"{function.__module__}.{function.__name__}".removeprefix("numpy.")
    if name not in FUNCTIONS:
        raise TracingError(f"np.{name} of an array is not read", hint=hint_for(function.__name__))
    result = _call(FUNCTIONS[name], f"np.{name}", tape, arguments, options)
    if name in shaping.VIEWS:
        (given,) = (value for value in (*arguments, *options.values()) if isinstance(value, Array))
        return result if result is given else result.as_view_of(given)
    return result


def _call(handler: Handler, name: str, tape: Tape, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
    parameters = _parameters(handler)
    given = {
        option: value
        for option, value in options.items()
        if value is not np._NoValue and (option in parameters or not _means_nothing(option, value))
    }
    try:
        inspect.signature(handler).bind(tape, *arguments, **given)
    except TypeError:
        unknown = [option for option in given if option not in parameters]
        what = f"the option {unknown[0]!r}" if unknown else f"these {len(arguments)} arguments"
        raise TracingError(f"{name} is not read with {what}") from None
    return handler(tape, *arguments, **given)


def _means_nothing(option: str, value: Any) -> bool:
    if value is None:
        return True
    if option == "dtype":
        return np.issubdtype(value, np.floating)
    return isinstance(value, str | bool) and value in _DEFAULTS.get(option, ())


@cache
def _parameters(handler: Handler) -> frozenset[str]:
    return frozenset(inspect.signature(handler).parameters)


def _crossed(tape: Tape, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Every entry of the first with every entry of the second."""
    left, right = (as_array(tape, value) for value in inputs)
    if left.ndim > 1 or right.ndim > 1:
        raise TracingError("an outer operation of matrices has more than two axes")
    return (left[:, None] if left.ndim and right.ndim else left), right


DISPATCH = Dispatch(call_ufunc, call_function, index)
