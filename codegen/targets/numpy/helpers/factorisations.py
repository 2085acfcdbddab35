"""Factors that are results themselves, made unique by signs; the pseudo-inverse."""

from __future__ import annotations

from numpy import absolute, argmax, array, block, einsum, eye, finfo, where, zeros
from numpy.linalg import LinAlgError, eigh, eigvalsh, qr, svd
from scipy.linalg import eig

from codegen.targets.numpy.helpers.checks import _check_finite, _rounding
from codegen.targets.numpy.helpers.systems import _solve_triangular


def _signs(V):
    """For each column, the sign of its entry of largest absolute value."""
    n, k = V.shape
    largest = argmax(absolute(V), axis=0) if n else zeros(k, dtype=int)
    return array([1.0 if n == 0 or V[largest[j], j] >= 0.0 else -1.0 for j in range(k)], dtype=V.dtype)


def _check_gaps(name, values, what):
    """Raise LinAlgError where two neighbours of ordered values are equal to rounding."""
    if values.size > 1:
        closest = absolute(values[1:] - values[:-1]).min()
        if closest <= values.size * finfo(values.dtype).eps * absolute(values).max():
            raise LinAlgError(f"{name}: two {what} are equal, they and their vectors have no derivatives")


def _eigh(S):
    """Ascending eigenvalues as a column, and orthonormal eigenvectors whose largest entries are positive."""
    _check_finite("eigh", S)
    values, V = eigh(S)
    _check_gaps("eigh", values, "eigenvalues")
    return values.reshape(-1, 1), V * _signs(V)


def _eigvalsh(S):
    """Ascending eigenvalues as a column, of which two may be equal."""
    _check_finite("eigvalsh", S)
    return eigvalsh(S).reshape(-1, 1)


def _eig(A):
    """The eigenvalue of largest absolute value, 1 x 1, and its right and left eigenvectors of length 1.

    The quotient of both vectors has twice the digits of either.
    """
    _check_finite("eigval", A)
    if A.size == 0:
        raise LinAlgError("eigval: a matrix without entries has no eigenvalue")
    values, left, right = eig(A, left=True)
    sizes = absolute(values)
    k = argmax(sizes)
    v, w = right[:, k : k + 1].real, left[:, k : k + 1].real
    simple = (sizes >= (1.0 - _rounding(A)) * sizes[k]).sum() == 1 and absolute(w.T.dot(v)) > _rounding(A)
    if not simple or values[k].imag != 0.0:
        raise LinAlgError("eigval: the eigenvalue of largest absolute value is not real and simple")
    return w.T.dot(A.dot(v)) / w.T.dot(v), v * _signs(v), w * _signs(w)


def _svd(A):
    """Thin singular vectors and values, A = U diag(s) V', the largest entry of each column of U positive."""
    _check_finite("svd", A)
    U, s, Vt = svd(A, full_matrices=False)
    _check_gaps("svd", s, "singular values")
    if s.size and s[-1] <= _rounding(A) * s[0]:
        raise LinAlgError("svd: a singular value is zero, it and its vectors have no derivatives")
    signs = _signs(U)
    return U * signs, s.reshape(-1, 1), Vt.T * signs


def _svdvals(A):
    """Descending singular values as a column, of which two may be equal."""
    _check_finite("svdvals", A)
    return svd(A, compute_uv=False).reshape(-1, 1)


def _pinv(A):
    """The pseudo-inverse of a matrix of full rank. Raises LinAlgError."""
    if A.size == 0:
        return A.T.copy()
    _check_finite("pinv", A)
    U, s, Vt = svd(A, full_matrices=False)
    if s[-1] <= _rounding(A) * s[0]:
        raise LinAlgError("pinv: the matrix does not have full rank, no derivative exists")
    return (Vt.T / s).dot(U.T)


def _qr(A):
    """Thin A = Q R with a positive diagonal of R. Raises LinAlgError where A does not have full column rank."""
    n, m = A.shape
    if n < m:
        raise LinAlgError(f"qr: a matrix with {n} rows and {m} columns has no full column rank")
    Q, R = qr(A)
    d = R.diagonal()
    if (absolute(d) <= _rounding(A) * absolute(R).max(axis=0, initial=0.0)).any():
        _check_finite("qr", A)
        raise LinAlgError("qr: the matrix does not have full column rank, no derivative exists")
    signs = where(d > 0.0, 1.0, -1.0).astype(A.dtype)
    return Q * signs, R * signs.reshape(-1, 1)


# Elimination without exchanges


def _lu(A):
    """A = L U without pivoting. Raises LinAlgError where a leading minor is zero."""
    _check_finite("lu", A)
    L, U = _eliminated(A)
    sizes = absolute(U)
    if (sizes.diagonal() <= _rounding(A) * einsum("ij,ji->i", absolute(L), sizes)).any():
        raise LinAlgError("lu: a leading principal minor is zero")
    return L, U


def _eliminated(A):
    """A = L U without pivoting, by halves: what is below and beside the first halves comes from triangular systems."""
    n = A.shape[0]
    k = n // 2
    if n <= 32:
        return _eliminated_by_columns(A)
    L, U = _eliminated(A[:k, :k])
    above = _solve_triangular(L, A[:k, k:], 1, 0)
    below = _solve_triangular(U, A[k:, :k].T, 0, 1).T
    last_L, last_U = _eliminated(A[k:, k:] - below.dot(above))
    nothing = zeros((k, n - k), dtype=A.dtype)
    return block([[L, nothing], [below, last_L]]), block([[U, above], [nothing.T, last_U]])


def _eliminated_by_columns(A):
    """A = L U without pivoting, one column after the other. Raises LinAlgError where a leading minor is zero."""
    n = A.shape[0]
    L, U = eye(n, dtype=A.dtype), A.copy()
    for k in range(n):
        if U[k, k] == 0.0:
            raise LinAlgError("lu: a leading principal minor is zero")
        factors = U[k + 1 :, k : k + 1] / U[k, k]
        L[k + 1 :, k : k + 1] = factors
        U[k + 1 :, k:] -= factors * U[k : k + 1, k:]
        U[k + 1 :, k] = 0.0
    return L, U
