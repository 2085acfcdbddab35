"""Differentials of Cholesky and LU factors and their transposes, by halves as the factorisations themselves.

Up to 64 rows, where calls take longer than arithmetic, as the rules write them.
"""

from __future__ import annotations

from numpy import block, einsum, tril, triu, zeros

from codegen.targets.numpy.helpers.systems import _solve_triangular


def _half_lower(M):
    """The lower triangle with half the diagonal."""
    P = tril(M)
    einsum("ii->i", P)[...] *= 0.5
    return P


def _chol_pushforward(L, S):
    """dL with dL L' + L dL' = S, of which the lower half is read."""
    n, k = L.shape[0], L.shape[0] // 2
    if n <= 64:
        S = tril(S) + tril(S, -1).T
        return L.dot(_half_lower(_solve_triangular(L, _solve_triangular(L, S, 1, 0).T, 1, 0)))
    first = _chol_pushforward(L[:k, :k], S[:k, :k])
    beside = L[k:, :k]
    below = _solve_triangular(L[:k, :k], S[k:, :k].T - first.dot(beside.T), 1, 0).T
    moved = below.dot(beside.T)
    last = _chol_pushforward(L[k:, k:], S[k:, k:] - moved - moved.T)
    return block([[first, zeros((k, n - k), dtype=L.dtype)], [below, last]])


def _chol_pullback(L, Y):
    """The symmetric X with <X, S>/2 = <Y, dL> for dL L' + L dL' = S; the lower half of Y is read."""
    k = L.shape[0] // 2
    if L.shape[0] <= 64:
        P = _half_lower(L.T.dot(tril(Y)))
        return _solve_triangular(L, _solve_triangular(L, P + P.T, 1, 1).T, 1, 1)
    beside = L[k:, :k]
    last = _chol_pullback(L[k:, k:], Y[k:, k:])
    below = _solve_triangular(L[:k, :k], Y[k:, :k].T - beside.T.dot(last), 1, 1)
    first = _chol_pullback(L[:k, :k], Y[:k, :k] - below.dot(beside))
    return block([[first, below], [below.T, last]])


def _lu_pushforward(L, U, A):
    """dL, strictly lower, and dU, upper, with dL U + L dU = A."""
    n, k = L.shape[0], L.shape[0] // 2
    if n <= 64:
        M = _solve_triangular(U, _solve_triangular(L, A, 1, 0).T, 0, 1).T
        return L.dot(tril(M, -1)), triu(M).dot(U)
    (first, corner), below, above = _lu_pushforward(L[:k, :k], U[:k, :k], A[:k, :k]), L[k:, :k], U[:k, k:]
    right = _solve_triangular(L[:k, :k], A[:k, k:] - first.dot(above), 1, 0)
    left = _solve_triangular(U[:k, :k], (A[k:, :k] - below.dot(corner)).T, 0, 1).T
    last, rest = _lu_pushforward(L[k:, k:], U[k:, k:], A[k:, k:] - left.dot(above) - below.dot(right))
    nothing = zeros((k, n - k), dtype=L.dtype)
    return block([[first, nothing], [left, last]]), block([[corner, right], [nothing.T, rest]])


def _lu_pullback(L, U, Y, Z):
    """X with <X, A> = <Y, dL> + <Z, dU> for dL U + L dU = A; of Y and Z the triangles of dL and dU are read."""
    k = L.shape[0] // 2
    if L.shape[0] <= 64:
        P = tril(L.T.dot(tril(Y, -1)), -1) + triu(triu(Z).dot(U.T))
        return _solve_triangular(L, _solve_triangular(U, P.T, 0, 0).T, 1, 1)
    below, above = L[k:, :k], U[:k, k:]
    last = _lu_pullback(L[k:, k:], U[k:, k:], Y[k:, k:], Z[k:, k:])
    left = _solve_triangular(U[:k, :k], (Y[k:, :k] - last.dot(above.T)).T, 0, 0).T
    right = _solve_triangular(L[:k, :k], Z[:k, k:] - below.T.dot(last), 1, 1)
    corner = (Y[:k, :k] - right.dot(above.T), Z[:k, :k] - below.T.dot(left))
    return block([[_lu_pullback(L[:k, :k], U[:k, :k], *corner), right], [left, last]])
