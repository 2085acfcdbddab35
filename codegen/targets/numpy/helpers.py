"""Functions that generated kernels carry with them: ordinary Python, of which a kernel gets those that it calls.

Each is copied into the file as it stands here, so it uses nothing but NumPy, SciPy and the others. Matrices have two
axes, and results are new. Where a derivative does not exist, LinAlgError says so.
"""

from __future__ import annotations

from numpy import absolute, argmax, array, block, diag, exp, eye, finfo, isfinite, log, zeros, zeros_like
from numpy.linalg import LinAlgError, eig, eigh, qr, slogdet, svd
from scipy.linalg import cho_factor, cho_solve, expm_frechet
from scipy.linalg.lapack import dgetrf, dgetrs, sgetrf, sgetrs


def _logdet(A):
    """log |det(A)|, 1 x 1."""
    sign, value = slogdet(A)
    if sign == 0.0:
        raise LinAlgError("logdet: the matrix is singular")
    return value.reshape(1, 1)


def _logsumexp(A, axis):
    """log(sum(exp(A))) along an axis, which stays with length 1; the largest entry is taken out first."""
    largest = A.max(axis=axis, keepdims=True)
    return largest + log(exp(A - largest).sum(axis=axis, keepdims=True))


def _max_weights(A, axis):
    """1 at the largest entry along an axis, in equal parts where it is attained more than once."""
    attained = (A == A.max(axis=axis, keepdims=True)).astype(A.dtype)
    return attained / attained.sum(axis=axis, keepdims=True)


def _pinv(A):
    """The pseudo-inverse of a matrix of full rank. Raises LinAlgError."""
    if A.size == 0:
        return A.T.copy()
    U, s, Vt = svd(A, full_matrices=False)
    if s[-1] <= max(A.shape) * finfo(A.dtype).eps * s[0]:
        raise LinAlgError("pinv: the matrix does not have full rank, no derivative exists")
    return (Vt.T / s).dot(U.T)


def _of_matrix(name, function, A):
    """A function of a matrix, worked out in double precision. Raises LinAlgError where it is not real."""
    if A.size == 0:
        return A.copy()
    value = function(A.astype("float64"))
    if not isfinite(value).all() or absolute(value.imag).max(initial=0.0) > 1e-8 * absolute(value).max(initial=0.0):
        raise LinAlgError(f"{name}: an eigenvalue is zero or negative, the result is not real or has no derivative")
    return value.real.astype(A.dtype)


def _expm_frechet(A, E):
    """expm(A), and its derivative at A in the direction E."""
    value, moved = expm_frechet(A, E, check_finite=False)
    return value.astype(A.dtype), moved.astype(A.dtype)


def _frechet(name, function, A, E):
    """The derivative of a function of a matrix at A in the direction E: the upper right block of f([A E; 0 A])."""
    n = A.shape[0]
    scale = absolute(E).max(initial=0.0)
    if scale == 0.0:
        return zeros_like(A)
    size = absolute(A).max(initial=0.0) or 1.0
    whole = _of_matrix(name, function, block([[A, E * (size / scale)], [zeros_like(A), A]]))
    return whole[:n, n:] * (scale / size)


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
            raise LinAlgError(f"{name}: two {what} are equal, no derivative exists")


def _eigh(S):
    """Ascending eigenvalues as a column, and orthonormal eigenvectors whose largest entries are positive."""
    values, V = eigh(S)
    _check_gaps("eigh", values, "eigenvalues")
    return values.reshape(-1, 1), V * _signs(V)


def _eig(A):
    """The eigenvalue of largest absolute value, 1 x 1, and its eigenvector of length 1. Raises LinAlgError."""
    values, V = eig(A)
    k = argmax(absolute(values))
    others = absolute(absolute(values) - absolute(values[k]))
    close = others <= values.size * finfo(A.dtype).eps * absolute(values[k])
    if close.sum() > 1 or values[k].imag != 0.0:
        raise LinAlgError("eigval: the eigenvalue of largest absolute value is not real and simple")
    v = V[:, k : k + 1].real
    return values[k].real.reshape(1, 1).astype(A.dtype), v * _signs(v)


def _svd(A):
    """Thin singular vectors and values, A = U diag(s) V', the largest entry of each column of U positive."""
    U, s, Vt = svd(A, full_matrices=False)
    _check_gaps("svd", s, "singular values")
    if s.size and s[-1] <= max(A.shape) * finfo(A.dtype).eps * s[0]:
        raise LinAlgError("svd: a singular value is zero, no derivative exists")
    signs = _signs(U)
    return U * signs, s.reshape(-1, 1), Vt.T * signs


def _qr(A):
    """Thin A = Q R with a positive diagonal of R. Raises LinAlgError where A does not have full column rank."""
    n, m = A.shape
    if n < m:
        raise LinAlgError(f"qr: a matrix with {n} rows and {m} columns has no full column rank")
    Q, R = qr(A)
    d = diag(R)
    if m and absolute(d).min() <= n * finfo(A.dtype).eps * absolute(d).max():
        raise LinAlgError("qr: the matrix does not have full column rank, no derivative exists")
    signs = array([1.0 if x > 0.0 else -1.0 for x in d], dtype=A.dtype)
    return Q * signs, R * signs.reshape(-1, 1)


def _lu(A):
    """A = L U without pivoting. Raises LinAlgError where a leading minor is zero."""
    n = A.shape[0]
    L, U = eye(n, dtype=A.dtype), A.copy()
    for k in range(n - 1):
        if U[k, k] == 0.0:
            raise LinAlgError("lu: a leading principal minor is zero")
        factors = U[k + 1 :, k : k + 1] / U[k, k]
        L[k + 1 :, k : k + 1] = factors
        U[k + 1 :, k:] -= factors * U[k : k + 1, k:]
        U[k + 1 :, k] = 0.0
    if n and U[n - 1, n - 1] == 0.0:
        raise LinAlgError("lu: the matrix is singular")
    return L, U


def _factor_lu(A):
    """P A = L U, for several solves: both factors in one matrix, and the exchanges. Raises LinAlgError."""
    if A.size == 0:
        return A, zeros(0, dtype=int)
    factor, swaps, info = dgetrf(A) if A.dtype.itemsize == 8 else sgetrf(A)
    if info > 0:
        raise LinAlgError("Singular matrix")
    return factor, swaps


def _solve_lu(factor, B, trans):
    """A^-1 B, or A'^-1 B for trans = 1."""
    if B.size == 0:
        return B.copy()
    solve = dgetrs if B.dtype.itemsize == 8 else sgetrs
    return solve(factor[0], factor[1], B, trans=trans)[0]


def _inv_lu(factor, trans):
    """A^-1, or A'^-1."""
    return _solve_lu(factor, eye(factor[0].shape[0], dtype=factor[0].dtype), trans)


def _det_lu(factor):
    """det(A), 1 x 1."""
    swaps = sum(1 for k, row in enumerate(factor[1]) if row != k)
    return (diag(factor[0]).prod() * (-1.0) ** swaps).reshape(1, 1).astype(factor[0].dtype)


def _logdet_lu(factor):
    """log |det(A)|, 1 x 1."""
    return log(absolute(diag(factor[0]))).sum().reshape(1, 1)


def _factor_spd(S):
    """S = L L'. Raises LinAlgError where S is not positive definite."""
    return S if S.size == 0 else cho_factor(S, lower=True, check_finite=False)[0]


def _solve_cho(factor, B):
    """S^-1 B."""
    return B.copy() if B.size == 0 else cho_solve((factor, True), B, check_finite=False)


def _inv_cho(factor):
    """S^-1."""
    return _solve_cho(factor, eye(factor.shape[0], dtype=factor.dtype))


def _det_cho(factor):
    """det(S), 1 x 1."""
    return (diag(factor).prod() ** 2).reshape(1, 1)


def _logdet_cho(factor):
    """log det(S), 1 x 1."""
    return (2.0 * log(diag(factor)).sum()).reshape(1, 1).astype(factor.dtype)
