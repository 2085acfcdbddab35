"""The same on stacks of matrices, whose last two axes are rows and columns: systems, determinants, blocks."""

from __future__ import annotations

from numpy import absolute, broadcast_to, concatenate, finfo, isfinite, log, tril, triu
from numpy.linalg import LinAlgError, cholesky, det, eigvalsh, inv, slogdet, solve, svd

from codegen.targets.numpy.helpers.systems import _factor_lu


def _joined(batch, axis, *parts):
    """Blocks side by side, of which some are the same for all problems."""
    return concatenate([broadcast_to(part, (batch, *part.shape[-2:])) for part in parts], axis=axis)


def _kron_of_stacks(A, B):
    """A[i, j] B[k, l] with the axes i, k, j, l last."""
    return A[..., :, None, :, None] * B[..., None, :, None, :]


def _beside(B):
    """The columns of all matrices in one: n x b m."""
    return B.swapaxes(0, 1).reshape(B.shape[1], B.shape[0] * B.shape[2])


def _check_finite_stacks(name, A):
    """Raise LinAlgError for infinity and what is not a number."""
    if not isfinite(A).all():
        raise LinAlgError(f"{name}: an entry is infinite or not a number")


# General matrices


def _regular(A):
    """The matrices again, in memory of their own. Raises LinAlgError where one of them is singular to rounding."""
    _check_finite_stacks("solve", A)
    if A.size:
        product = absolute(A).sum(axis=-1).max(axis=-1) * absolute(inv(A)).sum(axis=-1).max(axis=-1)
        doubtful = A[product * (10.0 * A.shape[-1] * finfo(A.dtype).eps) >= 1.0]
        if sum(_factor_lu(each)[2] for each in doubtful) < len(doubtful):
            raise LinAlgError("solve: the matrix is singular")
    return A.copy()


def _solve_stacks(A, B, trans):
    """A^-1 B, or A'^-1 B for trans = 1."""
    return solve(A.swapaxes(-1, -2) if trans else A, B)


def _det_of_stacks(A):
    """det(A), 1 x 1 each."""
    return det(A)[..., None, None]


def _logdet_of_stacks(A):
    """log |det(A)|, 1 x 1 each."""
    return slogdet(A)[1][..., None, None]


# Positive definite matrices


def _chol_of_stacks(S):
    """The lower L with L L' = S, whose upper half is not read. Raises LinAlgError if one is not positive definite."""
    _check_finite_stacks("chol", S)
    L = cholesky(S)
    squares = L.diagonal(axis1=-2, axis2=-1) ** 2
    if not (squares > S.shape[-1] * finfo(S.dtype).eps * S.diagonal(axis1=-2, axis2=-1)).all():
        raise LinAlgError("chol: the matrix is not positive definite")
    return L


def _solve_cho_stacks(L, B):
    """(L L')^-1 B."""
    return solve(L.swapaxes(-1, -2), solve(L, B))


def _inv_cho_of_stacks(L):
    """(L L')^-1."""
    X = inv(L)
    return X.swapaxes(-1, -2) @ X


# Triangular matrices


def _triangle(T, lower):
    """The triangle that is read."""
    return tril(T) if lower else triu(T)


def _solve_triangular_stacks(T, B, lower, trans):
    """T^-1 B, or T'^-1 B for trans = 1. Raises LinAlgError where T is singular."""
    return _solve_stacks(_triangle(T, lower), B, trans)


def _inv_triangular_of_stacks(T, lower):
    """T^-1. Raises LinAlgError where T is singular."""
    return _triangle(inv(_triangle(T, lower)), lower)


def _diagonal_product(T):
    """The product of the diagonal, 1 x 1 each."""
    return T.diagonal(axis1=-2, axis2=-1).prod(axis=-1)[..., None, None]


def _sum_of_logs(T):
    """log |det(T)| of triangular T, 1 x 1 each. Raises LinAlgError where T is singular."""
    d = absolute(T.diagonal(axis1=-2, axis2=-1))
    if (d == 0.0).any():
        raise LinAlgError("logdet: the matrix is singular, an entry of its diagonal is zero")
    return log(d).sum(axis=-1)[..., None, None]


# Spectra


def _eigvalsh_of_stacks(S):
    """Ascending eigenvalues as a column."""
    _check_finite_stacks("eigvalsh", S)
    return eigvalsh(S)[..., None]


def _svdvals_of_stacks(A):
    """Descending singular values as a column."""
    _check_finite_stacks("svdvals", A)
    return svd(A, compute_uv=False)[..., None]
