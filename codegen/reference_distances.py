"""How far a real matrix is from where an operation has no derivative, relative to the scale of the matrix.

Points are drawn at a distance from there, as rounding errors grow like its reciprocal. Ordinary LAPACK will do.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from codegen.reference_factorisations import dominant_eigenpair, elimination, symmetric_part

Array: TypeAlias = Any


def rank(A: Array, *_: Array) -> float:
    """The smallest singular value over the largest."""
    values = np.linalg.svd(A, compute_uv=False)
    return _relative(values[-1], values[0]) if values.size else 1.0


def leading_pivots(A: Array) -> float:
    pivots = np.abs(np.diag(elimination(A)[1]))
    return _relative(pivots.min(), max(pivots.max(), np.abs(A).max())) if len(A) else 1.0


def first_gap(A: Array, axis: int) -> float:
    """Between the two largest entries along an axis, over the largest absolute value, at the closest place.

    Along an axis without entries there is no largest one, however many lines there are, as NumPy sees it.
    """
    if A.shape[axis] < 2 or not A.size:
        return float(A.shape[axis] > 0)
    ordered = np.sort(A, axis=axis).take([-2, -1], axis=axis)
    return _relative(np.diff(ordered, axis=axis).min(), np.abs(A).max())


def eigenvalue_gap(S: Array) -> float:
    return _smallest_gap(np.linalg.eigvalsh(symmetric_part(S)))


def eigenvector_gap(S: Array) -> float:
    return min(eigenvalue_gap(S), _sign_gap(np.linalg.eigh(symmetric_part(S))[1]))


def dominance(A: Array) -> float:
    """From the largest absolute value of an eigenvalue to the next, over the norm; 0 if that eigenvalue is not real.

    The rounding errors of an eigenvalue follow the norm of the matrix, which may be far larger than the eigenvalue.
    """
    values = np.linalg.eigvals(A)
    sizes = np.sort(np.abs(values))
    if not len(A) or values[np.argmax(np.abs(values))].imag:
        return 0.0
    return _relative(sizes[-1] - sizes[-2], float(np.linalg.norm(A, 2))) if len(A) > 1 else 1.0


def eigenvector_dominance(A: Array) -> float:
    return min(dominance(A), _sign_gap(dominant_eigenpair(A)[1]))


def singular_gap(A: Array) -> float:
    return min(rank(A), _smallest_gap(np.linalg.svd(A, compute_uv=False)[::-1]))


def singular_vector_gap(A: Array) -> float:
    """Gaps between squares: derivatives of singular vectors are divided by σᵢ² - σⱼ²."""
    U, values, _ = np.linalg.svd(A, full_matrices=False)
    return min(rank(A), _smallest_gap(values[::-1] ** 2), _sign_gap(U))


def definiteness(S: Array) -> float:
    values = np.linalg.eigvalsh(symmetric_part(S))
    return _relative(values[0], np.abs(values).max()) if len(S) else 1.0


def from_negative_axis(A: Array, *_: Array) -> float:
    """The distance of the eigenvalues from (-∞, 0], over the largest absolute value."""
    values = np.linalg.eigvals(A)
    away = np.where(values.real > 0, np.abs(values), np.abs(values.imag))
    return _relative(away.min(), np.abs(values).max()) if len(A) else 1.0


def separation(A: Array, B: Array, *_: Array) -> float:
    """The smallest |λᵢ(A) + λⱼ(B)|, over the largest |λ(A)| + |λ(B)|."""
    a, b = np.linalg.eigvals(A), np.linalg.eigvals(B)
    if not a.size or not b.size:
        return 1.0
    return _relative(np.abs(a[:, None] + b).min(), np.abs(a).max() + np.abs(b).max())


def _relative(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _smallest_gap(values: Array) -> float:
    """Between ascending numbers, over the largest of their absolute values and of their differences."""
    if len(values) < 2:
        return 1.0
    return _relative(np.diff(values).min(), max(np.abs(values).max(), values[-1] - values[0]))


def _sign_gap(V: Array) -> float:
    """Between the two largest absolute values of a column of unit length, which decide on its sign."""
    return first_gap(np.abs(V), 0) if V.shape[1] else 1.0
