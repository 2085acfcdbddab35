"""Factorisations for the oracle, continued analytically to complex matrices.

On X + ihE with a tiny h the imaginary part of every result has to be h times its directional derivative. Therefore
transposes stand where complex linear algebra has conjugates, lengths are √(v'v), and pivots, orders and signs are
chosen by real parts. LAPACK's complex eigenvectors and singular vectors are no analytic functions of the matrix: here
the real matrix gives the starting point, and Newton's method carries it on in complex arithmetic.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any

NEWTON_STEPS = 2
"""From vectors good to roundoff: the first step finds the imaginary part, the second makes it accurate."""


def elimination(A: Array, exchange: bool = False) -> tuple[Array, Array, float]:
    """L, U with A = L U, row by row; or, with row exchanges, L U = P A. The sign is that of the exchanges."""
    n, sign = len(A), 1.0
    A, L, U = A.copy(), np.eye(n, dtype=_floating(A)), np.zeros((n, n), dtype=_floating(A))
    for k in range(n):
        column = A[k:, k] - L[k:, :k] @ U[:k, k]
        pivot = int(np.argmax(np.abs(column.real))) if exchange else 0
        if pivot:
            column[[0, pivot]] = column[[pivot, 0]]
            A[[k, k + pivot]] = A[[k + pivot, k]]
            L[[k, k + pivot], :k] = L[[k + pivot, k], :k]
            sign = -sign
        U[k, k:] = np.append(column[:1], A[k, k + 1 :] - L[k, :k] @ U[:k, k + 1 :])
        if column[0] != 0 or not exchange:
            L[k + 1 :, k] = column[1:] / column[0]
    return L, U, sign


def chol(S: Array) -> Array:
    """Lower L with L L' = S, column by column. A function of the symmetric part."""
    S, L = symmetric_part(S), np.zeros(S.shape, dtype=_floating(S))
    for k in range(len(S)):
        column = S[k:, k] - L[k:, :k] @ L[k, :k]
        L[k:, k] = column / np.sqrt(column[0])
    return L


def qr(A: Array) -> tuple[Array, Array]:
    """Thin Q and R by Gram-Schmidt, twice, which is enough (Giraud et al. 2005): Q'Q = I to roundoff."""
    n, m = A.shape
    Q, R = np.zeros((n, m), dtype=_floating(A)), np.zeros((m, m), dtype=_floating(A))
    for k in range(m):
        column = A[:, k]
        for _ in range(2):
            along = Q[:, :k].T @ column
            column = column - Q[:, :k] @ along
            R[:k, k] += along
        R[k, k] = np.sqrt(column @ column)
        Q[:, k] = column / R[k, k]
    return Q, R


def eigh(S: Array) -> tuple[Array, Array]:
    """Ascending eigenvalues as a vector, and eigenvectors with V'V = I. A function of the symmetric part."""
    S = symmetric_part(S)
    values, vectors = np.linalg.eigh(S.real)
    for _ in range(NEWTON_STEPS):
        values, vectors = refined(S, vectors)
    return values, vectors


def refined(S: Array, V: Array) -> tuple[Array, Array]:
    """A Newton step V(I + E) towards V'V = I, V'SV = diag(λ) (Ogita and Aishima 2018).

    To first order: E + E' = R := I - V'V and, off the diagonal, (λⱼ - λᵢ) Eᵢⱼ = (V'SV + R diag(λ))ᵢⱼ.
    Where eigenvalues coincide any basis will do, and E = R/2 makes it orthonormal.
    """
    R, T = np.eye(len(V)) - V.T @ V, V.T @ (S @ V)
    values = np.diag(T) / (1 - np.diag(R))
    gaps = values[None, :] - values[:, None]
    roundoff = 16 * len(S) * np.finfo(float).eps * np.abs(values.real).max(initial=0.0)
    equal = np.abs(gaps.real) <= roundoff
    return values, V + V @ np.where(equal, R / 2, (T + R * values) / np.where(equal, 1.0, gaps))


def eigvecsh(S: Array) -> Array:
    vectors = eigh(S)[1]
    return vectors * signs(vectors)


def dominant_eigenpair(A: Array) -> tuple[Array, Array]:
    """The eigenvalue of largest absolute value, 1×1, and its vector, n×1; not a number if it is not real.

    Newton's method on A v = λ v, v'v = 1 is one bordered system a step.
    """
    values, vectors = np.linalg.eig(A.real)
    largest = int(np.argmax(np.abs(values))) if len(A) else 0
    if not len(A) or values[largest].imag:
        return np.full((1, 1), np.nan), np.full((len(A), 1), np.nan)
    value, v = values[largest].real, vectors[:, [largest]].real
    for _ in range(NEWTON_STEPS):
        shifted = A - value * np.eye(len(A))
        bordered = np.block([[shifted, -v], [v.T, np.zeros((1, 1))]])
        correction = np.linalg.solve(bordered, np.vstack([-shifted @ v, (1 - v.T @ v) / 2]))
        value, v = value + correction[-1, 0], v + correction[:-1]
    return np.full((1, 1), value), v * signs(v)


def svd(A: Array) -> tuple[Array, Array, Array]:
    """Thin U, descending s as a vector, and V, from the eigenpairs (±s, [u; ±v]/√2) of [[0, A], [A', 0]]."""
    n, m = A.shape
    values, vectors = eigh(np.block([[np.zeros((n, n)), A], [A.T, np.zeros((m, m))]]))
    largest = np.sqrt(2) * vectors[:, ::-1][:, : min(n, m)]
    largest = largest * signs(largest[:n])
    return largest[:n], values[::-1][: min(n, m)], largest[n:]


def signs(V: Array) -> Array:
    """What to multiply each column with to make its entry of largest absolute value positive."""
    return np.where(V.real.max(axis=0, initial=0.0) >= -V.real.min(axis=0, initial=0.0), 1.0, -1.0)


def symmetric_part(S: Array) -> Array:
    return (S + S.T) / 2


def _floating(A: Array) -> Any:
    return np.result_type(A, float)
