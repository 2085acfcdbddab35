"""SciPy's functions that NumPy has not: they take NumPy's arrays, and those of a traced function.

SciPy asks for the entries of what it is given, which an array of a traced function has not. A function that is
traced calls these instead, `from pushforward.tracing import expm`; on NumPy's arrays they are SciPy's.
"""

from __future__ import annotations

import importlib
from typing import Any

from pushforward.tracing.arithmetic import subtract
from pushforward.tracing.array import Array
from pushforward.tracing.elementwise import apply
from pushforward.tracing.factorisations import matrix
from pushforward.tracing.reductions import reduced
from symbolic import nodes
from symbolic.language.elaborate import define
from symbolic.operations import DEFINITIONS


def expm(A: Any) -> Any:
    """The exponential of a square matrix."""
    return _function("expm", A)


def logm(A: Any) -> Any:
    """The principal logarithm of a square matrix."""
    return _function("logm", A)


def sqrtm(A: Any) -> Any:
    """The principal square root of a square matrix."""
    return _function("sqrtm", A)


def sinm(A: Any) -> Any:
    """The sine of a square matrix."""
    return _function("sinm", A)


def cosm(A: Any) -> Any:
    """The cosine of a square matrix."""
    return _function("cosm", A)


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """X with a X + X b = q, for n×n, m×m and n×m."""
    found = _array_among(a, b, q)
    if found is None:
        return _scipy("linalg", "solve_sylvester")(a, b, q)
    return found.new(nodes.operate("sylvester", *(matrix(found.tape, part).node for part in (a, b, q))), 2)


def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """X with a X + X a' = q, for n×n and n×n."""
    found = _array_among(a, q)
    if found is None:
        return _scipy("linalg", "solve_continuous_lyapunov")(a, q)
    return found.new(define(DEFINITIONS["lyapunov"], [matrix(found.tape, part).node for part in (a, q)]), 2)


def logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(a))) over an axis or all entries."""
    if not isinstance(a, Array):
        return _scipy("special", "logsumexp")(a, axis=axis, keepdims=keepdims)
    return reduced(a.tape, "logsumexp", a, axis, keepdims)


def softmax(x: Any, axis: Any = None) -> Any:
    """exp(x) divided by its sum over an axis or all entries; of the shape of x."""
    if not isinstance(x, Array):
        return _scipy("special", "softmax")(x, axis=axis)
    return apply(x.tape, log_softmax(x, axis), "exp")


def log_softmax(x: Any, axis: Any = None) -> Any:
    """The logarithm of softmax."""
    if not isinstance(x, Array):
        return _scipy("special", "log_softmax")(x, axis=axis)
    return subtract(x.tape, x, logsumexp(x, axis, keepdims=True))


def _function(name: str, A: Any) -> Any:
    if not isinstance(A, Array):
        return _scipy("linalg", name)(A)
    return A.new(nodes.operate(name, matrix(A.tape, A).node), 2)


def _array_among(*values: Any) -> Array | None:
    return next((value for value in values if isinstance(value, Array)), None)


def _scipy(module: str, name: str) -> Any:
    return getattr(importlib.import_module(f"scipy.{module}"), name)
