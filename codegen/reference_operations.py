"""The value of every named matrix operation, and how far a point is from where it has no derivative.

As all of the oracle, these share no code with the kernels and accept complex matrices for the complex step: each
function is an analytic continuation, whose choices follow the real part.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from codegen import reference_distances as distances
from codegen.reference_factorisations import chol, dominant_eigenpair, eigh, eigvecsh, elimination, qr, svd
from codegen.reference_functions import cosm, expm, frechet, logm, sinm, sqrtm

Array: TypeAlias = Any


# Entries: moved, added, compared


def _block(A: Array, r0: int, r1: int, c0: int, c1: int) -> Array:
    return A[r0 - 1 : r1, c0 - 1 : c1]


def _sum(axis: int | None) -> Callable[[Array], Array]:
    return lambda A: A.sum(axis=axis, keepdims=True)


def _largest(A: Array, axis: int) -> Array:
    """The largest entries, by their real parts; of no entries, minus infinity."""
    if not A.shape[axis]:
        return np.full((1, A.shape[1]) if axis == 0 else (A.shape[0], 1), -np.inf)
    return np.take_along_axis(A, np.expand_dims(A.real.argmax(axis=axis), axis), axis)


def _logsumexp(A: Array, axis: int) -> Array:
    """m + log(1 + (exp(x - m) - 1) + the other exp(xᵢ - m)) with m the real part of the largest entry x."""
    if not A.shape[axis]:
        return _largest(A, axis)
    shift, largest = _largest(A, axis).real, np.expand_dims(A.real.argmax(axis=axis), axis)
    terms = np.exp(A - shift)
    np.put_along_axis(terms, largest, np.take_along_axis(terms, largest, axis) - 1, axis)
    return shift + np.log1p(terms.sum(axis=axis, keepdims=True))


def _over(reduction: Callable[[Array, int], Array], axis: int | None) -> Callable[[Array], Array]:
    """A reduction over one index, or over both."""
    return lambda A: reduction(A.reshape(-1, 1), 0) if axis is None else reduction(A, axis)


# Linear equations


def _matrix_power(A: Array, exponent: int) -> Array:
    """By squaring."""
    if exponent < 0:
        return _matrix_power(np.linalg.inv(A), -exponent)
    power = np.eye(len(A))
    for digit in f"{exponent:b}":
        power = power @ power
        power = power @ A if digit == "1" else power
    return power


def _det(A: Array) -> Array:
    """The product of the pivots, kept near 1 beside a power of two: it overflows only where the determinant does."""
    _, U, product = elimination(A, exchange=True)
    exponent = 0
    for pivot in np.diag(U):
        product = product * pivot
        shift = max(math.frexp(product.real)[1], -1000)
        product, exponent = product * 0.5**shift, exponent + shift
    result = np.empty((1, 1), dtype=np.result_type(A, float))
    result.real = np.ldexp(product.real, exponent)
    if np.iscomplexobj(A):
        result.imag = np.ldexp(product.imag, exponent)
    return result


def _logdet(A: Array) -> Array:
    """log |det A|, continued from the real axis: each pivot with the sign that makes its real part positive."""
    pivots = np.diag(elimination(A, exchange=True)[1])
    return np.log(np.where(pivots.real < 0, -pivots, pivots)).sum(keepdims=True).reshape(1, 1)


def _pinv(A: Array) -> Array:
    """R⁻¹ Q' of a tall matrix A = Q R, and the transpose of that of its transpose of a wide one."""
    if A.shape[0] < A.shape[1]:
        return _pinv(A.T).T
    Q, R = qr(A)
    return np.linalg.solve(R, Q.T)


def _sylvester(A: Array, B: Array, C: Array) -> Array:
    """(I ⊗ A + B' ⊗ I) vec(X) = vec(C)."""
    equations = np.kron(np.eye(len(B)), A) + np.kron(B.T, np.eye(len(A)))
    return np.linalg.solve(equations, C.reshape(-1, 1, order="F")).reshape(C.shape, order="F")


def _rearranged(A: Array, n: int, m: int, p: int, q: int) -> Array:
    """Block by block, row after row, the entries of each as a row."""
    blocks = [A[i * p : (i + 1) * p, j * q : (j + 1) * q].reshape(1, p * q) for i in range(n) for j in range(m)]
    return np.vstack([np.zeros((0, p * q), dtype=A.dtype), *blocks])


def _weights(A: Array, axis: int | None) -> Array:
    """1 at the largest entry, by the real part; equal parts of 1 where it is attained more than once."""
    attained = (A.real == A.real.max(axis=axis, keepdims=True, initial=-np.inf)).astype(float)
    return attained / np.maximum(attained.sum(axis=axis, keepdims=True), 1)


OPERATION_VALUES: dict[str, Callable[..., Array]] = {
    "matrix_power": _matrix_power,
    "kron": np.kron,
    "hstack": lambda *parts: np.hstack(parts),
    "vstack": lambda *parts: np.vstack(parts),
    "slice": _block,
    "reshape": lambda A, rows, cols: A.reshape((rows, cols), order="F"),
    "rearrange": _rearranged,
    "diag": lambda x: np.diag(x[:, 0]),
    "diagonal": lambda A: np.diag(A)[:, None],
    "tril": np.tril,
    "triu": np.triu,
    "sum": _sum(None),
    "sum_1": _sum(0),
    "sum_2": _sum(1),
    "tr": lambda A: np.trace(A).reshape(1, 1),
    "det": _det,
    "logdet": _logdet,
    "max": _over(_largest, None),
    "max_1": _over(_largest, 0),
    "max_2": _over(_largest, 1),
    "max_weights": lambda A: _weights(A, None),
    "max_weights_1": lambda A: _weights(A, 0),
    "max_weights_2": lambda A: _weights(A, 1),
    "logsumexp": _over(_logsumexp, None),
    "logsumexp_1": _over(_logsumexp, 0),
    "logsumexp_2": _over(_logsumexp, 1),
    "inv": np.linalg.inv,
    "solve": np.linalg.solve,
    "pinv": _pinv,
    "expm": expm,
    "logm": logm,
    "sqrtm": sqrtm,
    "sinm": sinm,
    "cosm": cosm,
    "expm_frechet": frechet(expm),
    "logm_frechet": frechet(logm),
    "sinm_frechet": frechet(sinm),
    "cosm_frechet": frechet(cosm),
    "sylvester": _sylvester,
    "chol": chol,
    "qr_q": lambda A: qr(A)[0],
    "qr_r": lambda A: qr(A)[1],
    "lu_l": lambda A: elimination(A)[0],
    "lu_u": lambda A: elimination(A)[1],
    "eigvalsh": lambda S: eigh(S)[0][:, None],
    "eigvecsh": eigvecsh,
    "eigval": lambda A: dominant_eigenpair(A)[0],
    "eigvec": lambda A: dominant_eigenpair(A)[1],
    "svdvals": lambda A: svd(A)[1][:, None],
    "svd_u": lambda A: svd(A)[0],
    "svd_v": lambda A: svd(A)[2],
}
"""From the name of an operation to its function of the operands, and then of the whole-number parameters."""

WATCHED: dict[str, Callable[..., float]] = {
    "matrix_power": lambda A, exponent=-1: distances.rank(A) if exponent < 0 else 1.0,
    "det": distances.rank,
    "logdet": distances.rank,
    "inv": distances.rank,
    "solve": distances.rank,
    "pinv": distances.rank,
    "qr_q": distances.rank,
    "qr_r": distances.rank,
    "lu_l": distances.leading_pivots,
    "lu_u": distances.leading_pivots,
    "max": lambda A: distances.first_gap(A.reshape(-1, 1), 0),
    "max_1": lambda A: distances.first_gap(A, 0),
    "max_2": lambda A: distances.first_gap(A, 1),
    "max_weights": lambda A: distances.first_gap(A.reshape(-1, 1), 0),
    "max_weights_1": lambda A: distances.first_gap(A, 0),
    "max_weights_2": lambda A: distances.first_gap(A, 1),
    "logsumexp": lambda A: float(A.size > 0),
    "logsumexp_1": lambda A: float(A.shape[0] > 0),
    "logsumexp_2": lambda A: float(A.shape[1] > 0),
    "logm": distances.from_negative_axis,
    "sqrtm": distances.from_negative_axis,
    "logm_frechet": distances.from_negative_axis,
    "sylvester": distances.separation,
    "chol": distances.definiteness,
    "eigvalsh": distances.eigenvalue_gap,
    "eigvecsh": distances.eigenvector_gap,
    "eigval": distances.dominance,
    "eigvec": distances.eigenvector_dominance,
    "svdvals": distances.singular_gap,
    "svd_u": distances.singular_vector_gap,
    "svd_v": distances.singular_vector_gap,
}
"""The operations that have no derivative, or no value, somewhere, and how far from there a point is."""


def distance(name: str, *arguments: Any) -> float:
    """How far a real point is from the nearest one without a derivative: 0 there, 1 at most, whatever the scale.

    `arguments` are those of the value. An operation that is smooth everywhere is at 1; one that is not defined, at 0.
    """
    try:
        with np.errstate(all="ignore"):
            found = WATCHED[name](*arguments) if name in WATCHED else 1.0
    except np.linalg.LinAlgError:
        return 0.0
    return min(1.0, max(0.0, float(found))) if math.isfinite(found) else 0.0
