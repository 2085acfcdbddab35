"""Systems, inverses and determinants by factors of the matrix."""

from __future__ import annotations

from numpy import absolute, arange, einsum, frexp, ldexp, log, tril, where, zeros
from numpy.linalg import LinAlgError
from scipy.linalg.lapack import (
    dgecon,
    dgetrf,
    dgetri,
    dgetrs,
    dlange,
    dpotrf,
    dpotri,
    dpotrs,
    dtrtri,
    dtrtrs,
    sgecon,
    sgetrf,
    sgetri,
    sgetrs,
    slange,
    spotrf,
    spotri,
    spotrs,
    strtri,
    strtrs,
)

from codegen.targets.numpy.helpers.checks import _check_finite, _rounding

# A general matrix


def _factor_lu(A):
    """P A = L U: both factors in one matrix, the exchanges, and whether A is regular."""
    if A.size == 0:
        return A, zeros(0, dtype=int), True
    factors, swaps, info = dgetrf(A) if A.dtype.itemsize == 8 else sgetrf(A)
    return factors, swaps, info == 0 and _is_regular(A, factors)


def _is_regular(A, factors):
    """Whether no pivot of P A = L U is all rounding error: beside what was added up for it, not beside the others."""
    limit = _rounding(A)
    norm, condition = (dlange, dgecon) if A.dtype.itemsize == 8 else (slange, sgecon)
    if condition(factors, norm("I", A.T))[0] > 10.0 * limit:
        return True
    sizes = absolute(factors)
    pivots = sizes.diagonal()
    added = einsum("ij,ji->i", tril(sizes, -1), sizes) + pivots
    return not (pivots <= limit * added).any()


def _solve_lu(lu, B, trans):
    """A^-1 B, or A'^-1 B for trans = 1. Raises LinAlgError where A is singular."""
    factors, swaps, regular = lu
    if not regular:
        raise LinAlgError("solve: the matrix is singular")
    if B.size == 0:
        return B.copy()
    solve = dgetrs if B.dtype.itemsize == 8 else sgetrs
    return solve(factors, swaps, B, trans=trans)[0]


def _inv_lu(lu):
    """A^-1. Raises LinAlgError where A is singular."""
    factors, swaps, regular = lu
    if not regular:
        raise LinAlgError("inv: the matrix is singular")
    if factors.size == 0:
        return factors.copy()
    invert = dgetri if factors.dtype.itemsize == 8 else sgetri
    return invert(factors, swaps, lwork=64 * swaps.size)[0]


def _det_lu(lu):
    """det(A), 1 x 1."""
    factors, swaps, _ = lu
    value = _product(factors.diagonal())
    return -value if (swaps != arange(swaps.size)).sum() % 2 else value


def _logdet_lu(lu):
    """log |det(A)|, 1 x 1. Raises LinAlgError where A is singular."""
    if not lu[2]:
        raise LinAlgError("logdet: the matrix is singular")
    return log(absolute(lu[0].diagonal())).sum(keepdims=True).reshape(1, 1)


def _product(d):
    """The product of numbers, 1 x 1, which overflows only where the result does: as fractions near 1 and exponents."""
    fractions, exponents = frexp(d)
    low = absolute(fractions) < 0.7
    fractions = where(low, fractions + fractions, fractions)
    return ldexp(fractions.prod(keepdims=True), (exponents - low).sum(keepdims=True)).reshape(1, 1)


# A positive definite matrix


def _chol(S):
    """The lower L with L L' = S, whose upper half is not read. Raises LinAlgError if S is not positive definite."""
    if S.size == 0:
        return S.copy()
    L, info = dpotrf(S, lower=1) if S.dtype.itemsize == 8 else spotrf(S, lower=1)
    if info > 0 or not (L.diagonal() ** 2 > _rounding(S) * S.diagonal()).all():
        _check_finite("chol", S)
        raise LinAlgError("chol: the matrix is not positive definite")
    return L


def _solve_cho(L, B):
    """(L L')^-1 B."""
    if B.size == 0:
        return B.copy()
    solve = dpotrs if B.dtype.itemsize == 8 else spotrs
    return solve(L, B, lower=1)[0]


def _inv_cho(L):
    """(L L')^-1."""
    if L.size == 0:
        return L.copy()
    X = dpotri(L, lower=1)[0] if L.dtype.itemsize == 8 else spotri(L, lower=1)[0]
    return X + tril(X, -1).T


def _det_cho(L):
    """det(L L'), 1 x 1."""
    return _product(L.diagonal()) ** 2


def _logdet_cho(L):
    """log det(L L'), 1 x 1."""
    return 2.0 * log(L.diagonal()).sum(keepdims=True).reshape(1, 1)


# A triangular matrix


def _solve_triangular(T, B, lower, trans):
    """T^-1 B, or T'^-1 B for trans = 1; the other triangle of T is not read. Raises LinAlgError where T is singular."""
    if B.size == 0:
        return B.copy()
    solve = dtrtrs if B.dtype.itemsize == 8 else strtrs
    if T.flags.f_contiguous:
        X, info = solve(T, B, lower=lower, trans=trans)
    else:
        X, info = solve(T.T, B, lower=1 - lower, trans=1 - trans)
    if info > 0:
        raise LinAlgError(f"solve: the matrix is singular, entry {info} of its diagonal is zero")
    return X


def _inv_triangular(T, lower):
    """T^-1. Raises LinAlgError where T is singular."""
    if T.size == 0:
        return T.copy()
    X, info = dtrtri(T, lower=lower) if T.dtype.itemsize == 8 else strtri(T, lower=lower)
    if info > 0:
        raise LinAlgError(f"inv: the matrix is singular, entry {info} of its diagonal is zero")
    return X


def _det_triangular(T):
    """det(T), 1 x 1."""
    return _product(T.diagonal())


def _logdet_triangular(T):
    """log |det(T)|, 1 x 1. Raises LinAlgError where T is singular."""
    d = absolute(T.diagonal())
    if (d == 0.0).any():
        raise LinAlgError("logdet: the matrix is singular, an entry of its diagonal is zero")
    return log(d).sum(keepdims=True).reshape(1, 1)
