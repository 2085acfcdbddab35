"""Both sides of an equality in fifty digits, where nothing is exact and double precision sees no difference.

X + δX is X + i h E with h = 1e-40 in 120 digits: what is of second order, and all rounding, stays below digit fifty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Expr, Integer

from codegen.reference import Evaluation, Functions
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.language.names import differential_of
from symbolic.nodes import Node, Operation
from symbolic.program import Program
from symbolic.shapes import length

DIGITS, WORKING = 50, 120
STEP_DIGITS = 40
SMALLEST = 1e-3
_TERMS = 200
Array = Any
"""A NumPy array of mpmath's complex numbers."""


def gap(
    program: Program,
    inputs: Mapping[str, Array],
    directions: Mapping[str, Array],
    functions: Functions,
    sides: tuple[Node, Node],
    real_only: bool,
) -> float | None:
    """By how much two expressions differ at a point, relative to the largest entry; None where this cannot be told.

    `inputs` and `directions`: in double precision, taken as they are, but for what has to be symmetric.
    """
    if any("orthogonal" in given.facts for given in program.inputs):
        return None
    with mpmath.workdps(WORKING):
        try:
            return float(_gap(program, inputs, directions, functions, sides, real_only))
        except (PushforwardError, ArithmeticError, ValueError, TypeError, AttributeError):
            return None


def _gap(
    program: Program,
    inputs: Mapping[str, Array],
    directions: Mapping[str, Array],
    functions: Functions,
    sides: tuple[Node, Node],
    real_only: bool,
) -> Any:
    step = mpmath.mpc(0, mpmath.mpf(10) ** -STEP_DIGITS)
    moved = {}
    for given in program.inputs:
        exact = _symmetric if {"symmetric", "spd"} & set(given.facts) else _as_it_is
        moved[given.name] = exact(_numbers(inputs[given.name]))
        if given.name in directions:
            moved[given.name] = moved[given.name] + step * exact(_numbers(directions[given.name]))
    values = _Precise(program, moved, functions).values()
    there = _Precise(program, moved, functions)
    for name, value in values.items():
        there.named[name] = _real(value) * mpmath.mpc(1)
        there.named[differential_of(name)] = (value - _real(value)) * mpmath.mpc(1)
    left, right = (np.broadcast_arrays(there.value(side) * mpmath.mpc(1))[0] for side in sides)
    values_apart = _relative(_real(left), _real(right))
    return values_apart if real_only else max(values_apart, _relative(_slope(left), _slope(right)))


class _Precise(Evaluation):
    """The reference evaluation with mpmath's numbers."""

    def value(self, node: Node) -> Array:
        if type(node) is Operation and node.name in _OPERATIONS:
            arguments = [*map(self.value, node.operands), *(length(p, self.lengths) for p in node.parameters)]
            return _OPERATIONS[node.name](*arguments)
        return super().value(node)

    def function(self, function: str, order: int) -> Callable[[Array], Array]:
        return np.frompyfunc(_FUNCTIONS[function], 1, 1) if function in CATALOGUE else super().function(function, order)

    def number(self, value: Expr) -> Any:
        sizes = {symbol: Integer(self.lengths[symbol.name]) for symbol in value.free_symbols}
        return mpmath.mpf(sympy.N(value.xreplace(sizes), WORKING))

    def power(self, base: Array, exponent: Expr) -> Array:
        return super().power(base, exponent) if exponent.is_Integer else base ** self.number(exponent)


_real = np.frompyfunc(lambda z: mpmath.mpmathify(z).real, 1, 1)
_imag = np.frompyfunc(lambda z: mpmath.mpmathify(z).imag, 1, 1)
_numbers = np.frompyfunc(lambda x: mpmath.mpc(float(np.real(x))), 1, 1)


def _as_it_is(matrix: Array) -> Array:
    return matrix


def _symmetric(matrix: Array) -> Array:
    return (matrix + matrix.T) / 2


def _slope(value: Array) -> Array:
    return _imag(value) * mpmath.mpf(10) ** STEP_DIGITS


def _relative(left: Array, right: Array) -> Any:
    scale = max(np.abs(left).max(), np.abs(right).max(), SMALLEST)
    return np.abs(left - right).max() / scale


def _solve(a: Array, b: Array) -> Array:
    """By elimination with the largest pivot. Raises ZeroDivisionError where there is none."""
    size = len(a)
    rows = np.concatenate([a, b], axis=1)
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(rows[i, k]))
        rows[[k, best]] = rows[[best, k]]
        rows[k] = rows[k] / rows[k, k]
        for i in range(size):
            if i != k:
                rows[i] = rows[i] - rows[i, k] * rows[k]
    return rows[:, size:]


def _determinant(a: Array) -> Any:
    rows, total = np.array(a), mpmath.mpc(1)
    for k in range(len(rows)):
        best = max(range(k, len(rows)), key=lambda i: abs(rows[i, k]))
        if best != k:
            rows[[k, best]] = rows[[best, k]]
            total = -total
        total = total * rows[k, k]
        for i in range(k + 1, len(rows)):
            rows[i] = rows[i] - rows[i, k] / rows[k, k] * rows[k]
    return total


def _chol(a: Array) -> Array:
    """L with L Lᵀ = A, the transpose without conjugation, so that a perturbation is carried along."""
    lower = np.full(a.shape, mpmath.mpc(0), dtype=object)
    for j in range(len(a)):
        for i in range(j, len(a)):
            rest = a[i, j] - sum((lower[i, k] * lower[j, k] for k in range(j)), mpmath.mpc(0))
            lower[i, j] = mpmath.sqrt(rest) if i == j else rest / lower[j, j]
    return lower


def _expm(a: Array) -> Array:
    """Taylor's series of A/2ᵏ, squared k times."""
    halvings = max(0, int(mpmath.ceil(mpmath.log(max(abs(a).sum(axis=1).max(), 1), 2))) + 4)
    scaled = a / mpmath.mpf(2) ** halvings
    term = total = np.eye(len(a)) * mpmath.mpc(1)
    for k in range(1, _TERMS):
        term = term @ scaled / k
        total = total + term
        if abs(term).max() < mpmath.mpf(10) ** -(WORKING + STEP_DIGITS):
            break
    return reduce(lambda power, _: power @ power, range(halvings), total)


def _expm_frechet(a: Array, e: Array) -> Array:
    """The upper right block of exp([A, E; 0, A]). (Higham 2008, (10.43))"""
    size = len(a)
    whole = _expm(np.block([[a, e], [np.zeros((size, size)), a]]))
    return whole[:size, size:]


def _one(value: Any) -> Array:
    return np.array([[value]], dtype=object)


def _logsumexp(a: Array, axis: int | None) -> Array:
    total = np.frompyfunc(mpmath.exp, 1, 1)(a).sum(axis=axis, keepdims=True)
    return np.frompyfunc(mpmath.log, 1, 1)(total)


_OPERATIONS: dict[str, Callable[..., Array]] = {
    "inv": lambda a: _solve(a, np.eye(len(a)) * mpmath.mpc(1)),
    "solve": _solve,
    "det": lambda a: _one(_determinant(a)),
    "logdet": lambda a: _one(mpmath.log(_determinant(a))),
    "chol": _chol,
    "expm": _expm,
    "expm_frechet": _expm_frechet,
    "logsumexp": lambda a: _logsumexp(a, None),
    "logsumexp_1": lambda a: _logsumexp(a, 0),
    "logsumexp_2": lambda a: _logsumexp(a, 1),
}


def _is_right(z: Any) -> bool:
    return bool(z.real > 0)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + mpmath.exp(-z))


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(mpmath, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "erf")},
    "expm1": lambda z: mpmath.exp(z) - 1,
    "log1p": lambda z: mpmath.log(1 + z),
    "square": lambda z: z * z,
    "reciprocal": lambda z: 1 / z,
    "abs": lambda z: z if _is_right(z) else -z,
    "sign": lambda z: mpmath.mpc(1 if _is_right(z) else -1),
    "step": lambda z: mpmath.mpc(_is_right(z)),
    "relu": lambda z: z if _is_right(z) else mpmath.mpc(0),
    "leaky_relu": lambda z: z if _is_right(z) else z / 100,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "sigmoid": _sigmoid,
    "silu": lambda z: z * _sigmoid(z),
    "gelu": lambda z: z * (1 + mpmath.erf(z / mpmath.sqrt(2))) / 2,
}
